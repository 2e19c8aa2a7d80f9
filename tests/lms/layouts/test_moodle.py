from pathlib import Path

from adcheck.lms import find
from tests.lms.trees import BOOK, HW, plant


def test_folders_of_every_version_and_online_text(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "Ada Lovelace_12_assignsubmission_file/hw.py": HW,
            "Bo_13_assignsubmission_onlinetext/onlinetext.html": "typed",
            "Cy_14_assignsubmission_file_/src/hw.ipynb": BOOK,
            "Cy_14_assignsubmission_onlinetext/onlinetext.html": "see the file",
            "Иван Петров_15_assignsubmission_file_дз.py": HW,
            "grades.csv": "",
        },
    )
    roster = find(tmp_path)
    assert roster.layout == "moodle"
    assert [(h.student.id, h.student.lms_id, h.paths) for h in roster.hand_ins] == [
        ("Ada_Lovelace_12", "12", ("Ada Lovelace_12_assignsubmission_file/hw.py",)),
        ("Bo_13", "13", ()),
        ("Cy_14", "14", ("Cy_14_assignsubmission_file_/src/hw.ipynb",)),
        ("Иван_Петров_15", "15", ("Иван Петров_15_assignsubmission_file_дз.py",)),
    ]
    told = [[problem.code for problem in hand_in.problems] for hand_in in roster.hand_ins]
    assert told == [[], ["online-text", "nothing-to-grade"], ["online-text"], []]
    assert [other.path for other in roster.others] == ["grades.csv"]
    assert roster.files["Cy_14"] == {"src/hw.ipynb": "Cy_14_assignsubmission_file_/src/hw.ipynb"}


def test_where_marking_is_anonymous_numbers_are_names(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "Participant_7_assignsubmission_file/hw.py": HW,
            "Участник_8_assignsubmission_file/hw.py": HW,
        },
    )
    students = [hand_in.student for hand_in in find(tmp_path).hand_ins]
    assert [(s.id, s.name) for s in students] == [
        ("Participant_7", "Participant 7"),
        ("Участник_8", "Участник 8"),
    ]


def test_namesakes_are_told_apart_by_their_numbers(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "Ada Lovelace_12_assignsubmission_file/hw.py": HW,
            "Ada Lovelace_9_assignsubmission_file/hw.py": HW,
        },
    )
    roster = find(tmp_path, "moodle")
    assert {hand_in.student.id for hand_in in roster.hand_ins} == {
        "Ada_Lovelace_12",
        "Ada_Lovelace_9",
    }
    assert [problem.message for problem in roster.notes] == [
        "2 students are called Ada Lovelace; they are told apart as Ada_Lovelace_12, "
        "Ada_Lovelace_9."
    ]


def test_groups_may_have_no_number_and_lie_in_a_folder(tmp_path: Path) -> None:
    plant(tmp_path, {"download/Default group_assignsubmission_file/hw.py": HW})
    (hand_in,) = find(tmp_path).hand_ins
    assert (hand_in.student.name, hand_in.student.lms_id) == ("Default group", "")
