"""Primitives of linear algebra: products of arrays, and the eigenvalues of a symmetric matrix.

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


def _dot_general(
    left: AnyArray,
    right: AnyArray,
    *,
    dimension_numbers: Any,
    preferred_element_type: Any = None,
    **_: Any,
) -> Any:
    """Sums over pairs of axes; shared axes come first, then those of the left, then the right."""
    (left_summed, right_summed), (left_shared, right_shared) = dimension_numbers
    left_free = [a for a in range(left.ndim) if a not in (*left_summed, *left_shared)]
    right_free = [a for a in range(right.ndim) if a not in (*right_summed, *right_shared)]
    shared = [left.shape[axis] for axis in left_shared]
    rows = [left.shape[axis] for axis in left_free]
    columns = [right.shape[axis] for axis in right_free]
    summed = math.prod(left.shape[axis] for axis in left_summed)
    if preferred_element_type is not None:
        left, right = left.astype(preferred_element_type), right.astype(preferred_element_type)
    a = left.transpose([*left_shared, *left_free, *left_summed])
    b = right.transpose([*right_shared, *right_summed, *right_free])
    product = np.matmul(
        a.reshape([*shared, math.prod(rows), summed]),
        b.reshape([*shared, summed, math.prod(columns)]),
    )
    return product.reshape([*shared, *rows, *columns])


def _eigh(
    x: AnyArray, *, lower: bool, sort_eigenvalues: bool, subset_by_index: Any, **_: Any
) -> list[Any]:
    if subset_by_index is not None or not sort_eigenvalues or not np.isfinite(x).all():
        raise TypeError("not all eigenvalues of a matrix")
    values, vectors = np.linalg.eigh(x, "L" if lower else "U")
    return [vectors, values]


PRIMITIVES: Mapping[str, Callable[..., Any]] = {
    "dot_general": _dot_general,
    "eigh": _eigh,
}
