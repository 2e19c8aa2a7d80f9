"""Primitives that work entry by entry, or along an axis, as NumPy computes them.

Part of the child side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["PRIMITIVES"]

AnyArray = npt.NDArray[Any]

_error_function = np.frompyfunc(math.erf, 1, 1)
_complementary_error_function = np.frompyfunc(math.erfc, 1, 1)
_log_gamma = np.frompyfunc(lambda x: math.lgamma(x) if x > 0 else math.nan, 1, 1)


def _elementwise(function: Callable[..., Any]) -> Callable[..., Any]:
    """A NumPy function as a primitive; what its parameters say is how XLA shall compute it."""

    def primitive(*operands: AnyArray, **params: Any) -> Any:
        accuracy = params.get("accuracy")
        if accuracy is not None and getattr(accuracy, "name", "") != "HIGHEST":  # that of NumPy
            raise TypeError("an accuracy of its own")
        return function(*operands)

    return primitive


def _by_python(function: Callable[[Any], Any]) -> Callable[[AnyArray], Any]:
    """A function of one double, for each entry."""

    def primitive(x: AnyArray, **_: Any) -> Any:
        _floating(x)
        return np.asarray(function(x)).astype(x.dtype)

    return primitive


def _floating(x: AnyArray) -> None:
    if x.dtype.kind != "f":
        raise TypeError(f"not for {x.dtype}")


def _divide(x: AnyArray, y: AnyArray) -> Any:
    if x.dtype.kind not in "iu":
        return np.divide(x, y)
    if np.any(y == 0):
        raise ZeroDivisionError
    return (np.sign(x) * np.sign(y) * (np.abs(x) // np.abs(y))).astype(x.dtype)  # towards zero


def _remainder(x: AnyArray, y: AnyArray) -> Any:
    if x.dtype.kind in "iu" and np.any(y == 0):
        raise ZeroDivisionError
    return np.fmod(x, y)


def _integer_power(x: AnyArray, *, y: int) -> Any:
    """By repeated squaring, as XLA does, so that it comes out the same to the last digits."""
    if y < 0:
        return np.reciprocal(_integer_power(x, y=-y)) if x.dtype.kind in "fc" else x**y
    if y == 0:
        return np.ones_like(x)
    result, square, left = None, x, y
    while True:
        if left & 1:
            result = square if result is None else result * square
        left >>= 1
        if not left:
            return result
        square = square * square


def _logistic(x: AnyArray) -> Any:
    one = x.dtype.type(1)
    return one / (one + np.exp(-x))


def _round(x: AnyArray, *, rounding_method: Any) -> Any:
    if int(rounding_method) == 1:
        return np.rint(x)
    return np.copysign(np.floor(np.abs(x) + x.dtype.type(0.5)), x)


def _reread(x: AnyArray, *, new_dtype: Any) -> Any:
    """The same bits as numbers of another kind."""
    if np.dtype(new_dtype).itemsize != x.dtype.itemsize:
        raise TypeError("entries of another size")
    return np.asarray(x, order="C").view(new_dtype)


def _convert(x: AnyArray, *, new_dtype: Any, **_: Any) -> Any:
    dtype = np.dtype(new_dtype)
    if dtype.kind not in "fiubc":
        raise TypeError(f"conversion to {dtype}")
    if x.dtype.kind in "fc" and dtype.kind in "iu":
        bounds = np.iinfo(dtype)
        if not (np.all(x >= bounds.min) and np.all(x <= bounds.max)):
            raise OverflowError  # XLA has rules of its own there
    return x.astype(dtype)


def _select(which: AnyArray, *cases: AnyArray) -> Any:
    if which.dtype == np.bool_:
        return np.where(which, cases[1], cases[0])
    if np.any(which < 0) or np.any(which >= len(cases)):
        raise IndexError
    shape = np.broadcast_shapes(which.shape, cases[0].shape)
    return np.choose(np.broadcast_to(which, shape), [np.broadcast_to(c, shape) for c in cases])


def _clamp(low: AnyArray, x: AnyArray, high: AnyArray) -> Any:
    return np.minimum(np.maximum(x, low), high)


def _square(x: AnyArray) -> Any:
    return x * x


def _one_minus_square(x: AnyArray) -> Any:
    one = x.dtype.type(1)
    return (one + x) * (one - x)  # as JAX 0.12 computes it: near 1 it loses no digits


def _polynomial(x: AnyArray, *coefficients: AnyArray) -> Any:
    result: Any = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        result = result * x + coefficient
    return result


def _reciprocal_root(x: AnyArray) -> Any:
    return x.dtype.type(1) / np.sqrt(x)


def _shift_right(x: AnyArray, y: AnyArray) -> Any:
    if x.dtype.kind != "u":
        raise TypeError("logical shifts of signed numbers")
    return np.where(y < x.dtype.itemsize * 8, np.right_shift(x, y), 0).astype(x.dtype)


def _shift_left(x: AnyArray, y: AnyArray) -> Any:
    return np.where(y < x.dtype.itemsize * 8, np.left_shift(x, y), 0).astype(x.dtype)


def _reduction(ufunc: np.ufunc) -> Callable[..., Any]:
    def primitive(x: AnyArray, *, axes: Any, **_: Any) -> Any:
        return ufunc.reduce(x, axis=tuple(map(int, axes)), dtype=x.dtype)

    return primitive


def _extreme(ufunc: np.ufunc) -> Callable[..., Any]:
    def primitive(x: AnyArray, *, axes: Any, **_: Any) -> Any:
        return ufunc.reduce(x, axis=tuple(map(int, axes)))

    return primitive


def _place_of(extreme: Callable[..., Any]) -> Callable[..., Any]:
    def primitive(x: AnyArray, *, axes: Any, index_dtype: Any, **_: Any) -> Any:
        (axis,) = axes
        return extreme(x, axis=int(axis)).astype(index_dtype)

    return primitive


def _cumulative(ufunc: np.ufunc) -> Callable[..., Any]:
    def primitive(x: AnyArray, *, axis: int, reverse: bool) -> Any:
        along = np.flip(x, axis) if reverse else x
        gone = ufunc.accumulate(along, axis=axis, dtype=x.dtype)
        return np.flip(gone, axis) if reverse else gone

    return primitive


def _platform_index(*, platforms: Any) -> Any:
    """Which of several programs is the processor's."""
    chosen = next(i for i, named in enumerate(platforms) if named is None or "cpu" in named)
    return np.int32(chosen)


