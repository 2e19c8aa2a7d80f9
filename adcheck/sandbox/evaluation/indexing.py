"""Primitives that read or change some entries of an array, named by index arrays.

Part of the child side. What an index out of bounds does follows JAX's modes: it is clipped, or the
entry is filled in on reading and left alone on writing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["PRIMITIVES"]

AnyArray = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


def _dynamic_slice(x: AnyArray, *starts: AnyArray, slice_sizes: Any) -> Any:
    return x[_window(x, starts, slice_sizes)]


def _dynamic_update_slice(x: AnyArray, update: AnyArray, *starts: AnyArray) -> Any:
    changed = x.copy()
    changed[_window(x, starts, update.shape)] = update
    return changed


def _window(x: AnyArray, starts: Sequence[AnyArray], sizes: Sequence[int]) -> tuple[slice, ...]:
    """A slice of given sizes that lies within the array, as near to its start as that allows."""
    cuts = []
    for extent, start, size in zip(x.shape, starts, sizes, strict=True):
        first = min(max(int(start), 0), extent - size)
        cuts.append(slice(first, first + size))
    return tuple(cuts)


def _gather(
    x: AnyArray,
    indices: AnyArray,
    *,
    dimension_numbers: Any,
    slice_sizes: Any,
    mode: Any,
    fill_value: Any,
    **_: Any,
) -> Any:
    """Takes windows out of an array, one for each vector of indices."""
    numbers = dimension_numbers
    dropped = (*numbers.collapsed_slice_dims, *numbers.operand_batching_dims)
    places, inside = _places(
        x.shape,
        indices,
        numbers.start_index_map,
        numbers.operand_batching_dims,
        numbers.start_indices_batching_dims,
        slice_sizes,
        dropped,
        numbers.offset_dims,
        _mode(mode),
    )
    taken = x[places]
    if _mode(mode) != "fill":
        return taken
    return np.where(inside, taken, _filling(x.dtype, fill_value))


def _scatter(combine: np.ufunc | None) -> Callable[..., Any]:
    """Combines windows of an array with updates, one for each vector of indices."""

    def primitive(
        x: AnyArray,
        indices: AnyArray,
        updates: AnyArray,
        *,
        dimension_numbers: Any,
        mode: Any,
        **_: Any,
    ) -> Any:
        numbers = dimension_numbers
        dropped = (*numbers.inserted_window_dims, *numbers.operand_batching_dims)
        kept = [axis for axis in range(x.ndim) if axis not in dropped]
        sizes = [1] * x.ndim
        for axis, place in zip(kept, numbers.update_window_dims, strict=True):
            sizes[axis] = updates.shape[place]
        places, inside = _places(
            x.shape,
            indices,
            numbers.scatter_dims_to_operand_dims,
            numbers.operand_batching_dims,
            numbers.scatter_indices_batching_dims,
            sizes,
            dropped,
            numbers.update_window_dims,
            _mode(mode),
        )
        changed = x.copy()
        here = np.broadcast_to(inside, updates.shape)
        where = tuple(np.broadcast_to(place, updates.shape)[here] for place in places)
        if combine is None:
            changed[where] = updates[here]
        else:
            combine.at(changed, where, updates[here])
        return changed

    return primitive


def _mode(mode: Any) -> str:
    """What happens out of bounds, as JAX's enumeration or its text says it."""
    name = str(getattr(mode, "name", mode)).lower()
    return "fill" if "fill" in name or "drop" in name else "clip"


def _filling(dtype: np.dtype[Any], fill_value: Any) -> Any:
    if fill_value is not None:
        return np.asarray(fill_value, dtype)
    if dtype.kind in "fc":
        return np.asarray(np.nan, dtype)
    if dtype.kind == "b":
        return np.asarray(True)
    bounds = np.iinfo(dtype)
    return np.asarray(bounds.min if dtype.kind == "i" else bounds.max, dtype)


def _places(
    shape: Sequence[int],
    indices: AnyArray,
    axes: Sequence[int],
    shared_axes: Sequence[int],
    shared_index_axes: Sequence[int],
    sizes: Sequence[int],
    dropped: Sequence[int],
    window_axes: Sequence[int],
    mode: str,
) -> tuple[tuple[AnyArray, ...], Mask]:
    """Where each entry of the windows lies in the array.

    Args:
        shape: of the array.
        indices: vectors of indices, along the last axis.
        axes: of the array, one for each index of a vector.
        shared_axes: of the array, along which each vector has its own part.
        shared_index_axes: of the indices, for `shared_axes`.
        sizes: of a window, along each axis of the array.
        dropped: axes of the array that a window has not.
        window_axes: of the windows laid out, for the axes of the array that a window has.
        mode: ``"clip"`` or ``"fill"``.

    Returns:
        For each axis of the array an index array that broadcasts to the windows laid out, and
        whether a window lies inside the array.
    """
    batch = indices.shape[:-1]
    rank = len(batch) + len(window_axes)
    batch_axes = [axis for axis in range(rank) if axis not in window_axes]
    kept = [axis for axis in range(len(shape)) if axis not in dropped]

    def laid_out(values: AnyArray, at: Sequence[int]) -> AnyArray:
        extents = [1] * rank
        for extent, axis in zip(values.shape, at, strict=True):
            extents[axis] = extent
        return values.reshape(extents)

    inside: Any = np.ones([1] * rank, np.bool_)
    starts: dict[int, AnyArray] = {}
    for number, axis in enumerate(axes):
        start = indices[..., number].astype(np.int64)
        last = shape[axis] - sizes[axis]
        inside = inside & laid_out((start >= 0) & (start <= last), batch_axes)
        starts[axis] = laid_out(np.clip(start, 0, last), batch_axes)
    for axis, index_axis in zip(shared_axes, shared_index_axes, strict=True):
        starts[axis] = laid_out(np.arange(batch[index_axis]), [batch_axes[index_axis]])
    places = []
    for axis in range(len(shape)):
        place = starts.get(axis, np.zeros([1] * rank, np.int64))
        if axis in kept:
            offsets = np.arange(sizes[axis])
            place = place + laid_out(offsets, [window_axes[kept.index(axis)]])
        places.append(place)
    return tuple(places), inside if mode == "fill" else np.ones([1] * rank, np.bool_)


PRIMITIVES: Mapping[str, Callable[..., Any]] = {
    "dynamic_slice": _dynamic_slice,
    "dynamic_update_slice": _dynamic_update_slice,
    "gather": _gather,
    "scatter": _scatter(None),
    "scatter-add": _scatter(np.add),
    "scatter-max": _scatter(np.maximum),
    "scatter-min": _scatter(np.minimum),
    "scatter-mul": _scatter(np.multiply),
    "scatter-sub": _scatter(np.subtract),
    "scatter_add": _scatter(np.add),
    "scatter_max": _scatter(np.maximum),
    "scatter_min": _scatter(np.minimum),
    "scatter_mul": _scatter(np.multiply),
    "scatter_sub": _scatter(np.subtract),
}
