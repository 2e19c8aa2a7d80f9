import sys
from pathlib import Path

import pytest

from adcheck.errors import UsageError
from adcheck.experiments import figures

pytest.importorskip("matplotlib")

from matplotlib.figure import Figure


def paint(figure: Figure) -> None:
    axes = figure.add_subplot()
    axes.errorbar([1, 2, 3], [1, 4, 9], [0.1, 0.2, 0.3], label="squares")
    axes.legend()


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        written = figures.save(tmp_path / folder, "some", (4, 3), paint)
        assert [path.name for path in written] == ["some.png", "some.svg"]
    for name in ("some.png", "some.svg"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert b"date" not in (tmp_path / "a" / "some.svg").read_bytes().lower()


def test_without_matplotlib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert not figures.available()
    with pytest.raises(UsageError, match=r"install adcheck\[plot\]"):
        figures.save(tmp_path, "some", (4, 3), paint)
    assert list(tmp_path.iterdir()) == []
