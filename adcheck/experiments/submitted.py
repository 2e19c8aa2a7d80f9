"""Times a student's functions where they are run for grading too: in a confined worker.

`adcheck.experiments.harness` is put beside the program as a module, and the clock runs in the
worker: what is timed is the function alone, not the way of its arguments and results through the
pipe. Unlike for grading, the worker compiles as JAX does by default, because programs that were
compiled quickly run slowly. The times are the student's word: for their own eyes, never for points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from adcheck.assignment import load_assignment
from adcheck.errors import UsageError
from adcheck.experiments.engine import NotMeasuredError
from adcheck.model import (
    Array,
    Call,
    Died,
    Limits,
    Program,
    Raised,
    Reply,
    Returned,
    Sibling,
    Source,
)
from adcheck.sandbox.launch import Worker, open_worker
from adcheck.survey import question, reader

__all__ = ["Submitted"]

NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "full": ("hessian", "product"),
    "naive": ("product",),
    "hvp": ("hvp",),
}
"""For each method, the functions that it calls."""

_ITEMS: Final = {"hessian": "hvp.hessian", "product": "hvp.naive_hvp", "hvp": "hvp.hvp"}
_MODULE: Final = "adcheck_timing_harness"
_MEMORY: Final = 4 * 1024**3  # a Hessian of 4002 weights in double precision takes 0.13 GB
_LEAST_SECONDS: Final = 60.0
_LOADING: Final = Limits(cpu_seconds=120, wall_seconds=600, memory_bytes=_MEMORY)


class Submitted:
    """The functions of a submission.

    Args:
        path: as for `adcheck check`.
        x64: whether JAX computes in double precision.

    Attributes:
        sha256: of the submission.
        names: of the functions that it defines, by role: "hessian", "product", "hvp".

    Raises:
        UsageError: there is no such file, it defines none of the functions, or does not load.
    """

    def __init__(self, path: Path, x64: bool) -> None:
        survey = reader.read(path, [question(load_assignment("hvp"))])
        programs = survey.findings["hvp"].programs
        targets = programs.together.targets
        self.sha256 = survey.submission.sha256
        self.names = {role: targets[id_] for role, id_ in _ITEMS.items() if id_ in targets}
        if not self.names:
            problems = "".join(f" {problem.message}" for problem in survey.submission.problems)
            raise UsageError(f"{path} defines none of the functions that are timed.{problems}")
        self._x64 = x64
        self._worker = self._opened(programs.together)
        if self._worker.failure is not None:
            self._worker.close()
            self._worker = self._opened(programs.whole)
        if not self._loaded():
            told = _told(self._worker.failure)
            self.close()
            raise UsageError(f"{path} cannot be run: {told}.")

    def timed(
        self,
        method: str,
        depth: int,
        params: npt.NDArray[Any],
        vector: npt.NDArray[Any],
        runs: int,
        compiled: bool,
        seconds: float,
    ) -> tuple[list[float], npt.NDArray[Any]]:
        """Times one method; see `harness.timed`.

        Args:
            method: "full", "naive" or "hvp".
            depth: hidden layers.
            params: shape (n,).
            vector: shape (n,).
            runs: after the first.
            compiled: whether the whole is given to `jax.jit`.
            seconds: that all of them may take together.

        Raises:
            NotMeasuredError: there is no such function, it raised, or its time was up.
        """
        missing = [role for role in NEEDS[method] if role not in self.names]
        if missing:
            raise NotMeasuredError(f"the submission has no {_STARTER[missing[0]]}")
        if not self._worker.alive:
            self._worker = self._opened(self._program)
        wall = max(seconds, _LEAST_SECONDS)
        limits = Limits(cpu_seconds=8 * wall, wall_seconds=wall, memory_bytes=_MEMORY)
        args = (depth, params, vector, runs, compiled)
        return _read(self._worker.call(Call(f"time.{method}", args), limits), runs, vector.shape)

    def close(self) -> None:
        """Ends the worker."""
        self._worker.close()

    def _loaded(self) -> bool:
        """Whether the worker has any of the functions; a cell that raised may not matter."""
        worker, ids = self._worker, [_ITEMS[role] for role in self.names]
        return worker.failure is None or any(
            worker.alive and worker.defines(id_, _LOADING) for id_ in ids
        )

    def _opened(self, program: Program) -> Worker:
        self._program = program
        return open_worker(
            _with_harness(program, self.names),
            _LOADING,
            x64=self._x64,
            interpret=False,
            quick_compile=False,
        )


_STARTER: Final = {"hessian": "calculate_hessian", "product": "naive_hvp", "hvp": "hvp"}


def _with_harness(program: Program, names: Mapping[str, str]) -> Program:
    """The program with a `harness.Timer` of its functions."""
    text = Path(__file__).with_name("harness.py").read_text("utf-8")
    model = program.aliases.get("MLP", "MLP")
    bind = (
        f"import {_MODULE} as _{_MODULE}\n"
        f"_{_MODULE} = _{_MODULE}.Timer(globals(), {model!r}, {dict(names)!r})\n"
        + "".join(f"_{_MODULE}_{m} = _{_MODULE}.{m}\n" for m in NEEDS)
    )
    return replace(
        program,
        sources=(*program.sources, Source("adcheck's clock", bind)),
        siblings=(*program.siblings, Sibling(_MODULE, Source(f"{_MODULE}.py", text))),
        targets={**program.targets, **{f"time.{m}": f"_{_MODULE}_{m}" for m in NEEDS}},
    )


def _read(reply: Reply, runs: int, shape: tuple[int, ...]) -> tuple[list[float], npt.NDArray[Any]]:
    """Seconds and product; what came from the worker is untrusted."""
    if not isinstance(reply, Returned):
        raise NotMeasuredError(_told(reply))
    match reply.value:
        case (Array(seconds), Array(result)) if seconds.shape == (runs + 1,):
            if result.shape != shape or result.dtype.kind != "f":
                raise NotMeasuredError(
                    f"the product has shape {result.shape} and dtype {result.dtype}, and not "
                    f"{shape} and a floating one"
                )
            return [float(s) for s in seconds], np.asarray(result, np.float64)
    raise NotMeasuredError("the product is no array")


def _told(reply: Raised | Died | None) -> str:
    match reply:
        case Raised(kind, message):
            return f"it raised {kind}: {message.strip().splitlines()[0] if message.strip() else ''}"
        case Died(_, detail):
            return detail.rstrip(".") or "its process ended"
    return "its process ended"
