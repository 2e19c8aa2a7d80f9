"""Jobs on executors: a window of them, none lost to another's crash, no process left behind."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import psutil
import pytest

from adcheck.batch import running
from adcheck.batch.jobs import Job, Settings
from adcheck.batch.running import AHEAD, Done, Started, run
from adcheck.errors import GraderError, SubmissionNotFoundError, UsageError

ROOT = Path(__file__).parents[2]


def jobs(*students: str) -> list[Job]:
    return [Job(student, "/nonexistent", ("hw.py",), Settings(("hvp",))) for student in students]


class Fake(Executor):
    """Does what it is told at once.

    Once a job has raised `BrokenExecutor`, it takes no more.
    """

    def __init__(self, width: int, does: Callable[[Job], Any]) -> None:
        self.width, self.does = width, does
        self.open: list[Future[Any]] = []
        self.broken = False
        self.closed = False

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.broken:
            raise BrokenProcessPool("it is broken")
        future: Future[Any] = Future()
        self.open.append(future)
        try:
            future.set_result(self.does(args[0]))
        except BrokenExecutor as error:
            self.broken = True
            future.set_exception(error)
        except BaseException as error:
            future.set_exception(error)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.closed = True


def told(students: list[Job], does: Callable[[Job], Any], width: int = 2) -> list[Any]:
    made: list[Fake] = []

    def make(width: int) -> Executor:
        made.append(Fake(width, does))
        return made[-1]

    events = [
        event.job.student
        if isinstance(event, Started)
        else (event.job.student, event.result or event.fault)
        for event in run(students, make, width)
    ]
    assert all(executor.closed for executor in made)
    return events


def ends(students: list[Job], does: Callable[[Job], Any]) -> dict[str, Any]:
    return dict(event for event in told(students, does) if isinstance(event, tuple))


def test_every_job_is_told_of_as_it_begins_and_as_it_ends() -> None:
    events = told(jobs(*"abcdefgh"), lambda job: {"student": job.student})
    assert [e for e in events if isinstance(e, str)] == list("abcdefgh")
    assert sorted(e[0] for e in events if isinstance(e, tuple)) == list("abcdefgh")


def test_no_more_jobs_are_taken_than_there_is_room_for() -> None:
    taken: list[str] = []

    def lazily() -> Any:
        for job in jobs(*"abcdefgh"):
            taken.append(job.student)
            yield job

    events = run(lazily(), lambda width: Fake(width, lambda job: {}), 1)
    while not isinstance(next(events), Done):
        pass
    assert len(taken) == AHEAD


def test_one_job_that_kills_its_process_is_a_fault_and_the_others_go_on() -> None:
    tried: list[str] = []

    def does(job: Job) -> dict[str, Any]:
        tried.append(job.student)
        if job.student == "c":
            raise BrokenProcessPool("died")
        return {"student": job.student}

    found = ends(jobs(*"abcdef"), does)
    assert found["c"] == "the process that graded it died"
    assert {s: found[s] for s in "abdef"} == {s: {"student": s} for s in "abdef"}
    assert tried.count("c") == 2


def test_a_process_that_somebody_killed_costs_nobody_anything() -> None:
    died: list[str] = []

    def does(job: Job) -> dict[str, Any]:
        if job.student == "b" and not died:
            died.append("b")
            raise BrokenProcessPool("killed")
        return {"student": job.student}

    found = ends(jobs(*"abcd"), does)
    assert found == {s: {"student": s} for s in "abcd"}


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (GraderError("no worker"), "no worker"),
        (ValueError("x"), "ValueError: x"),
        (SystemExit(3), "SystemExit: 3"),
        (SubmissionNotFoundError("it is gone"), "it is gone"),
    ],
)
def test_what_fails_for_one_student_is_told_of_that_one(error: BaseException, fault: str) -> None:
    def does(job: Job) -> dict[str, Any]:
        if job.student == "a":
            raise error
        return {"student": job.student}

    found = ends(jobs("a", "b"), does)
    assert found == {"a": fault, "b": {"student": "b"}}


def test_what_would_fail_for_everybody_ends_the_run() -> None:
    def does(job: Job) -> dict[str, Any]:
        raise UsageError("strict isolation is not possible")

    with pytest.raises(UsageError, match="strict isolation"):
        list(run(jobs("a", "b"), lambda width: Fake(width, does), 1))


def test_a_cluster_that_lets_go_of_its_work_ends_the_run_and_is_nobodys_fault() -> None:
    class Lost(Fake):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    with pytest.raises(GraderError, match="let go of its work: once it is there"):
        list(run(jobs("a"), lambda width: Lost(width, lambda job: {}), 1))


def test_a_new_executor_is_kept_though_jobs_of_a_broken_one_end_later() -> None:
    late: list[Future[Any]] = []
    made: list[Fake] = []

    class Late(Fake):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            if self is not made[0]:
                return super().submit(fn, *args, **kwargs)
            future: Future[Any] = Future()
            late.append(future)
            if len(late) == 2:
                late[0].set_exception(BrokenProcessPool("died"))
            return future

    def make(width: int) -> Executor:
        made.append(Late(width, lambda job: {"student": job.student}))
        return made[-1]

    for event in run(jobs(*"abcde"), make, 1):
        if isinstance(event, Done) and not late[1].done():
            late[1].set_exception(BrokenProcessPool("died"))
    assert [executor.width for executor in made] == [1, 1, 1]
    assert all(executor.closed for executor in made)


# --------------------------------------------------------------------------- real processes

_PARENT = """
import sys, time
sys.path.insert(0, {root!r})
from pathlib import Path
from adcheck.batch import running

if __name__ == "__main__":
    executor = running.local_executor(Path({place!r}))(2)
    futures = [executor.submit(time.sleep, 300) for _ in range(2)]
    list(map(str, [executor.submit(len, "")]))
    print("ready", flush=True)
    time.sleep(300)
"""


def _started(tmp_path: Path) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    (tmp_path / "parent.py").write_text(_PARENT.format(root=str(ROOT), place=str(tmp_path)))
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py")],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    pool = psutil.Process(parent.pid).children(recursive=True)
    assert len(pool) >= 2
    return parent, pool


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_processes_of_a_pool_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent, pool = _started(tmp_path)
    try:
        time.sleep(3.0)  # they have begun to work
        parent.kill()
        parent.wait()
        _, alive = psutil.wait_procs(pool, timeout=20)
        assert not alive
    finally:
        parent.kill()
        parent.communicate()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_pool_that_is_ended_can_be_left_at_once(tmp_path: Path) -> None:
    executor = running.local_executor(tmp_path)(1)
    assert isinstance(executor, running._Local)
    future = executor.submit(time.sleep, 300)
    executor.end()
    executor.shutdown(wait=True)
    assert isinstance(future.exception(timeout=10), BrokenExecutor)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
