"""Where workers come from: the fork server's life and death, and what is left of anything."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from adcheck.errors import GraderError
from adcheck.model import Cause, Died, Program
from adcheck.sandbox import isolation, start
from adcheck.sandbox.launch import Worker, open_worker
from tests.sandbox.workers import LIMITS, X, ask, result, running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a fork server")

ROOT = Path(__file__).parents[2]
DOUBLE = "def f(x): return 2 * x\n"
LOOP = "def f():\n    while True: pass\n"
Change = Callable[[str], None]
Folders = Callable[[], list[str]]


def descendants() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def server() -> psutil.Process:
    assert start._here.server is not None
    return psutil.Process(start._here.server._process.pid)


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The folders that workers have now."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return lambda: sorted(os.listdir(tmp_path))


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def works(worker: Worker) -> bool:
    return bool(result(ask(worker, "f", X)) == ("float64", [2.0, 4.0, 6.0]))


def opens(_: int = 0) -> bool:
    """Opens a worker, one of many, and closes it."""
    with running(DOUBLE) as worker:
        return works(worker)


# --------------------------------------------------------------------------- one server


def test_workers_are_children_of_one_server_that_runs_one_thread() -> None:
    with running(DOUBLE) as first, running(DOUBLE) as second:
        assert works(first)
        assert works(second)
        assert server().num_threads() == 1
        assert {child.pid for child in server().children()} == {
            first._process.pid,
            second._process.pid,
        }
    assert server().children() == []


def test_a_worker_gets_nothing_of_the_servers() -> None:
    text = """
    import os, sys
    def descriptors(): return sorted(int(name) for name in os.listdir("/proc/self/fd"))
    def arguments(): return repr(sys.argv)
    def leads(): return os.getsid(0) == os.getpid() == os.getpgrp()
    def draws():
        import numpy, random
        return [numpy.random.rand(), random.random()]
    """
    with running(text, isolation="none") as first, running(text, isolation="none") as second:
        *held, _listing = result(ask(first, "descriptors"))[1]
        assert held == [0, 1, 2, 3, 4]
        assert result(ask(first, "arguments")) == ("str", '''"['-c']"''')
        assert result(ask(first, "leads")) == ("bool", True)
        for one, other in zip(*(result(ask(w, "draws"))[1] for w in (first, second)), strict=True):
            assert one != other


def test_a_server_may_be_started_before_it_is_needed() -> None:
    start.stop()
    start.prepare()
    first = server().pid
    start.prepare()
    with running(DOUBLE) as worker:
        assert works(worker)
        assert server().pid == first
    start.stop()
    start.prepare()  # and may not be needed at all
    start.stop()
    assert descendants() == set()


def test_several_threads_open_workers_at_once() -> None:
    start.stop()
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(opens, range(8)))
    assert descendants() == {server().pid}


def test_a_hanging_worker_is_killed() -> None:
    with running(LOOP) as worker:
        pid = worker._process.pid
        died = ask(worker, "f", limits=replace(LIMITS, cpu_seconds=0.3))
        assert died == Died(Cause.TIME, "It did not finish within 0.3 seconds.")
        assert not psutil.pid_exists(pid)


def test_what_a_program_goes_on_doing_between_two_calls_waits() -> None:
    text = """
    import threading, time
    times = []
    def note():
        while True:
            times.append(time.monotonic())
            time.sleep(0.005)
    def f(): threading.Thread(target=note, daemon=True).start()
    def longest(): return max(b - a for a, b in zip(times, times[1:]))
    def rest(): time.sleep(0.1)
    """
    with running(text) as worker:
        ask(worker, "f")
        time.sleep(0.7)
        ask(worker, "rest")
        assert result(ask(worker, "longest"))[1] > 0.5


# --------------------------------------------------------------------------- servers that die


def test_a_server_that_died_is_started_anew() -> None:
    with running(DOUBLE) as worker:
        works(worker)
    old = server()
    old.kill()
    with running(DOUBLE) as worker:
        assert works(worker)
        assert server().pid != old.pid
    assert not old.is_running()


def test_several_threads_notice_at_once_that_the_server_died() -> None:
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            assert all(pool.map(opens, range(4)))
            server().kill()
    assert opens()
    assert descendants() == {server().pid}


def test_a_worker_whose_server_dies_is_no_fault_of_the_students() -> None:
    with running(LOOP) as worker:
        threading.Timer(0.5, server().kill).start()
        with pytest.raises(GraderError, match="fork server died, and this worker with it"):
            ask(worker, "f")
        assert not worker.alive
        assert within(1, lambda: is_gone(worker._process.pid))
        assert not Path(worker._folder).exists()
    with running(DOUBLE) as worker:
        assert works(worker)


def test_a_server_that_dies_again_and_again_is_our_own_fault(elsewhere: Change) -> None:
    elsewhere("from adcheck.sandbox import entry\nentry.rules_for = lambda settings: 1 / 0")
    why = "its fork server died: ZeroDivisionError: division by zero"
    with pytest.raises(GraderError, match=f"^adcheck could not start a worker process: {why}$"):
        open_worker(Program(()), LIMITS)
    assert descendants() == set()


def test_a_worker_that_cannot_be_forked_is_our_own_fault(elsewhere: Change) -> None:
    elsewhere(
        "import os\ndef fork(): raise BlockingIOError(11, 'no more processes')\nos.fork = fork"
    )
    reason = "no process could be forked: no more processes"
    with pytest.raises(GraderError, match=f"^adcheck could not start a worker process: {reason}$"):
        open_worker(Program(()), LIMITS)


def test_a_worker_that_does_not_get_ready_is_our_own_fault(
    elsewhere: Change, folders: Folders
) -> None:
    elsewhere("from adcheck.sandbox import entry\nentry.begin = lambda *_: 1 / 0")
    with pytest.raises(GraderError, match=r"worker process: ZeroDivisionError: division by zero$"):
        open_worker(Program(()), LIMITS)
    assert folders() == []


# --------------------------------------------------------------------------- where there is none


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise SystemExit('not today')", "not today"),
        (
            "import _thread, time; _thread.start_new_thread(time.sleep, (9,))",
            "2 threads run once JAX is imported",
        ),
    ],
    ids=["ends", "threads"],
)
def test_without_a_server_workers_have_interpreters_of_their_own(
    elsewhere: Change, code: str, reason: str
) -> None:
    elsewhere(f"if '{{module}}' == 'forkserver': {code}")
    with running(DOUBLE) as worker:
        assert works(worker)
        assert worker.layers["fork server"] == f"off: {reason}"
        assert {child.pid for child in psutil.Process().children()} == {worker._process.pid}
    assert descendants() == set()


def test_an_interpreter_of_its_own_confines_itself_too(strict: None, elsewhere: Change) -> None:
    elsewhere("if '{module}' == 'forkserver': raise SystemExit('not today')")
    text = "import sys\ndef f(x): return 2 * x\ndef read(): return open('/etc/passwd').read()\n"
    with running(text, isolation="strict") as worker:
        assert isolation.level(worker.layers) == "strict"
        assert works(worker)
        assert "PermissionError" in repr(ask(worker, "read"))


def test_where_nothing_starts_it_is_our_own_fault(elsewhere: Change, folders: Folders) -> None:
    elsewhere("raise SystemExit('not today')")
    with pytest.raises(GraderError, match=r"^adcheck could not start a worker process: not today$"):
        open_worker(Program(()), LIMITS)
    assert folders() == []


# --------------------------------------------------------------------------- what is left


def test_nothing_is_left_of_a_worker(folders: Folders) -> None:
    with running(DOUBLE) as worker:
        assert len(folders()) == 1
        pid = worker._process.pid
        assert pid in descendants()
    assert not worker.alive
    assert folders() == []
    assert not psutil.pid_exists(pid)


@pytest.mark.slow
def test_nothing_is_left_of_a_hundred_workers(folders: Folders) -> None:
    with running(DOUBLE):
        pass
    gc.collect()
    before = psutil.Process().num_fds(), server().num_fds()
    for number in range(100):
        with running(DOUBLE) as worker:
            assert number % 10 or works(worker)
    gc.collect()
    assert descendants() == {server().pid}
    assert folders() == []
    assert (psutil.Process().num_fds(), server().num_fds()) == before
    assert within(5, lambda: threading.active_count() < 5)


GRADER = """
import sys, threading, time
from adcheck.model import Call, Limits, Program, Source
from adcheck.sandbox import start
from adcheck.sandbox.launch import open_worker
isolation = sys.argv[1]
busy, idle, weak = (
    open_worker(
        Program((Source("hw.py", "def f():\\n    while True: pass\\n"),), targets={"f": "f"}),
        Limits(), isolation=level,
    )
    for level in (isolation, isolation, "weak")
)
threading.Thread(target=busy.call, args=(Call("f", ()), Limits()), daemon=True).start()
time.sleep(0.3)
workers = (busy, idle, weak)
print(start._here.server._process.pid, *(w._process.pid for w in workers))
print(*(w._folder for w in workers), flush=True)
"""


@dataclass(frozen=True)
class Grader:
    """A process with a fork server and three workers.

    Attributes:
        process: it ends when its standard input does, and closes no worker.
        pids: of the server and the workers.
        folders: of the workers.
    """

    process: subprocess.Popen[str]
    pids: list[int]
    folders: list[Path]

    def all_gone(self) -> bool:
        return all(map(is_gone, self.pids))

    def nothing_left(self) -> bool:
        return self.all_gone() and not any(folder.exists() for folder in self.folders)


@pytest.fixture(params=["auto", "none"])
def grader(request: pytest.FixtureRequest) -> Iterator[Grader]:
    with subprocess.Popen(
        [sys.executable, "-c", GRADER + "sys.stdin.read()\n", request.param],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split()]
        made = Grader(process, pids, list(map(Path, process.stdout.readline().split())))
        assert len(pids) == 4
        assert all(folder.is_dir() for folder in made.folders)
        yield made
    for folder in made.folders:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_killed_grader_leaves_nothing(grader: Grader) -> None:
    grader.process.kill()
    assert within(1, grader.nothing_left)


def test_a_grader_that_ends_leaves_nothing(grader: Grader) -> None:
    grader.process.communicate()
    assert grader.process.returncode == 0
    assert grader.nothing_left()


def test_a_killed_server_takes_its_workers_along(grader: Grader) -> None:
    os.kill(grader.pids[0], signal.SIGKILL)
    assert within(1, grader.all_gone)
    assert grader.process.poll() is None
    grader.process.communicate()
    assert grader.process.returncode == 0


COPY = """
import os
for worker in workers: worker.close()
first = start._here.server
pid = os.fork()
if pid == 0:
    assert start._here.server is None
    worker = open_worker(Program(()), Limits())
    assert worker.failure is None and start._here.server is not first
    worker.close()
    start.stop()
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
open_worker(Program(()), Limits()).close()
assert start._here.server is first
"""


def test_a_copy_of_the_grader_has_a_server_of_its_own() -> None:
    subprocess.run([sys.executable, "-c", GRADER + COPY, "auto"], cwd=ROOT, check=True, timeout=120)
