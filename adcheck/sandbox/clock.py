"""A clock that a script moves: what a student's program measures by it is known beforehand.

Part of the child side. Every clock of Python's is replaced before a program is loaded. Time goes by
only where work is done (see `adcheck.sandbox.work`): by amounts that the grader draws for each
call, so that every mean and every deviation can be foretold. Like JAX, the clock can let work go on
in the background: then it takes its time only if somebody waits for it before looking at the clock.

What libraries themselves ask a clock for, JAX while it compiles for example, gets the real time.
"""

from __future__ import annotations

import contextlib
import datetime
import importlib
import math
import sys
import time
import timeit
from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["CLOCK", "Clock", "install"]

ORIGINS = {
    "time": 1.7e9,
    "perf_counter": 1000.0,
    "monotonic": 2000.0,
    "process_time": 5.0,
    "thread_time": 4.0,
}
"""Where each clock stands at first. They differ, as the real ones do."""

MOST_ENTRIES = 10_000
"""Of the record of what was done, by kind and size."""

_real = {name: getattr(time, name) for name in ORIGINS}
_sleep = time.sleep

_LIBRARIES = frozenset(
    {
        *("adcheck", "jax", "jaxlib", "numpy", "pandas", "matplotlib", "scipy", "tqdm", "seaborn"),
        *("importlib", "threading", "logging", "asyncio", "concurrent", "queue", "subprocess"),
        *("random", "tempfile", "selectors", "IPython", "ipykernel", "linecache", "zipfile"),
    }
)
"""Packages that look at clocks for reasons of their own."""


class Clock:
    """Time, and a record of the work that was done.

    Attributes:
        done: how often each kind of work was done, by kind and size, in order of the first time.
        readings: how often the program looked at a clock.
        ready: when all work that was begun is done.
        loose: whether some of it has a result that cannot be told from others.
    """

    def __init__(self) -> None:
        self._now, self.ready = 0.0, 0.0
        self.start({}, in_background=False, really=False)

    def start(
        self, cycles: Mapping[str, Sequence[float]], in_background: bool, really: bool
    ) -> None:
        """Begins a new script.

        Args:
            cycles: for each kind of work the seconds that it takes for each unit of size, from one
                time to the next; begun again after the last.
            in_background: whether work is done while the program goes on.
            really: whether work takes its time by the real clocks, which are not replaced then.
        """
        self._cycles, self._in_background, self._really = cycles, in_background, really
        self._turns: dict[tuple[str, int], int] = {}
        self.done: dict[tuple[str, int], int] = {}
        self.readings = 0
        self.ready, self.loose = self._moment(), False

    def work(self, kind: str, size: int) -> None:
        """Does some work, or lets it begin."""
        cycle = self._cycles.get(kind)
        key = kind, size
        if len(self.done) < MOST_ENTRIES or key in self.done:
            self.done[key] = self.done.get(key, 0) + 1
        if not cycle:
            return
        turn = self._turns.get(key, 0)
        self._turns[key] = turn + 1
        self.ready = max(self.ready, self._moment()) + cycle[turn % len(cycle)] * size
        if not self._in_background:
            self.wait()

    def wait(self, until: float = math.inf) -> None:
        """Waits until all work is done, or all that was to be done by a moment."""
        left = (self.ready if self.loose else min(until, self.ready)) - self._moment()
        if left > 0:
            self.sleep(left)

    def sleep(self, seconds: float) -> None:
        """Lets time go by."""
        if self._really:
            _sleep(seconds)
        else:
            self._now += seconds

    def look(self, name: str) -> float:
        """What a clock shows to the program.

        Work that nobody waited for is nobody's from here on: it must not be counted with what is
        measured next.
        """
        self.readings += 1
        self.ready, self.loose = self._moment(), False
        return _real[name]() if self._really else ORIGINS[name] + self._now

    def _moment(self) -> float:
        return _real["perf_counter"]() if self._really else self._now


CLOCK = Clock()
"""The one of this process."""


def install(texts: Sequence[str] = ()) -> None:
    """Replaces every clock of Python's; to be called before a program is loaded.

    Args:
        texts: of the program.
    """
    for name in ORIGINS:
        setattr(time, name, _seconds(name))
        setattr(time, f"{name}_ns", _nanoseconds(name))
    time.sleep = _slept  # type: ignore[assignment]
    time.clock_gettime = _seconds("perf_counter")
    time.clock_gettime_ns = _nanoseconds("perf_counter")
    importlib.reload(timeit)
    if any("datetime" in text for text in texts):
        if any("pandas" in text for text in texts):
            with contextlib.suppress(ImportError):  # it needs the real class while it is imported
                importlib.import_module("pandas")
        datetime.datetime = _Datetime  # type: ignore[misc]


def _asked_by_a_library() -> bool:
    """Whether the function that called a clock belongs to one."""
    name = str(sys._getframe(2).f_globals.get("__name__", ""))
    return name.partition(".")[0] in _LIBRARIES


def _seconds(name: str) -> Callable[..., float]:
    real = _real[name]

    def clock(which: int = 0) -> float:
        return real() if _asked_by_a_library() else CLOCK.look(name)

    clock.__name__ = clock.__qualname__ = name
    return clock


def _nanoseconds(name: str) -> Callable[..., int]:
    real = getattr(time, f"{name}_ns")

    def clock(which: int = 0) -> int:
        return int(real()) if _asked_by_a_library() else round(CLOCK.look(name) * 1e9)

    clock.__name__ = clock.__qualname__ = f"{name}_ns"
    return clock


def _slept(seconds: float) -> None:
    if _asked_by_a_library():
        _sleep(seconds)
    else:
        CLOCK.sleep(float(seconds))


class _Datetime(datetime.datetime):
    """`datetime.datetime` by the scripted clock."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        """The moment that the clock shows."""
        return cls.fromtimestamp(time.time() if _asked_by_a_library() else CLOCK.look("time"), tz)

    @classmethod
    def utcnow(cls) -> Any:
        """The same without a time zone."""
        return cls.now(datetime.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        """The same."""
        return cls.now()
