"""Smaller inputs on which a failing case of `hvp` is tried again, the smallest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.authoring import X, op
from adcheck.model import Case, Context, Expression, Reducer

from . import cases, functions
from .functions import Draw

Vector = npt.NDArray[np.float64]
Sizes = tuple[int, ...]
Point = Mapping[str, Any]


def _count(sizes: Sizes) -> int:
    return sum(rows * columns for rows, columns in pairwise(sizes))


def _networks(layers: Sequence[int]) -> list[Sizes]:
    """Layer sizes of at most two, for each number of layers, by the number of weights."""
    every = [sizes for n in layers for sizes in product((1, 2), repeat=n + 1)]
    return sorted(every, key=lambda sizes: (_count(sizes), len(sizes)))


def _patterns(n: int) -> list[Vector]:
    """Small whole numbers that tell entries, their order and their signs apart."""
    counted = np.arange(1.0, n + 1)
    signs = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    return [np.ones(n), counted, counted[::-1].copy(), -signs * counted]


def _blocks(flat: Vector, sizes: Sizes) -> list[Vector]:
    blocks, start = [], 0
    for rows, columns in pairwise(sizes):
        stop = start + rows * columns
        blocks.append(flat[start:stop].reshape(rows, columns))
        start = stop
    return blocks


# --------------------------------------------------------------------------- get_params


def _flat_points(context: Context, case: Case) -> Iterator[Point]:
    for sizes in _networks((1, 2, 3)):
        if _count(sizes) < _count(case.data["sizes"]):
            for numbers in _patterns(_count(sizes))[1:]:
                yield {"sizes": sizes, "numbers": numbers}


def _flat_case(context: Context, point: Point) -> Case:
    sizes = point["sizes"]
    return cases.get_params_case(context, 0, 0, sizes, [_blocks(point["numbers"], sizes)])


GET_PARAMS = Reducer(_flat_points, _flat_case)


# --------------------------------------------------------------------------- calculate_hessian


def _hessian_points(context: Context, case: Case) -> Iterator[Point]:
    for sizes in _networks((2, 3)):
        if _count(sizes) < _count(case.data["sizes"]):
            n = _count(sizes)
            yield {"sizes": sizes, "params": np.ones(n)}
            yield {"sizes": sizes, "params": np.where(np.arange(n) % 2 == 0, -1.0, 2.0)}


def _hessian_case(context: Context, point: Point) -> Case | None:
    sizes, params = point["sizes"], np.asarray(point["params"])
    own = _blocks(np.full(params.size, 0.5), sizes)
    case = cases.hessian_case(context, 0, 0, sizes, [own], [params])
    return case if np.any(case.data["hessians"][0]) else None


HESSIAN = Reducer(_hessian_points, _hessian_case, ("params",))


# --------------------------------------------------------------------------- naive_hvp

SIZES = (1, 2, 3, 4, 8, 33)


def _matrix_points(context: Context, case: Case) -> Iterator[Point]:
    """The upper triangle row by row, and the vector."""
    largest = case.data["pairs"][0][1].size
    for n in [n for n in (*SIZES, 65) if n <= largest]:
        uppers, vectors = _patterns(n * (n + 1) // 2), _patterns(n)
        for upper, vector in zip(uppers, vectors, strict=True):
            yield {"upper": upper, "vector": vector}


def _matrix_case(context: Context, point: Point) -> Case | None:
    upper, vector = np.asarray(point["upper"]), np.asarray(point["vector"])
    matrix = np.zeros((vector.size, vector.size))
    matrix[np.triu_indices(vector.size)] = upper
    matrix = matrix + np.triu(matrix, 1).T
    if not np.any(matrix @ vector):
        return None
    return cases.naive_hvp_case(context, 0, 0, [(matrix, vector)])


NAIVE_HVP = Reducer(_matrix_points, _matrix_case, ("upper", "vector"))


# --------------------------------------------------------------------------- hvp


def _cube() -> Expression:
    """The sum of x^3."""
    return op("sum", op("power", X, 3))


def _coupled() -> Expression:
    """The sum of x times the sum of x^2."""
    return op("mul", op("sum", X), op("sum", op("power", X, 2)))


def _wave() -> Expression:
    """sin(sum of x) times the sum of x."""
    return op("mul", op("sin", op("sum", X)), op("sum", X))


def _function_points(context: Context, case: Case) -> Iterator[Point]:
    largest = case.data["draws"][0].x.size
    if largest > functions.DENSE:
        return
    for n in [n for n in (*SIZES, 65) if n <= largest]:
        for f in (_cube(),) if n == 1 else (_coupled(), _wave()):
            for x, v in zip(_patterns(n)[:2], _patterns(n)[:2][::-1], strict=True):
                yield {"f": f, "x": x, "v": v}
            yield {"f": f, "x": _patterns(n)[3], "v": _patterns(n)[3][::-1].copy()}


def _function_case(context: Context, point: Point) -> Case | None:
    draw = Draw(point["f"], np.asarray(point["x"]), np.asarray(point["v"]))
    if not np.any(draw.product):
        return None
    return cases.hvp_case(context, "values", 0, 0, [draw])


HVP = Reducer(_function_points, _function_case, ("x", "v"))
