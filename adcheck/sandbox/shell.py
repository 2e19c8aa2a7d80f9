"""What ``get_ipython()`` gives to a program that was written in a notebook.

Part of the child side: nothing of the grader is known here.
"""

from __future__ import annotations

import builtins
import math
import re
import sys
import types
from collections.abc import Callable
from typing import Any, ClassVar

__all__ = ["Shell"]


class Shell:
    """What ``get_ipython()`` gives: takes every request, and does nothing but ``%timeit -o``."""

    user_ns: ClassVar[dict[str, Any]] = {}

    def run_line_magic(self, name: str, line: str, *args: Any, **keywords: Any) -> Any:
        """The times of a statement where they are asked for, else nothing."""
        frame = sys._getframe(1)
        given = {**frame.f_globals, **frame.f_locals, **self.user_ns}
        return _timed(line, given) if name == "timeit" and "-o" in line.split() else None

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Whatever else is asked for does nothing."""
        return lambda *args, **kwargs: None


def _timed(line: str, given: dict[str, Any]) -> types.SimpleNamespace:
    """What IPython's ``%timeit -o`` gives: the runs' times, with mean and deviation.

    Args:
        line: options and a statement; what stands in braces is a variable's value.
        given: the variables where it stands.
    """
    import timeit  # made anew where clocks are scripted

    line = re.sub(r"\{(\w+)\}", lambda found: str(given.get(found[1], found[0])), line)
    options = re.match(r"\s*((-[nrp] ?\S+|-[tcqov]+)\s+)*", line)
    assert options is not None  # it matches nothing, if need be
    number, repeat = (
        int(found[1]) if (found := re.search(rf"-{letter} ?(\d+)", options[0])) else usual
        for letter, usual in (("n", 1), ("r", 7))
    )
    all_runs = timeit.Timer(line[options.end() :], globals=given).repeat(repeat, number)
    timings = [seconds / number for seconds in all_runs]
    average = sum(timings) / len(timings)
    stdev = math.sqrt(sum((seconds - average) ** 2 for seconds in timings) / len(timings))
    best, worst = min(timings), max(timings)
    return types.SimpleNamespace(
        loops=number, repeat=repeat, all_runs=all_runs, timings=timings, average=average,
        stdev=stdev, best=best, worst=worst, compile_time=0.0,
    )  # fmt: skip


builtins.__dict__["get_ipython"] = Shell
