from pathlib import Path

from adcheck.lms import find
from tests.lms.trees import HW, notebook, plant


def test_names_late_marks_attempts_and_what_was_typed(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "adalovelace_12_100_hw.py": HW,
            "adalovelace_12_101_hw-1.py": HW,
            "petrovivan_LATE_13_102_main.ipynb": notebook("from utils import x\nx"),
            "petrovivan_LATE_13_103_utils.py": HW,
            "anon_aB3xZ_104_hw.py": HW,
            "LATE_anon_xY9_105_hw.py": HW,
            "smith_15_text.html": "typed",
            "jones_LATE_16_link.html": "",
            "moon_a_17_106_my_2_good_hw.py": HW,
            "README": "",
        },
    )
    roster = find(tmp_path)
    assert roster.layout == "canvas"
    assert [(h.student.lms_id, h.late, h.paths) for h in roster.hand_ins] == [
        ("12", False, ("adalovelace_12_101_hw-1.py",)),
        ("aB3xZ", False, ("anon_aB3xZ_104_hw.py",)),
        ("xY9", True, ("LATE_anon_xY9_105_hw.py",)),
        ("16", True, ()),
        ("17", False, ("moon_a_17_106_my_2_good_hw.py",)),
        ("13", True, ("petrovivan_LATE_13_102_main.ipynb",)),
        ("15", False, ()),
    ]
    told = {h.student.lms_id: [p.code for p in h.problems] for h in roster.hand_ins if h.problems}
    assert told == {
        "12": ["earlier-attempt"],
        "16": ["link", "nothing-to-grade"],
        "15": ["online-text", "nothing-to-grade"],
    }
    assert roster.files["petrovivan_13"] == {
        "main.ipynb": "petrovivan_LATE_13_102_main.ipynb",
        "utils.py": "petrovivan_LATE_13_103_utils.py",
    }
    assert [other.path for other in roster.others] == ["README"]


def test_of_two_attachments_with_one_name_the_later_number_counts(tmp_path: Path) -> None:
    plant(tmp_path, {"ada_1_9_hw.py": (HW, 1_700_009_000.0), "ada_1_10_hw.py": HW})
    (hand_in,) = find(tmp_path).hand_ins
    assert hand_in.paths == ("ada_1_10_hw.py",)
    assert [problem.message for problem in hand_in.problems] == [
        "ada_1_10_hw.py was taken, for it is the latest; ada_1_9_hw.py is an earlier attempt at it."
    ]


def test_homework_in_numbered_files_is_not_one_file_twice(tmp_path: Path) -> None:
    plant(tmp_path, {"ada_1_9_hw-1.py": HW, "ada_1_10_hw-2.py": HW})
    (hand_in,) = find(tmp_path).hand_ins
    assert hand_in.paths == ("ada_1_9_hw-1.py", "ada_1_10_hw-2.py")
    assert [problem.code for problem in hand_in.problems] == ["several-files"]
