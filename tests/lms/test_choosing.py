from collections.abc import Mapping
from pathlib import Path

import pytest

from adcheck.lms.choosing import Prefer, choose
from adcheck.lms.claims import Claim
from adcheck.lms.tree import list_files
from tests.lms.trees import BOOK, HW, notebook, plant

OLD, NEW = 1_700_000_000.0, 1_700_009_000.0


def chosen(
    folder: Path, files: Mapping[str, str | tuple[str, float]], prefer: Prefer = "ipynb"
) -> tuple[tuple[str, ...], list[str]]:
    plant(folder, files)
    claims = [Claim(file, file.path, "Ada") for file in list_files(folder)]
    choice = choose(folder, claims, prefer)
    return choice.paths, [problem.code for problem in choice.problems]


def test_notebook_first_and_told(tmp_path: Path) -> None:
    files = {"hw.py": HW, "hw.ipynb": BOOK}
    assert chosen(tmp_path, files) == (("hw.ipynb", "hw.py"), ["several-kinds"])


@pytest.mark.parametrize(
    "source",
    [
        "import jax, utils",
        "from utils import f",
        "x = 1\nfrom utils.deep import f",
        "if x:\n  import utils as u",
    ],
)
def test_what_another_file_imports_is_a_helper(tmp_path: Path, source: str) -> None:
    files = {"a.ipynb": notebook(source), "utils.py": HW, "__init__.py": "", "test_a.py": ""}
    assert chosen(tmp_path, files) == (("a.ipynb",), [])


def test_two_files_that_import_each_other_are_both_told(tmp_path: Path) -> None:
    files = {"a.py": "import b\n", "b.py": "import a\n"}
    assert chosen(tmp_path, files) == (("a.py", "b.py"), ["several-files"])


@pytest.mark.parametrize(
    ("files", "latest"),
    [
        ({"hw.py": (HW, OLD), "hw (1).py": (HW, OLD), "hw (2).py": (HW, OLD)}, "hw (2).py"),
        ({"hw.py": (HW, NEW), "hw (1).py": (HW, OLD)}, "hw.py"),
        ({"hw.py": (HW, OLD), "Копия hw.py": (HW, NEW)}, "Копия hw.py"),
        ({"hw.py": (HW, OLD), "hw-1.py": (HW, OLD)}, "hw-1.py"),
        ({"hw (1).py": (HW, OLD), "hw (3).py": (HW, OLD + 30)}, "hw (3).py"),
    ],
    ids=["numbers", "times", "copies", "dashes", "no-first"],
)
def test_the_latest_attempt(
    tmp_path: Path, files: Mapping[str, tuple[str, float]], latest: str
) -> None:
    paths, codes = chosen(tmp_path, files)
    assert paths == (latest,)
    assert codes == ["earlier-attempt"] * (len(files) - 1)


def test_the_shallowest_and_zips_last(tmp_path: Path) -> None:
    files = {"a/hw.py": HW, "a/lib/deep.py": HW, "venv/x.py": HW, "data.zip": ""}
    assert chosen(tmp_path, files) == (("a/hw.py", "data.zip"), ["several-kinds"])


def test_tests_are_taken_only_where_there_is_nothing_else(tmp_path: Path) -> None:
    assert chosen(tmp_path, {"test_hw.py": HW}) == (("test_hw.py",), [])


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    plant(tmp_path, {f"{i}.pdf": "" for i in range(6)})
    claims = [Claim(file, file.path, "Ada") for file in list_files(tmp_path)]
    (problem,) = choose(tmp_path, claims).problems
    assert problem.message == (
        "There is nothing to grade: only 0.pdf, 1.pdf, 2.pdf, 3.pdf and 2 more was handed in; "
        "a .py or .ipynb file is needed."
    )


def test_hostile_text_is_searched_and_not_parsed(tmp_path: Path) -> None:
    files = {"a.py": "(" * 100_000 + "\nimport b\n", "b.py": "\x00\xff"}
    assert chosen(tmp_path, files) == (("a.py",), [])
