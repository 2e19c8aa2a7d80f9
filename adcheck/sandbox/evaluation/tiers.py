"""Running what a program computes eagerly in NumPy at first, and compiling what it runs often.

Part of the child side. JAX compiles every operation for every shape before its first run, and a
homework's function is called two or three times: nearly all of its time goes into compiling. Here
a program is interpreted until that has cost about as much as compiling it, so that neither the
operation that is run once nor the descent of a thousand steps waits.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from adcheck.sandbox.evaluation.equations import Interpreter, UnsupportedError
from adcheck.sandbox.evaluation.placing import placing

__all__ = ["interpret_first"]

MOST_RUNS = 32
"""After so many runs a program is compiled. One operation takes 0.2 ms to interpret, most of it to
get there, and 10 ms to compile."""

MOST_EQUATIONS = 20_000
"""So is one of which so many equations were run: they take 0.1 s, and so does compiling a gradient
of ten steps of descent."""

MOST_PROGRAMS = 4096
"""Of which the runs are counted; who makes more of them makes each for one run."""


def interpret_first() -> bool:
    """Lets JAX's own execution of compiled programs interpret them first, in this process.

    Returns:
        Whether the installed JAX has the one function, the same from 0.8 to 0.12, on which this
        is built. Where it has not, everything is compiled, as without this.
    """
    try:
        pjit: Any = importlib.import_module("jax._src.pjit")
        compile_and_run = pjit._pjit_call_impl_python
        native = pjit._jax if hasattr(pjit, "_jax") else pjit.xc._xla
        forget = native.PjitFunctionCache.clear_all
        put = placing()
    except (ImportError, AttributeError):
        return False
    pjit._pjit_call_impl_python = _Tiers(compile_and_run, put, forget)
    return True


class _Tiers:
    """Runs a program in one way or the other, and counts.

    Args:
        compile_and_run: JAX's own way: ``f(*arguments, jaxpr=program, ...)`` gives the results, the
            executable, a profiler and constants; where the first of these is None, JAX asks again
            at the next call.
        put: makes a JAX array of an array and its abstract value.
        forget: lets JAX ask for every function anew. It never asks again for one that had no
            executable at its first run, and runs it slowly for ever.
    """

    def __init__(
        self,
        compile_and_run: Callable[..., Any],
        put: Callable[[Any, Any], Any],
        forget: Callable[[], None],
    ) -> None:
        self._compile_and_run, self._put, self._forget = compile_and_run, put, forget
        self._counted: dict[int, _Count] = {}

    def __call__(self, *arguments: Any, jaxpr: Any, **params: Any) -> Any:
        count = self._count(jaxpr)
        if count.worth:
            try:
                results = count.interpreter.run([*map(_own, arguments)])
                told = [self._put(r, a) for r, a in zip(results, jaxpr.out_avals, strict=True)]
            except UnsupportedError:
                count.worth = False
            else:
                if not count.another():
                    self._forget()
                return told, None, None, []
        return self._compile_and_run(*arguments, jaxpr=jaxpr, **params)

    def _count(self, jaxpr: Any) -> _Count:
        if id(jaxpr) not in self._counted:
            if len(self._counted) >= MOST_PROGRAMS:
                self._counted.clear()
            self._counted[id(jaxpr)] = _Count(jaxpr)
        return self._counted[id(jaxpr)]


def _own(argument: Any) -> Any:
    """A copy of what the program may still change: a result may be a view of it."""
    return argument.copy() if isinstance(argument, np.ndarray) else argument


class _Count:
    """How often one program was interpreted.

    Attributes:
        interpreter: of the program.
        worth: whether it is interpreted again.
    """

    def __init__(self, jaxpr: Any) -> None:
        self.interpreter = Interpreter(jaxpr)
        self.worth = not jaxpr.effects
        self._runs = 0

    def another(self) -> bool:
        """Counts one more run, and says whether the next is worth it."""
        self._runs += 1
        self.worth = self._runs < MOST_RUNS and self.interpreter.equations < MOST_EQUATIONS
        return self.worth
