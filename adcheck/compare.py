"""Comparing a result with what was expected, and saying in one sentence how they differ.

Pure: no clock, no file, no random state. A comparison goes in the order structure, shape, dtype,
non-finite, value. Its message names the worst entry as it was returned; what was expected there
stands apart, since not every course tells its students.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.language import tr, trn
from adcheck.model import Array, Comparison, Foreign, Kind, Value

__all__ = [
    "RELATIVE_FLOAT64",
    "Tolerance",
    "array_of",
    "compare",
    "describe",
    "is_single",
    "measuring",
    "unexpected",
]

AnyArray = npt.NDArray[Any]

RELATIVE_FLOAT64 = 1e-10
"""Of the largest expected entry. The worst of 61 right submissions in very different styles was
off by 9e-14 in float64; the mildest known mistake (exact GELU for its tanh form) by 9e-5."""

SPREAD_FACTOR = 16.0
"""A float32 result may be off by this multiple of the spread of equivalent formulations, which
are a handful of samples of the rounding error's distribution and not its bound."""

FLOOR_FLOAT32 = 64 * float(np.finfo(np.float32).eps)
"""Where equivalent formulations happen to agree, rounding of a few dozen operations is allowed."""

WELL_WITHIN = 0.05
"""Of a rough tolerance, so that what it lets pass is well within the real one, too: right answers
are off by up to 0.07 of that, see ``adcheck validate``."""

PLAUSIBLE = 1e-3
"""Relative error above which no rough tolerance is asked for: draws on which single precision does
worse are not used."""

ACCEPTED_DTYPES = ("float32", "float64")


@dataclass(frozen=True)
class Tolerance:
    """How far a right result may be off, relative to the largest expected entry.

    Attributes:
        double: for results in double precision.
        single: for results in single precision; evaluated only where one is seen.
        rough: a smaller one that is known sooner: who is well within it is so within `single` too.
            Where there is one, neither is below `FLOOR_FLOAT32`.
    """

    double: float = RELATIVE_FLOAT64
    single: Callable[[], float] = lambda: FLOOR_FLOAT32
    rough: Callable[[], float] | None = None

    def of(self, array: Array, error: float) -> float:
        """What decides on a result that is off by `error`, relative to the largest entry."""
        if not is_single(array):
            return self.double
        if self.rough is None or error > PLAUSIBLE:
            return self.single()
        if error <= FLOOR_FLOAT32 and not _measuring.get():
            return FLOOR_FLOAT32  # which decides, and takes no time to know
        rough = self.rough()
        return rough if error <= WELL_WITHIN * rough else self.single()


_measuring = contextvars.ContextVar("measuring", default=False)


@contextlib.contextmanager
def measuring() -> Iterator[None]:
    """Has errors told in tolerances proper, also where a bound of these decides as well."""
    before = _measuring.set(True)
    try:
        yield
    finally:
        _measuring.reset(before)


def from_spread(spread: float) -> float:
    """The tolerance for float32 results, from the spread of formulations evaluated in float32.

    Args:
        spread: largest error of any of them, relative to the largest expected entry.
    """
    return max(FLOOR_FLOAT32, SPREAD_FACTOR * spread)


def compare(expected: AnyArray, actual: Value, tolerance: Tolerance | None = None) -> Comparison:
    """Judges one result.

    Args:
        expected: float64, with at least one entry that is not zero; any shape, ``()`` included.
        actual: the student's; untrusted.
        tolerance: defaults to double precision's alone.

    Returns:
        The first way in which they differ, or equality.
    """
    tolerance = tolerance or Tolerance()
    array = array_of(actual)
    if array is None or _is_wrapped(expected, actual):
        return _structure(expected, actual)
    return (
        _shape(expected, array)
        or _dtype(array)
        or _finite(expected, array)
        or _value(expected, array, tolerance)
    )


def array_of(value: Value) -> Array | None:
    """The array that a value is or, for sequences of equal shapes, stacks to; None for others."""
    match value:
        case Array():
            return value
        case Foreign():
            return None
    parts = [array_of(item) for item in value]
    if not parts or any(part is None for part in parts):
        return None
    arrays = [part for part in parts if part is not None]
    if len({array.data.shape for array in arrays}) > 1:
        return None
    names = {array.dtype for array in arrays}
    stacked = np.stack([array.data for array in arrays])
    # a list of Python numbers may mix integers and floats: 0 and 0.5 make a float list
    name = names.pop() if len(names) == 1 else stacked.dtype.name
    return Array(stacked, name)


def is_single(array: Array) -> bool:
    """Whether the entries were computed in single precision.

    Python floats made of float32 entries look like doubles; but a double that was not rounded
    to single precision on its way is hardly ever a float32, and a whole array never is. Zeros and
    other numbers of a few digits are no sign of anything.
    """
    if array.dtype == "float32":
        return True
    with np.errstate(over="ignore"):
        return _survives(array.data, np.float32) and not _survives(array.data, np.float16)


def _survives(data: AnyArray, precision: type[np.floating[Any]]) -> bool:
    """Whether no entry changes when it is rounded to a precision."""
    return bool(np.all(data.astype(precision).astype(np.float64) == data))


