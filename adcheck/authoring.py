"""What an assignment's tasks are written with: draws, functions as data, and judges.

Draws are rounded to float32, so that a student whose code computes in single precision starts
from the very same numbers, and only their computation's own rounding is left to be judged.

JAX is imported when something is evaluated with it: answers that come from NumPy need none.
"""

from __future__ import annotations

import contextvars
import enum
import functools
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from adcheck.compare import RELATIVE_FLOAT64, Tolerance, compare, from_spread
from adcheck.language import FOLDER, Catalogue, mark, tr
from adcheck.model import Comparison, Expression, Function, Kind, Returned
from adcheck.sandbox.codec import callable_of
from adcheck.sandbox.evaluation import UnsupportedError
from adcheck.sandbox.evaluation import evaluate as interpret

__all__ = [
    "Judge",
    "X",
    "Y",
    "case_seed",
    "evaluate",
    "evaluate_on",
    "generator",
    "interpreted",
    "judge_all",
    "mark",
    "normal",
    "op",
    "single_spread",
    "single_tolerance",
    "summary",
    "texts",
    "uniform",
]

Vector = npt.NDArray[np.float64]
AnyArray = npt.NDArray[Any]
T = TypeVar("T")
Judge = Callable[[Sequence[Returned]], Comparison]
"""Of a case's replies, in the order of its calls."""

X = Expression("x")
"""The first argument of a function given as data."""

Y = Expression("y")
"""The second argument."""


def texts(file: str) -> Catalogue:
    """The translations of an assignment, for what its code says while it grades.

    Args:
        file: ``__file__`` of a module beside the rubric.

    Returns:
        Its ``tr`` and ``trn`` translate what stands in a call of theirs. The texts of the rubric
        and of known mistakes need no call: they are translated as they are.
    """
    return Catalogue(Path(file).parent / FOLDER)


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
    import jax

    try:
        jax.jit(lambda x: x + 1, compiler_options={name: value})(np.float32(0))
    except Exception:  # an unknown option is told by whatever XLA raises
        return False
    return True


def evaluate(function: Callable[..., Any], *arguments: AnyArray) -> AnyArray:
    """A function's value on arrays, in the arguments' own precision.

    Compiled; traced and interpreted where `interpreted` asks for it.

    Args:
        function: of JAX arrays; hashable. One and the same object compiles once per shape.
        arguments: float64, or float32 throughout.
    """
    import jax

    double = any(argument.dtype == np.float64 for argument in arguments)
    with jax.enable_x64(double):
        compiled = _compiled(function)
        if _interpreting.get():
            try:
                return interpret(compiled.trace(*arguments).jaxpr, arguments)[0]
            except UnsupportedError:
                pass
        return np.asarray(compiled(*arguments))


_interpreting = contextvars.ContextVar("interpreting", default=False)


@functools.lru_cache(maxsize=512)
def _compiled(function: Callable[..., Any]) -> Any:
    import jax

    compiled = jax.jit(function, compiler_options=_compiler_options())
    return compiled


def evaluate_on(change: Callable[..., Any], body: Expression, *arguments: AnyArray) -> AnyArray:
    """The value of ``change(f, *arguments)`` for a function f that is given as data.

    Compiled once for all functions of one structure: their constants are arguments too.

    Args:
        change: of a callable f and JAX arrays; hashable.
        body: f as data.
        arguments: float64, or float32 throughout.
    """
    structure, constants = _lifted(body)
    precision = arguments[0].dtype
    lifted = [np.asarray(constant, precision) for constant in constants]
    return evaluate(_with_constants(change, structure, len(lifted)), *lifted, *arguments)


class _Slot(enum.Enum):
    """Where a constant stood in an expression."""

    SLOT = enum.auto()


