"""What an assignment's tasks are written with: draws, functions as data, and judges.

Draws are rounded to float32, so that a student whose code computes in single precision starts
from the very same numbers, and only their computation's own rounding is left to be judged.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax
import numpy as np
import numpy.typing as npt

from adcheck.compare import RELATIVE_FLOAT64, Tolerance, compare, from_spread
from adcheck.model import Comparison, Expression, Kind, Returned

__all__ = [
    "X",
    "Y",
    "case_seed",
    "evaluate",
    "generator",
    "judge_all",
    "normal",
    "op",
    "single_spread",
    "summary",
    "uniform",
]

Vector = npt.NDArray[np.float64]
AnyArray = npt.NDArray[Any]
Judge = Callable[[Sequence[Returned]], Comparison]

X = Expression("x")
"""The first argument of a function given as data."""

Y = Expression("y")
"""The second argument."""


def op(name: str, *operands: Expression | float | AnyArray) -> Expression:
    """An operation of `adcheck.sandbox.wire.OPERATIONS` on operands."""
    return Expression(name, operands)


def case_seed(seed: int, item: str, index: int) -> int:
    """The seed of one case, folded from the run's seed, the item and the case's index.

    The same on every machine and whatever else is graded, so that a case can be replayed alone.
    """
    entropy = [seed, zlib.crc32(item.encode()), index]
    return int(np.random.SeedSequence(entropy).generate_state(1, np.uint32)[0])


def generator(seed: int) -> np.random.Generator:
    """The random generator of a case; PCG64 gives the same numbers on every machine."""
    return np.random.Generator(np.random.PCG64(seed))


def normal(rng: np.random.Generator, *shape: int) -> Vector:
    """Entries from N(0, 1), float64 but representable in float32."""
    return rng.standard_normal(shape).astype(np.float32).astype(np.float64)


def uniform(rng: np.random.Generator, low: float, high: float, *shape: int) -> Vector:
    """Entries uniform in [low, high], float64 but representable in float32."""
    return rng.uniform(low, high, shape).astype(np.float32).astype(np.float64)


_QUICK_COMPILE = {
    "xla_backend_optimization_level": 0,
    "xla_cpu_use_fusion_emitters": False,
    "xla_cpu_parallel_codegen_split_count": 1,
}
"""A reference is evaluated a few times: what counts is how fast it compiles (3.6 times as fast so,
for the Hessians of three small networks; results stay exact)."""


@functools.cache
def _compiler_options() -> dict[str, Any]:
    """Those of the options above that the installed jaxlib knows."""
    return {name: value for name, value in _QUICK_COMPILE.items() if _is_known(name, value)}


def _is_known(name: str, value: Any) -> bool:
    try:
        jax.jit(lambda x: x + 1, compiler_options={name: value})(np.float32(0))
    except Exception:  # an unknown option is told by whatever XLA raises
        return False
    return True


def evaluate(function: Callable[..., Any], *arguments: AnyArray) -> AnyArray:
    """A function's value on arrays, compiled, in the arguments' own precision.

    Args:
        function: of JAX arrays.
        arguments: float64, or float32 throughout.
    """
    double = any(argument.dtype == np.float64 for argument in arguments)
    with jax.enable_x64(double):
        compiled = jax.jit(function, compiler_options=_compiler_options())
        return np.asarray(compiled(*arguments))


def summary(x0: Vector) -> str:
    """A long vector in a few words."""
    head = ", ".join(f"{entry:.3f}" for entry in x0[:3])
    return f"[{head}, …] of length {x0.size}, norm {np.linalg.norm(x0):.4g}"


def judge_all(
    expected: Callable[[], Sequence[AnyArray]],
    single: Callable[[], Sequence[float]] | None = None,
    double: float = RELATIVE_FLOAT64,
) -> Judge:
    """A judge that compares each call's result with an array; the first that differs decides.

    Args:
        expected: one array per call; evaluated once, when the first result is there.
        single: for each call, the spread of equivalent formulations in float32.
        double: relative tolerance for results in double precision.
    """
    spreads = None if single is None else functools.cache(single)

    def judge(replies: Sequence[Returned]) -> Comparison:
        worst = Comparison(Kind.EQUAL)
        for index, (wanted, reply) in enumerate(zip(expected(), replies, strict=False)):
            tolerance = Tolerance(double)
            if spreads is not None:
                tolerance = Tolerance(double, _single(spreads, index))
            comparison = compare(wanted, reply.value, tolerance)
            if not comparison.ok:
                return replace(comparison, call=index)
            worst = max(worst, comparison, key=lambda c: c.error)
        return worst

    return judge


def _single(spreads: Callable[[], Sequence[float]], index: int) -> Callable[[], float]:
    return lambda: from_spread(spreads()[index])


def single_spread(expected: AnyArray, formulations: Sequence[Callable[[], Any]]) -> float:
    """The largest error of formulations evaluated in float32, relative to the largest entry.

    Args:
        expected: the float64 reference.
        formulations: each gives the same quantity in single precision.
    """
    scale = float(np.max(np.abs(expected)))
    errors = [np.max(np.abs(np.asarray(f(), np.float64) - expected)) for f in formulations]
    return float(np.max(errors)) / scale
