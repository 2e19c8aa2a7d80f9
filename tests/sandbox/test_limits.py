"""Limits on what a program starts and stores: each is told in a sentence of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adcheck.model import Cause, Died, Raised
from adcheck.sandbox import explain, limits, watch
from adcheck.sandbox.explain import ended, explained
from adcheck.sandbox.isolation import Choice
from tests.sandbox.workers import LIMITS, MB, ask, result, running

GREEDY = """
import os, threading, time

def many_files():
    for number in range(20_000): open(f"file {number}", "w").close()
    time.sleep(60)
def few_files(): [open(f"few {number}", "w").close() for number in range(900)]
def more_files(): [open(f"more {number}", "w").close() for number in range(200)]
def large_files():
    for number in range(100):
        with open(f"file {number}", "wb") as file: file.write(bytes(10 ** 7))
    time.sleep(60)
def large_file():
    with open("file", "wb") as file: file.write(bytes(10 ** 8))
def keeps_files_open():
    kept = [open(os.devnull) for _ in range(1000)]
def threads():
    threading.stack_size(1 << 16)
    for _ in range(2000): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    time.sleep(60)
def processes():
    for _ in range(80):
        if not os.fork():
            time.sleep(60)
            os._exit(0)
    time.sleep(60)
def folders():
    for number in range(5000):
        os.makedirs(f"{number // 10}/{number}")
    time.sleep(60)
def fine(): return 1.0
"""

SENTENCES = {
    "many_files": Died(Cause.OUTPUT, "It stored more than 1000 files."),
    "large_files": Died(Cause.OUTPUT, "It stored more than 64 MB in files."),
    "large_file": Died(Cause.OUTPUT, "It wrote more than 16 MB into one file."),
    "keeps_files_open": Died(Cause.OUTPUT, "It kept more than 128 files open: does it close them?"),
}


@pytest.mark.parametrize("isolation", ["auto", "weak"])
@pytest.mark.parametrize("name", SENTENCES)
def test_files_are_counted(name: str, isolation: Choice) -> None:
    with running(GREEDY, isolation=isolation) as worker:
        assert ask(worker, name) == SENTENCES[name]
        if worker.alive:  # it was refused, and goes on
            assert result(ask(worker, "fine")) == ("float64", 1.0)
    assert not Path(worker._folder).exists()


def test_files_are_counted_however_fast_they_come() -> None:
    with running(GREEDY) as worker:
        assert result(ask(worker, "few_files"))
        assert ask(worker, "more_files") == SENTENCES["many_files"]
        assert not worker.alive


def test_threads_are_counted() -> None:
    with running(GREEDY) as worker:
        died = ask(worker, "threads")
        assert isinstance(died, Died)
        assert died.detail in (
            f"It started more than {limits.most_tasks()} threads.",
            "It started more threads than it may.",  # the kernel was first
        )


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("processes", "It started more than 64 processes."),
        ("folders", "It stored more than 1000 files."),
    ],
)
def test_what_weak_isolation_allows_is_counted(name: str, detail: str) -> None:
    with running(GREEDY, isolation="weak") as worker:
        died = ask(worker, name, limits=replace(LIMITS, wall_seconds=30))
        assert isinstance(died, Died)
        assert died.detail == detail
    assert not Path(worker._folder).exists()


# --------------------------------------------------------------------------- sentences

NO_MEMORY = "It asked for more memory than there is: did it form the full Hessian?"
CONFINED = {"seccomp": "on (281 instructions)"}


@pytest.mark.parametrize(
    ("type_", "message", "detail"),
    [
        (
            "MemoryError",
            "",
            "It asked for more memory than there is: did it form the full Hessian?",
        ),
        (
            "XlaRuntimeError",
            "RESOURCE_EXHAUSTED: Out of memory allocating 8 bytes",
            "It asked for more memory than there is: did it form the full Hessian?",
        ),
        ("RuntimeError", "can't start new thread", "It started more threads than it may."),
        ("OSError", "[Errno 27] File too large", "It wrote more than 16 MB into one file."),
    ],
)
def test_exceptions_that_tell_of_a_limit(type_: str, message: str, detail: str) -> None:
    died = explained(Raised(type_, message), {})
    assert isinstance(died, Died)
    assert died.detail == detail


@pytest.mark.parametrize(
    ("layers", "suffix"), [(CONFINED, f". {explain.CONFINED}"), ({}, ""), ({"seccomp": "off"}, "")]
)
def test_a_refusal_is_explained_where_it_is_ours(layers: dict[str, str], suffix: str) -> None:
    told = "<urlopen error [Errno 1] Operation not permitted>"
    assert explained(Raised("URLError", told), layers) == Raised("URLError", told + suffix)
    other = Raised("ValueError", "[Errno 1] of mine")
    assert explained(other, layers) == other


@pytest.mark.parametrize(
    ("code", "output", "cause", "detail"),
    [
        (3, "", Cause.CRASH, "It ended the Python process (exit code 3)."),
        (-11, "", Cause.CRASH, "Python crashed while it ran (SIGSEGV)."),
        (-9, "", Cause.MEMORY, explain.memory_sentence(2 * 1024 * MB)),
        (1, "std::bad_alloc", Cause.MEMORY, explain.memory_sentence(2 * 1024 * MB)),
        (-4000, "", Cause.CRASH, "It ended the Python process (exit code -4000)."),
        (None, "", Cause.CRASH, "The program closed the grader's pipe."),
    ],
)
def test_ends_are_told(code: int | None, output: str, cause: Cause, detail: str) -> None:
    assert ended(code, output, 2 * 1024 * MB) == Died(cause, detail)


def test_memory_is_told_in_gigabytes() -> None:
    told = "It used more than 2.0 GB of memory: did it form the full Hessian?"
    assert explain.memory_sentence(2 * 1024**3) == told


def test_limits_on_files_leave_room_for_each_other() -> None:
    assert limits.FILE_BYTES < watch.FOLDER_BYTES
    assert limits.most_tasks() >= limits.TASKS
