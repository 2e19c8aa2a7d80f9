"""Grading on a Dask cluster: a real scheduler and real workers, on this machine."""

import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import psutil
import pytest
from click.testing import CliRunner, Result

from adcheck.batch import dask
from adcheck.batch.jobs import Job, Settings
from adcheck.cli import cli
from adcheck.errors import UsageError
from tests.batch.courses import download
from tests.batch.students import crowd
from tests.submissions_of import content

ROOT = Path(__file__).parents[2]
FEW = content("partial/get_params_and_naive_only.py")


def test_what_is_sent_holds_the_files_and_the_assignments_of_ones_own(tmp_path: Path) -> None:
    for name in ("own/hw.py", "hw5/rubric.toml", "hw5/__pycache__/x.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    folder = str(tmp_path / "hw5")
    sent = dask.packed(Job("ada", str(tmp_path / "own"), ("hw.py",), Settings(("hvp", folder))))
    assert sent.files == {"hw.py": b"own/hw.py"}
    assert sent.assignment_files == {folder: {"rubric.toml": b"hw5/rubric.toml"}}


def test_without_dask_it_says_what_to_install() -> None:
    with (
        mock.patch.dict(sys.modules, {"distributed": None}),
        pytest.raises(UsageError, match="extra dask"),
    ):
        dask.executors_at("tcp://127.0.0.1:1", print).__enter__()


# --------------------------------------------------------------------------- a real cluster


@pytest.fixture
def distributed() -> None:
    pytest.importorskip("distributed", reason="no distributed here: pip install 'adcheck[dask]'")


@contextlib.contextmanager
def started(module: str, *args: str) -> Iterator[subprocess.Popen[bytes]]:
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *args],
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The scheduler's address, and its workers: each one process with one thread."""
    file = folder / "scheduler.json"
    here = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    to = ("--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard")
    with contextlib.ExitStack() as stack:
        stack.enter_context(started("dask_scheduler", *here))
        until(lambda: file.exists() and file.stat().st_size > 0)
        own = [str(folder / f"worker{number}") for number in range(workers)]
        made = [
            stack.enter_context(started("dask_worker", *to, "--local-directory", place))
            for place in own
        ]
        yield _address(file), made


def _address(file: Path) -> str:
    address: str = json.loads(file.read_text())["address"]
    return address


def until(what: Callable[[], object], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def batch(address: str, *more: str) -> Result:
    args = ["batch", "course.zip", "-o", "out", "-a", "hvp", "--dask", address, "--jobs", "2"]
    return CliRunner().invoke(cli, [*args, *more])


@pytest.mark.slow
@pytest.mark.usefixtures("distributed")
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.filterwarnings("ignore")  # Dask's own
def test_a_worker_that_is_killed_costs_nobody_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    students = {
        pupil.name: {"hw.py": FEW + pupil.name.encode().join([b"# ", b"\n"])} for pupil in crowd(10)
    }
    Path("course.zip").write_bytes(download("flat", students))
    with cluster(tmp_path, 2) as (address, (first, second)):
        family: list[psutil.Process] = []

        def kill() -> None:
            until(lambda: list(Path("out/.adcheck/results").glob("*.json")))
            family.extend(psutil.Process(first.pid).children(recursive=True))
            first.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        result = batch(address)
        killer.join()
        assert result.exit_code == 0, result.stderr
        _, alive = psutil.wait_procs(family, timeout=20)
        assert not alive
        assert second.poll() is None
    rows = list(csv.DictReader(io.StringIO(Path("out/gradebook.csv").read_text("utf-8-sig"))))
    assert [row["score"] for row in rows] == ["4.00"] * 10
    assert len(list(Path("out/.adcheck/results").glob("*.json"))) == 10


@pytest.mark.slow
@pytest.mark.usefixtures("distributed")
@pytest.mark.filterwarnings("ignore")
def test_nobody_there_is_told_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(dask, "CONNECT_SECONDS", 1)
    Path("course.zip").write_bytes(download("flat", {"Ada": {"hw.py": FEW}}))
    for address in ("tcp://127.0.0.1:1", "nonsense://x", "::"):
        result = batch(address)
        assert result.exit_code == 2
        assert f"no Dask scheduler answers at {address}" in result.stderr
    assert not Path("out").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("distributed")
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_with_another_adcheck_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("course.zip").write_bytes(download("flat", {"Ada": {"hw.py": FEW}}))
    with cluster(tmp_path, 1) as (address, _):
        until(lambda: _has_worker(address))
        monkeypatch.setattr(dask, "known_versions", _of_another)
        result = batch(address)
    assert result.exit_code == 2
    assert "has adcheck 0.0.1, JAX 1, NumPy 1, and here is adcheck 9.9.9" in result.stderr
    assert not Path("out").exists()


def _of_another() -> tuple[str, ...]:
    there = any("dask_worker" in word for word in sys.argv)
    return ("0.0.1" if there else "9.9.9", "1", "1")


def _has_worker(address: str) -> bool:
    from distributed import Client

    connect: type = Client
    with connect(address, timeout=20) as client:
        return bool(client.scheduler_info()["workers"])