def _same(x: AnyArray, **_: Any) -> Any:
    return x


def _all_same(*operands: AnyArray, **_: Any) -> list[Any]:
    return list(operands)


_ENTRY_BY_ENTRY: Mapping[str, Callable[..., Any]] = {
    "abs": np.abs,
    "acos": np.arccos,
    "acosh": np.arccosh,
    "add": np.add,
    "add_any": np.add,
    "and": np.bitwise_and,
    "asin": np.arcsin,
    "asinh": np.arcsinh,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "atanh": np.arctanh,
    "cbrt": np.cbrt,
    "ceil": np.ceil,
    "clamp": _clamp,
    "conj": np.conj,
    "cos": np.cos,
    "cosh": np.cosh,
    "div": _divide,
    "eq": np.equal,
    "exp": np.exp,
    "exp2": np.exp2,
    "expm1": np.expm1,
    "floor": np.floor,
    "ge": np.greater_equal,
    "gt": np.greater,
    "imag": np.imag,
    "is_finite": np.isfinite,
    "le": np.less_equal,
    "log": np.log,
    "log1p": np.log1p,
    "logistic": _logistic,
    "lt": np.less,
    "max": np.maximum,
    "min": np.minimum,
    "mul": np.multiply,
    "ne": np.not_equal,
    "neg": np.negative,
    "nextafter": np.nextafter,
    "not": np.invert,
    "one_minus_square": _one_minus_square,
    "or": np.bitwise_or,
    "polynomial": _polynomial,
    "pow": np.power,
    "real": np.real,
    "rem": _remainder,
    "rsqrt": _reciprocal_root,
    "select_n": _select,
    "shift_left": _shift_left,
    "shift_right_logical": _shift_right,
    "sign": np.sign,
    "sin": np.sin,
    "sinh": np.sinh,
    "sqrt": np.sqrt,
    "square": _square,
    "sub": np.subtract,
    "tan": np.tan,
    "tanh": np.tanh,
    "xor": np.bitwise_xor,
}

PRIMITIVES: Mapping[str, Callable[..., Any]] = {
    **{name: _elementwise(function) for name, function in _ENTRY_BY_ENTRY.items()},
    "argmax": _place_of(np.argmax),
    "argmin": _place_of(np.argmin),
    "bitcast_convert_type": _reread,
    "convert_element_type": _convert,
    "copy": _same,
    "copy_p": _same,
    "cummax": _cumulative(np.maximum),
    "cummin": _cumulative(np.minimum),
    "cumprod": _cumulative(np.multiply),
    "cumsum": _cumulative(np.add),
    "device_put": _all_same,
    "erf": _by_python(_error_function),
    "erfc": _by_python(_complementary_error_function),
    "integer_pow": _integer_power,
    "lgamma": _by_python(_log_gamma),
    "name": _same,
    "optimization_barrier": _all_same,
    "platform_index": _platform_index,
    "pvary": _all_same,
    "reduce_and": _extreme(np.bitwise_and),
    "reduce_max": _extreme(np.maximum),
    "reduce_min": _extreme(np.minimum),
    "reduce_or": _extreme(np.bitwise_or),
    "reduce_prod": _reduction(np.multiply),
    "reduce_sum": _reduction(np.add),
    "round": _round,
    "stage": _same,
    "stop_gradient": _same,
}
