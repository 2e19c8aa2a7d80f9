"""Primitives that give an array another form: reshaped, transposed, broadcast, padded, joined, cut.

Part of the child side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["PRIMITIVES"]

AnyArray = npt.NDArray[Any]


def _reshape(x: AnyArray, *_: Any, new_sizes: Any, dimensions: Any, **__: Any) -> Any:
    if dimensions is not None:
        raise TypeError("a reshape that transposes")
    return np.reshape(x, new_sizes)


def _transpose(x: AnyArray, *, permutation: Any) -> Any:
    return np.transpose(x, permutation)


def _squeeze(x: AnyArray, *, dimensions: Any) -> Any:
    return np.squeeze(x, tuple(map(int, dimensions)))


def _broadcast(x: AnyArray, *_: Any, shape: Any, broadcast_dimensions: Any, **__: Any) -> Any:
    sizes = [1] * len(shape)
    for size, place in zip(x.shape, broadcast_dimensions, strict=True):
        sizes[place] = size
    return np.broadcast_to(np.reshape(x, sizes), shape)


def _concatenate(*operands: AnyArray, dimension: int) -> Any:
    return np.concatenate(operands, dimension)


def _stack(*operands: AnyArray, axis: int = 0) -> Any:
    return np.stack(operands, axis)


def _unstack(x: AnyArray, *, axis: int) -> list[Any]:
    return list(np.moveaxis(x, axis, 0))


def _split(x: AnyArray, *, sizes: Any, axis: int) -> list[Any]:
    return np.split(x, np.cumsum(sizes)[:-1], axis)


def _slice(x: AnyArray, *, start_indices: Any, limit_indices: Any, strides: Any) -> Any:
    steps = strides or [1] * x.ndim
    cuts = zip(start_indices, limit_indices, steps, strict=True)
    return x[tuple(slice(start, limit, step) for start, limit, step in cuts)]


def _rev(x: AnyArray, *, dimensions: Any) -> Any:
    return np.flip(x, tuple(map(int, dimensions)))


def _pad(x: AnyArray, value: AnyArray, *, padding_config: Any) -> Any:
    """Puts values before, after and between the entries; a negative number takes entries away."""
    shape, places, cuts = [], [], []
    for size, (low, high, between) in zip(x.shape, padding_config, strict=True):
        inner = size + max(size - 1, 0) * between
        start = max(low, 0)
        shape.append(start + inner + max(high, 0))
        places.append(slice(start, start + inner, between + 1))
        cuts.append(slice(max(-low, 0), shape[-1] - max(-high, 0)))
    padded = np.full(shape, value, x.dtype)
    padded[tuple(places)] = x
    return padded[tuple(cuts)]


def _iota(*_: Any, dtype: Any, shape: Sequence[int], dimension: int, **__: Any) -> Any:
    sizes = [1] * len(shape)
    sizes[dimension] = shape[dimension]
    return np.broadcast_to(np.arange(shape[dimension], dtype=dtype).reshape(sizes), shape)


def _sort(*operands: AnyArray, dimension: int, is_stable: bool, num_keys: int) -> list[Any]:
    if num_keys != 1:
        raise TypeError("several keys")
    order = np.argsort(operands[0], axis=dimension, kind="stable" if is_stable else None)
    return [np.take_along_axis(operand, order, dimension) for operand in operands]


PRIMITIVES: Mapping[str, Callable[..., Any]] = {
    "broadcast_in_dim": _broadcast,
    "concatenate": _concatenate,
    "iota": _iota,
    "pad": _pad,
    "reshape": _reshape,
    "rev": _rev,
    "slice": _slice,
    "sort": _sort,
    "split": _split,
    "squeeze": _squeeze,
    "stack": _stack,
    "transpose": _transpose,
    "unstack": _unstack,
}