def _lifted(body: Expression) -> tuple[Expression, list[float | AnyArray]]:
    """A hashable expression with slots for its constants, and the constants in order.

    Integers stay: they are exponents, sizes and places, on which the structure depends.
    """
    constants: list[float | AnyArray] = []
    operands: list[Any] = []
    for operand in body.operands:
        if isinstance(operand, Expression):
            structure, inner = _lifted(operand)
            operands.append(structure)
            constants += inner
        elif isinstance(operand, int):
            operands.append(operand)
        else:
            operands.append(_Slot.SLOT)
            constants.append(operand)
    return Expression(body.op, tuple(operands)), constants


def _filled(structure: Expression, constants: Iterator[Any]) -> Expression:
    def fill(operand: Any) -> Any:
        if isinstance(operand, Expression):
            return _filled(operand, constants)
        return next(constants) if operand is _Slot.SLOT else operand

    return Expression(structure.op, tuple(map(fill, structure.operands)))


@functools.lru_cache(maxsize=512)
def _with_constants(
    change: Callable[..., Any], structure: Expression, count: int
) -> Callable[..., Any]:
    """One and the same function object each time, so that JAX compiles it once per shape."""
    import jax.numpy as jnp

    def changed(*arrays: Any) -> Any:
        body = _filled(structure, iter(arrays[:count]))
        return change(callable_of(Function(body), jnp), *arrays[count:])

    return changed


def summary(x0: Vector) -> str:
    """A long vector in a few words."""
    head = ", ".join(f"{entry:.3f}" for entry in x0[:3])
    return tr(
        "{entries} of length {length}, norm {norm}",
        entries=f"[{head}, …]",
        length=x0.size,
        norm=f"{np.linalg.norm(x0):.4g}",
    )


def judge_all(
    expected: Sequence[AnyArray],
    spreads: Sequence[Callable[[], float]] | None = None,
    double: float = RELATIVE_FLOAT64,
) -> Judge:
    """A judge that compares each call's result with an array; the first that differs decides.

    Args:
        expected: one array per call.
        spreads: for each call, the spread of equivalent formulations in float32; evaluated once,
            where a result in single precision is seen.
        double: relative tolerance for results in double precision.
    """
    tolerances = [single_tolerance(spread, double) for spread in spreads or ()]

    def judge(replies: Sequence[Returned]) -> Comparison:
        worst = Comparison(Kind.EQUAL)
        for index, (wanted, reply) in enumerate(zip(expected, replies, strict=False)):
            tolerance = tolerances[index] if tolerances else Tolerance(double)
            comparison = compare(wanted, reply.value, tolerance)
            if not comparison.ok:
                return replace(comparison, call=index)
            worst = max(worst, comparison, key=lambda c: c.error)
        return worst

    return judge


def single_spread(expected: AnyArray, formulations: Sequence[Callable[[], Any]]) -> float:
    """The largest error of formulations evaluated in float32, relative to the largest entry.

    Args:
        expected: the float64 reference.
        formulations: each gives the same quantity in single precision.
    """
    scale = float(np.max(np.abs(expected)))
    errors = [np.max(np.abs(np.asarray(f(), np.float64) - expected)) for f in formulations]
    return float(np.max(errors)) / scale


def single_tolerance(spread: Callable[[], float], double: float = RELATIVE_FLOAT64) -> Tolerance:
    """A tolerance that is calibrated in single precision by the spread of formulations.

    Args:
        spread: what `single_spread` gives; evaluated where a result in single precision is seen.
        double: relative tolerance for results in double precision.
    """
    known = functools.cache(spread)
    rough = functools.cache(functools.partial(interpreted, spread))
    return Tolerance(double, lambda: from_spread(known()), lambda: from_spread(rough()))


def interpreted(function: Callable[[], T]) -> T:
    """Calls a function, with what it evaluates by JAX run in NumPy, operation by operation.

    Compiling a dozen formulations takes as long as grading several submissions. XLA rounds more
    coarsely in single precision (its tanh alone is off by several units in the last place), so
    that a spread measured so is a fraction of the real one, and never an excuse.
    """
    before = _interpreting.set(True)
    try:
        return function()
    finally:
        _interpreting.reset(before)
