from pathlib import Path

import pytest

from adcheck.errors import UsageError
from adcheck.lms import find, stage
from adcheck.submission import load_submission
from tests.lms.trees import HW, notebook, plant


def test_a_helper_module_can_be_imported_by_its_own_name(tmp_path: Path) -> None:
    source, target = tmp_path / "all", tmp_path / "own"
    target.mkdir()
    plant(
        source,
        {
            "adalovelace_12_100_main.ipynb": notebook("from utils import x\nx"),
            "adalovelace_12_101_utils-1.py": HW,
            "bo_13_102_hw.py": "import adalovelace_12_101_utils",
        },
    )
    staged = stage(source, find(source), target)
    assert [hand_in.paths for hand_in in staged.hand_ins] == [
        ("adalovelace_12/main.ipynb",),
        ("bo_13/hw.py",),
    ]
    assert sorted(p.relative_to(target).as_posix() for p in target.rglob("*.*")) == [
        "adalovelace_12/main.ipynb",
        "adalovelace_12/utils-1.py",
        "adalovelace_12/utils.py",
        "bo_13/hw.py",
    ]
    submission = load_submission(target / staged.hand_ins[0].paths[0])
    assert [sibling.name for sibling in submission.siblings] == ["utils"]


def test_nobody_can_import_a_neighbours_file(tmp_path: Path) -> None:
    source, target = tmp_path / "all", tmp_path / "own"
    target.mkdir()
    plant(source, {"alice/hw.py": "import bob\n", "bob/hw.py": HW, "eve.pdf": ""})
    staged = stage(source, find(source), target)
    assert load_submission(target / staged.hand_ins[0].paths[0]).siblings == ()
    assert staged.hand_ins[-1].paths == ()
    assert staged.files["eve"] == {"eve.pdf": "eve/eve.pdf"}


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    source = plant(tmp_path / "all", {"alice.py": HW})
    (tmp_path / "own").write_text("")
    with pytest.raises(UsageError, match="cannot be copied"):
        stage(source, find(source), tmp_path / "own")