def describe(value: Value) -> str:
    """What a value is, in a few words: ``an array of shape (3,), float64``."""
    match value:
        case Array(data, dtype) if data.ndim == 0:
            return tr("a single number ({dtype})", dtype=dtype)
        case Array(data, dtype):
            return tr("an array of shape {shape}, {dtype}", shape=data.shape, dtype=dtype)
        case Foreign("NoneType"):
            return "None"
        case Foreign(kind):
            return tr("a value of type {type}", type=kind)
    shapes = {item.data.shape if isinstance(item, Array) else None for item in value}
    if len(shapes) > 1:
        return trn(
            "a sequence of {count} value of different shapes",
            "a sequence of {count} values of different shapes",
            len(value),
            count=len(value),
        )
    return trn(
        "a sequence of {count} value",
        "a sequence of {count} values",
        len(value),
        count=len(value),
    )


def _is_wrapped(expected: AnyArray, actual: Value) -> bool:
    """Whether the result is a sequence that holds nothing but an array of the right shape."""
    if not isinstance(actual, tuple) or len(actual) != 1:
        return False
    return isinstance(actual[0], Array) and actual[0].data.shape == expected.shape


def _structure(expected: AnyArray, actual: Value) -> Comparison:
    wanted = tr("a single number")
    if expected.ndim > 0:
        wanted = tr("an array of shape {shape}", shape=expected.shape)
    if isinstance(actual, Foreign) and actual.type == "NoneType":
        message = tr(
            "It returned None, where {wanted} was expected: is a return missing?", wanted=wanted
        )
    elif _is_wrapped(expected, actual):
        message = tr(
            "It returned a tuple or list that holds {wanted}, and not the array itself: take its "
            "first entry (the function that jax.vjp gives returns a tuple, for example).",
            wanted=wanted,
        )
    else:
        message = unexpected(describe(actual), wanted)
    return Comparison(Kind.STRUCTURE, message, wanted, describe(actual))


def unexpected(got: str, wanted: str) -> str:
    """A sentence on a result of another kind than what was expected.

    Args:
        got: what it is, as `describe` says it.
        wanted: what was expected, in such words too.
    """
    return tr("It returned {got}, where {wanted} was expected.", got=got, wanted=wanted)


def _shape(expected: AnyArray, array: Array) -> Comparison | None:
    wanted, got = expected.shape, array.data.shape
    if wanted == got:
        return None
    if array.data.size != expected.size or len(wanted) > 1:
        sentence = tr("The result has shape {got}, where {wanted} was expected.")
    elif wanted:
        sentence = tr(
            "The result has shape {got}, where a flat vector of shape {wanted} was expected."
        )
    else:
        sentence = tr(
            "The result has shape {got}, where a scalar, of shape {wanted}, was expected."
        )
    message = sentence.format(got=got, wanted=wanted)
    return Comparison(Kind.SHAPE, message, str(wanted), str(got))


def _dtype(array: Array) -> Comparison | None:
    name = array.dtype
    if name in ACCEPTED_DTYPES:
        return None
    reasons = {
        "float16": tr("half precision keeps only three digits"),
        "bfloat16": tr("half precision keeps only two digits"),
        "bool": tr("these are truth values"),
    }
    reason = reasons.get(name, tr("it cannot hold the result"))
    if name.startswith(("int", "uint")):
        reason = tr("integers cannot hold the result")
    elif name.startswith("complex"):
        reason = tr("the result is real")
    message = tr(
        "The result's dtype is {dtype}, where float32 or float64 was expected: {reason}.",
        dtype=name,
        reason=reason,
    )
    return Comparison(Kind.DTYPE, message, "float64", name)


def _finite(expected: AnyArray, array: Array) -> Comparison | None:
    bad = ~np.isfinite(array.data)
    if not bad.any():
        return None
    index = _unravel(int(np.argmax(bad)), array.data.shape)
    got = _number(array.data[index])
    count = int(bad.sum())
    where = _position(index)
    values = {"count": count, "size": array.data.size, "where": where, "got": got}
    if array.data.size > 1:
        message = trn(
            "{count} of {size} entries is not finite, the first at {where}: {got}.",
            "{count} of {size} entries are not finite, the first at {where}: {got}.",
            count,
            **values,
        )
    elif where:
        message = tr("The result is not finite, the first at {where}: {got}.", **values)
    else:
        message = tr("The result is not finite: {got}.", **values)
    return Comparison(Kind.NON_FINITE, message, _number(expected[index]), got, where, np.inf)


def _value(expected: AnyArray, array: Array, tolerance: Tolerance) -> Comparison:
    scale = float(np.max(np.abs(expected)))
    if scale == 0.0:
        raise ValueError("a case whose answer is zero proves nothing and must not be drawn")
    difference = np.abs(array.data.astype(np.float64) - expected)
    relative = float(np.max(difference)) / scale
    allowed = tolerance.of(array, relative) * scale
    error = float(np.max(difference)) / allowed
    if error <= 1.0:
        return Comparison(Kind.EQUAL, error=error)
    index = _unravel(int(np.argmax(difference)), expected.shape)
    wanted, got = _distinct(float(expected[index]), float(array.data[index]))
    where = _position(index)
    if expected.ndim == 0:
        message = tr("The value is wrong: it is {got}.", got=got)
    else:
        wrong = int(np.sum(difference > allowed))
        message = trn(
            "{count} of {size} values is wrong; the worst, at {where}, is {got}.",
            "{count} of {size} values are wrong; the worst, at {where}, is {got}.",
            wrong,
            count=wrong,
            size=expected.size,
            where=where,
            got=got,
        )
    return Comparison(Kind.VALUE, message, wanted, got, where, error, relative=relative)


def _distinct(expected: float, got: float) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to tell them apart."""
    for digits in range(6, 18):
        texts = f"{expected:.{digits}g}", f"{got:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def _number(value: Any) -> str:
    return f"{value:.6g}"


def _position(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""


def _unravel(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(flat, shape))
