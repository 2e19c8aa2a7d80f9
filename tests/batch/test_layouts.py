"""A whole class through every LMS's layout: the points are those that `adcheck check` gives."""

import csv
import io
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from adcheck.batch import running
from adcheck.batch.jobs import Job, key_of
from adcheck.batch.store import Store
from adcheck.cli import cli
from adcheck.grading import grade
from adcheck.records import plain
from tests.batch.courses import LAYOUTS, download
from tests.batch.students import CLASS, TIMEOUT

pytestmark = pytest.mark.slow

OPTIONS = ("-a", "hvp", "--timeout", str(TIMEOUT), "--jobs", "2")


def book(out: Path) -> list[dict[str, str]]:
    text = (out / "gradebook.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def batch(folder: Path, layout: str) -> Path:
    """The folder that a run in this layout wrote."""
    out, path = folder / layout, folder / f"{layout}.zip"
    path.write_bytes(download(layout, {pupil.name: pupil.files for pupil in CLASS}))
    result = CliRunner().invoke(cli, ["batch", str(path), "-o", str(out), *OPTIONS])
    assert result.exit_code == 0, result.stderr
    assert f"layout {layout}" in result.stderr
    return out


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all were graded once, by real workers."""
    return batch(tmp_path_factory.mktemp("course"), LAYOUTS[0])


@pytest.fixture(scope="module")
def known(first: Path) -> Mapping[str, Any]:
    """What came of it, by key."""
    store = Store(first)
    keys = store.plan().keys
    return {key: plain(store.result(key, student)) for student, key in keys.items()}


@pytest.mark.parametrize("pupil", CLASS, ids=lambda pupil: pupil.name)
def test_everybody_has_the_points_that_check_gives(pupil: Any, first: Path, tmp_path: Path) -> None:
    [row] = [row for row in book(first) if row["name"] == pupil.name]
    wanted: dict[str, float] = {}
    if pupil.graded:
        for name, data in pupil.files.items():
            (tmp_path / name).write_bytes(data)
        path = tmp_path / pupil.graded
        report = grade(path, assignments=["hvp"], timeout=TIMEOUT, isolation="strict")
        wanted = {i.item.id: i.points for i in report.items if i.status.graded}
    found = {id_: float(cell) for id_, cell in row.items() if id_.startswith("hvp.") and cell}
    assert found == wanted
    assert float(row["score"]) == sum(wanted.values())


@pytest.mark.parametrize("layout", LAYOUTS[1:])
def test_points_are_the_same_in_every_layout(
    layout: str,
    first: Path,
    known: Mapping[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was graded before is not graded again: its key says that it is the same."""

    class Known(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            job: Job = args[0]
            future: Future[Any] = Future()
            future.set_result({**known[key_of(job)], "student": job.student})
            return future

    def executor(place: Path) -> Callable[[int], Executor]:
        return lambda width: Known()

    monkeypatch.setattr(running, "local_executor", executor)
    points = [
        sorted([row["score"], row["waiting"], row["max_score"]] for row in book(out))
        for out in (first, batch(tmp_path, layout))
    ]
    assert points[0] == points[1]
