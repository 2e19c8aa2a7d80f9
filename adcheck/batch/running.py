"""Running jobs on an executor: a window of them at a time, and none lost to another's crash."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from adcheck.batch.jobs import Job, grade_job
from adcheck.errors import (
    AdcheckError,
    AmbiguousSubmissionError,
    GraderError,
    SubmissionNotFoundError,
    UsageError,
)

__all__ = ["Done", "Started", "local_executor", "run"]

AHEAD = 2
"""Jobs that are handed out for each that can run: nobody waits, and few are held in memory."""

_END_SECONDS = 5.0
_LET_GO = "the cluster let go of its work: once it is there again, the same command goes on"


@dataclass(frozen=True)
class Started:
    """A job has been handed out."""

    job: Job


@dataclass(frozen=True)
class Done:
    """What became of a job.

    Attributes:
        job: that was run.
        result: a `adcheck.batch.jobs.Result` as plain data; None where adcheck failed.
        fault: what failed, a sentence; empty where there is a result.
    """

    job: Job
    result: dict[str, Any] | None
    fault: str = ""


def run(
    jobs: Iterable[Job], executor: Callable[[int], Executor], width: int
) -> Iterator[Started | Done]:
    """Runs jobs and tells of each as it is handed out and as it ends.

    Where a process of the executor dies, all that it had been given is lost with it: then each of
    these is run again by itself, and only one that dies again is a fault.

    Args:
        jobs: taken one by one, as there is room.
        executor: makes one that runs so many jobs at once.
        width: how many jobs run at once.

    Raises:
        GraderError: the executor let go of jobs: a cluster's scheduler is gone, say.
        UsageError: no job can be run like this: strict isolation is not possible, say.
    """
    lost: deque[Job] = deque()
    with _Pool(executor, width) as pool:
        for job in jobs:
            yield Started(job)
            pool.submit(job)
            if pool.is_full:
                yield from pool.next(lost)
        while pool.busy:
            yield from pool.next(lost)
    with _Pool(executor, 1) as pool:
        while lost:
            pool.submit(lost.popleft())
            yield from pool.next(None)


class _Pool:
    """An executor and what it works on; another one where a process of it has died."""

    def __init__(self, executor: Callable[[int], Executor], width: int) -> None:
        self._make, self._width = executor, width
        self._executor: Executor | None = None
        self._futures: dict[Future[dict[str, Any]], tuple[Job, Executor]] = {}

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if self._executor is None:
            return
        if kind is not None and isinstance(self._executor, _Local):
            self._executor.end()
        elif kind is not None:
            for future in self._futures:
                future.cancel()
        self._executor.shutdown(wait=kind is None)

    @property
    def busy(self) -> bool:
        """Whether anything has been handed out that has not ended."""
        return bool(self._futures)

    @property
    def is_full(self) -> bool:
        """Whether no more should be handed out now."""
        return len(self._futures) >= AHEAD * self._width

    def submit(self, job: Job) -> None:
        """Hands a job out."""
        if self._executor is None:
            self._executor = self._make(self._width)
        try:
            future = self._executor.submit(grade_job, job)
        except BrokenExecutor as error:
            future = Future()
            future.set_exception(error)
        self._futures[future] = job, self._executor

    def next(self, lost: deque[Job] | None) -> Iterator[Done]:
        """What has ended, at least one; jobs of an executor that broke are put by, or told."""
        ended, _ = wait(self._futures, return_when=FIRST_COMPLETED)
        for future in [future for future in self._futures if future in ended]:  # as handed out
            job, executor = self._futures.pop(future)
            if future.cancelled():
                raise GraderError(_LET_GO)
            error = future.exception()
            if error is None:
                yield Done(job, future.result())
                continue
            if _is_everybodys(error):
                raise error
            if isinstance(error, BrokenExecutor):
                self._leave(executor)
                if lost is not None:
                    lost.append(job)
                    continue
            yield Done(job, None, _told(error))

    def _leave(self, executor: Executor) -> None:
        """Lets go of an executor that broke; jobs of it may end after there is another one."""
        if self._executor is executor:
            executor.shutdown(wait=False)
            self._executor = None


def _is_everybodys(error: BaseException) -> bool:
    """Whether all jobs fail alike: strict isolation is not possible, an assignment is broken."""
    own = (SubmissionNotFoundError, AmbiguousSubmissionError)
    return isinstance(error, UsageError) and not isinstance(error, own)


def _told(error: BaseException) -> str:
    if isinstance(error, BrokenExecutor):
        return "the process that graded it died"
    if isinstance(error, AdcheckError):
        return str(error)
    return f"{type(error).__name__}: {error}"


# --------------------------------------------------------------------------- on this machine


def local_executor(place: Path) -> Callable[[int], Executor]:
    """What makes processes on this machine, each with a fork server of its own.

    They end with this process, however that ends.

    Args:
        place: a folder for what they store, to be removed when they have ended.
    """
    return lambda width: _Local(width, place)


class _Local(ProcessPoolExecutor):
    """Starts its processes such that what is typed at the terminal reaches none of them."""

    def __init__(self, width: int, place: Path) -> None:
        context = multiprocessing.get_context("spawn")
        arguments = (os.getpid(), str(place))
        super().__init__(width, context, initializer=_begin, initargs=arguments)

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        with _interrupts_held():
            return super().submit(*args, **kwargs)

    def end(self) -> None:
        """Ends its processes at once, and all that these have started."""
        children = multiprocessing.active_children()
        theirs = [process for child in children for process in _descendants(child.pid)]
        for child in children:
            child.kill()
        for process in theirs:
            with contextlib.suppress(psutil.Error):
                process.kill()
        for child in children:  # psutil, waiting for these, would take from others how they ended
            child.join(_END_SECONDS)
        psutil.wait_procs(theirs, timeout=_END_SECONDS)


def _descendants(pid: int | None) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True) if pid is not None else []
    except psutil.Error:
        return []


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Holds Ctrl-C back for this thread and what it starts, which is quick."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(parent: int, place: str) -> None:
    tempfile.tempdir = place
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is typed at the terminal is the parent's
    if hasattr(signal, "pthread_sigmask"):  # held back since this process was started
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """Ends this process when its parent has ended, however that did."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
