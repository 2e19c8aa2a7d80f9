"""What a confined worker must still be able to do.

A probe returns None, or what went wrong.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import mmap
import os
import resource
import select
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.sandbox.confine.place import Place, Probe, libc

PROBES: dict[str, Probe] = {}


def must_work(probe: Probe) -> Probe:
    PROBES[probe.__name__] = probe
    return probe


def outcomes(place: Place) -> dict[str, str]:
    """Each probe with ``"done"``, or what became of it."""
    told = {}
    for name, probe in PROBES.items():
        try:
            wrong = probe(place)
        except BaseException as error:
            told[name] = f"{type(error).__name__}: {error}"
        else:
            told[name] = "done" if wrong is None else f"gave {wrong!r}"
    return told


def threads_at_most(bound: int) -> int:
    """How many threads can be started, up to a bound."""
    end = threading.Event()
    threading.stack_size(1 << 16)
    started = []
    try:
        for _ in range(bound):
            thread = threading.Thread(target=end.wait)
            thread.start()
            started.append(thread)
    except RuntimeError:  # can't start new thread
        pass
    end.set()
    for thread in started:
        thread.join()
    return len(started)


@must_work
def store_and_read_back(place: Place) -> object:
    (place.private / "result").write_text("text")
    return (place.private / "result").read_text() != "text" or None


@must_work
def store_a_temporary_file(place: Place) -> object:
    handle, path = tempfile.mkstemp()
    os.close(handle)
    return None if Path(path).parent == place.private else path


@must_work
def run_twenty_threads(place: Place) -> object:
    all_run = threading.Barrier(21)
    threads = [threading.Thread(target=all_run.wait, args=(30,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    all_run.wait(30)
    for thread in threads:
        thread.join()
    return None


@must_work
def signal_itself(place: Place) -> object:
    caught: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, frame: caught.append(number))
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
    return None if len(caught) == 2 else caught


@must_work
def set_an_alarm(place: Place) -> object:
    caught: list[int] = []
    signal.signal(signal.SIGALRM, lambda number, frame: caught.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.1)
    return None if caught else "no alarm"


@must_work
def ask_about_itself(place: Place) -> object:
    resource.getrlimit(resource.RLIMIT_AS)
    resource.prlimit(0, resource.RLIMIT_AS)
    resource.getrusage(resource.RUSAGE_SELF)
    os.times(), os.cpu_count(), os.uname(), os.sched_getaffinity(0)
    time.localtime(), time.process_time(), time.thread_time()
    return None


@must_work
def look_at_a_terminal(place: Place) -> object:
    with open(os.devnull, "w") as null:
        print("nothing", file=null)
    return os.isatty(1) or None


@must_work
def wait_for_input(place: Place) -> object:
    select.select([], [], [], 0.01)
    return sys.stdin.read() or None


@must_work
def map_private_memory(place: Place) -> object:
    memory = mmap.mmap(-1, 1 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory[0] = 1
    return None if memory[0] == 1 else memory[0]


@must_work
def map_an_array_in_a_file(place: Place) -> object:
    import numpy as np

    array = np.memmap(place.private / "array", dtype="f8", mode="w+", shape=(10,))
    array[:] = 2
    array.flush()
    return None if np.fromfile(place.private / "array").sum() == 20 else "lost"


@must_work
def store_no_more_than_its_share(place: Place) -> object:
    with open(place.private / "large", "wb", buffering=0) as large:
        large.seek(17 * 1024**2)
        try:
            large.write(b"x")
        except OSError as error:
            return None if error.errno == errno.EFBIG else str(error)
    return "stored it"


@must_work
def open_no_more_than_its_share(place: Place) -> object:
    with contextlib.ExitStack() as held:
        for _ in range(1000):
            try:
                held.enter_context(open(os.devnull))
            except OSError as error:
                return None if error.errno == errno.EMFILE else str(error)
        return "held 1000"


@must_work
def be_closed_to_others(place: Place) -> object:
    pr_get_no_new_privs, pr_get_dumpable = 39, 3
    ask = libc().prctl
    told = ask(pr_get_no_new_privs, 0, 0, 0, 0), ask(pr_get_dumpable, 0, 0, 0, 0)
    return None if told == (1, 0) else told


NEEDS_LIBRARIES = {"import_from_the_standard_library", "import_a_package"}
"""Harmless probes that read files which an ordinary user may not, where Python is root's own."""


@must_work
def import_from_the_standard_library(place: Place) -> object:
    for name in ("sqlite3", "ssl", "hashlib", "asyncio", "decimal", "xml.dom", "zoneinfo"):
        importlib.import_module(name)
    return None


@must_work
def import_a_package(place: Place) -> object:
    importlib.invalidate_caches()
    importlib.import_module("opt_einsum")
    return None
