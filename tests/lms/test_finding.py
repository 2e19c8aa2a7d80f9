import os
import unicodedata
from pathlib import Path

import pytest

from adcheck.errors import UsageError
from adcheck.lms import find
from adcheck.model import Problem, Severity
from tests.lms.trees import HW, plant


@pytest.mark.parametrize(
    "layout", ["moodle", "canvas", "gradescope", "classroom", r"x(?P<student>.)"]
)
def test_a_layout_that_fits_nobody_says_what_is_there(tmp_path: Path, layout: str) -> None:
    plant(tmp_path, dict.fromkeys(["a.py", "b.py", "c.py", "d.py"], HW))
    with pytest.raises(UsageError) as caught:
        find(tmp_path, layout)
    assert "'a.py', 'b.py', 'c.py' and 1 more" in str(caught.value)


@pytest.mark.parametrize(
    ("layout", "message"),
    [("(", "no regular expression"), ("moodl", r"lacks a group \(\?P<student>")],
)
def test_what_is_no_layout(tmp_path: Path, layout: str, message: str) -> None:
    plant(tmp_path, {"a.py": HW})
    with pytest.raises(UsageError, match=message):
        find(tmp_path, layout)


def test_folders_that_are_none_or_empty(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        find(tmp_path / "gone")
    with pytest.raises(UsageError, match="holds no files"):
        find(tmp_path)


def test_whoever_handed_in_what_was_not_unpacked_is_listed(tmp_path: Path) -> None:
    plant(tmp_path, {"ada_1_10_hw.py": HW})
    bomb = Problem(Severity.WARNING, "not-unpacked", "Not unpacked: a bomb.", "bo_2_11_hw.py")
    slip = Problem(Severity.WARNING, "unsafe-name", "Not unpacked.", "../cy_3_12_hw.py")
    _, bo = find(tmp_path, refused=[bomb, slip]).hand_ins
    assert (bo.student.lms_id, bo.paths) == ("2", ())
    assert [problem.code for problem in bo.problems] == ["not-unpacked", "nothing-to-grade"]


def test_one_name_composed_or_not_is_one_student_with_one_id(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "José Ёлкин й")
    plant(tmp_path, {f"{decomposed}.py": HW, "bo.py": HW})
    _, jose = find(tmp_path).hand_ins
    assert jose.student.id == "José_Ёлкин_й"
    assert jose.student.name == "José Ёлкин й"
    assert (tmp_path / jose.paths[0]).is_file()


def test_ids_differ_even_where_upper_and_lower_case_are_one(tmp_path: Path) -> None:
    plant(tmp_path, {"a:b.py": HW, "a?b.py": HW, "CON.py": HW, "...py": HW, "z.py": HW})
    ids = [hand_in.student.id for hand_in in find(tmp_path).hand_ins]
    assert ids == ["a_b", "a_b-2", "CON_", "z"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    plant(tmp_path, {"there/a.py": HW, "secret/b.py": HW})
    os.symlink(tmp_path / "secret", tmp_path / "there/bo")
    os.symlink("/etc/passwd", tmp_path / "there/c.py")
    roster = find(tmp_path / "there")
    told = [(h.student.id, h.paths, [p.code for p in h.problems]) for h in roster.hand_ins]
    assert told == [
        ("a", ("a.py",), []),
        ("bo", (), ["link", "nothing-to-grade"]),
        ("c", (), ["link", "nothing-to-grade"]),
    ]


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xffada.py")).write_text(HW)
    (hand_in,) = find(tmp_path).hand_ins
    assert (hand_in.student.id, hand_in.student.name) == ("ada", "?ada")
    assert (tmp_path / hand_in.paths[0]).is_file()


def test_prefer_the_module(tmp_path: Path) -> None:
    plant(tmp_path, {"a/hw.py": HW, "a/hw.ipynb": HW, "b/x.py": HW})
    assert find(tmp_path, prefer="py").hand_ins[0].paths == ("a/hw.py", "a/hw.ipynb")


def test_the_same_folder_gives_the_same_roster(tmp_path: Path) -> None:
    plant(tmp_path, {f"{name}/hw.py": HW for name in "dbca"})
    assert find(tmp_path) == find(tmp_path)
