"""A bound on the processor time of a computation that may take for ever."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

__all__ = ["OutOfPatienceError", "at_most"]


class OutOfPatienceError(Exception):
    """Raised within a computation that has used up its time."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises `OutOfPatienceError` in its block after so much processor time of this process.

    Only in a process's main thread, and where there are timers (not on Windows); elsewhere the
    block may take as long as it likes. A call into C is not interrupted before it returns.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _give_up(number: int, frame: FrameType | None) -> None:
    raise OutOfPatienceError
