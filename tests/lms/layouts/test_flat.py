from pathlib import Path

import pytest

from adcheck.lms import find
from tests.lms.trees import BOOK, HW, plant


def test_files_and_folders(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "alice.py": HW,
            "alice.ipynb": BOOK,
            "bob.py": (HW, 1_700_000_000.0),
            "bob (1).py": (HW, 1_699_990_000.0),
            "carol/hw.py": "import utils\n",
            "carol/utils.py": HW,
            "dave/": "",
            "eve.pdf": "",
            "fay.zip": "",
            "readme.md": "",
            "Thumbs.db": "",
            "gus/.ipynb_checkpoints/hw-checkpoint.ipynb": BOOK,
            "__MACOSX/._alice.py": "",
        },
    )
    roster = find(tmp_path)
    assert roster.layout == "flat"
    assert {hand_in.student.id: hand_in.paths for hand_in in roster.hand_ins} == {
        "alice": ("alice.ipynb", "alice.py"),
        "bob": ("bob.py",),
        "carol": ("carol/hw.py",),
        "dave": (),
        "eve": (),
        "fay": ("fay.zip",),
        "gus": (),
    }
    assert [other.path for other in roster.others] == ["readme.md"]
    assert roster.files["carol"] == {"hw.py": "carol/hw.py", "utils.py": "carol/utils.py"}


@pytest.mark.parametrize(
    ("files", "ids"),
    [
        (["hw1/alice.py", "hw1/bob.py"], ["alice", "bob"]),
        (["a/b/alice/hw.py", "a/b/bob/src/hw.py", "a/b/notes.txt"], ["alice", "bob", "notes"]),
        (["alice/hw.py"], ["alice"]),
        (["alice/src/hw.py", "alice/data/x.csv"], ["alice"]),
        (["alice/hw.py", "alice/hw.ipynb"], ["alice"]),
    ],
    ids=["files", "folders", "one", "one-deep", "one-twice"],
)
def test_a_folder_around_everything(tmp_path: Path, files: list[str], ids: list[str]) -> None:
    plant(tmp_path, dict.fromkeys(files, HW))
    assert [hand_in.student.id for hand_in in find(tmp_path, "flat").hand_ins] == ids


def test_a_lone_student_with_a_helper_is_one_student(tmp_path: Path) -> None:
    plant(tmp_path, {"alice/hw.py": "import utils\n", "alice/utils.py": HW})
    (hand_in,) = find(tmp_path).hand_ins
    assert (hand_in.student.id, hand_in.paths) == ("alice", ("alice/hw.py",))


def test_what_the_course_hands_out_is_nobodys(tmp_path: Path) -> None:
    plant(tmp_path, {"alice.py": "from grader_utils import x\n", "grader_utils.py": HW})
    roster = find(tmp_path)
    assert [hand_in.student.id for hand_in in roster.hand_ins] == ["alice"]
    assert [(other.path, other.why) for other in roster.others] == [
        ("grader_utils.py", "alice.py imports it: a helper module")
    ]


def test_a_pattern_is_tried_on_the_path_and_then_on_the_name(tmp_path: Path) -> None:
    plant(tmp_path, {"hw1/77/alice_x.py": HW, "hw1/78/bob_y.py": HW, "hw1/z.txt": ""})
    by_name = find(tmp_path, r"(?P<student>[^_]+)_.\.py")
    assert [h.student.id for h in by_name.hand_ins] == ["alice", "bob"]
    by_path = find(tmp_path, r"hw1/(?P<id>\d+)/(?P<student>[^_]+)_")
    assert [h.student.id for h in by_path.hand_ins] == ["alice_77", "bob_78"]
    assert [other.path for other in by_path.others] == ["hw1/z.txt"]
