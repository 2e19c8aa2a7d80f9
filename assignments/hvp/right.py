"""Answers of `hvp` that have to pass, and answers that are wrong on few inputs and have to fail.

The right ones are the formulations of `reference.hvp` in either precision, and single precision
widened to double, as Python floats and NumPy make it. JAX is imported when the first is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.authoring import evaluate, evaluate_on
from adcheck.model import Case, Expression, Variant
from reference import second_order as exact

from .functions import Draw

AnyArray = npt.NDArray[Any]
Vector = npt.NDArray[np.float64]
Sizes = tuple[int, ...]

NAMES = ("forward-over-reverse", "reverse-over-reverse", "reverse-over-forward")
"""Of the formulations of `reference.hvp`, for the Hessian and for the product."""

MATRIX_NAMES = ("rows", "from-the-left", "columns")
"""Of those of the product with a given Hessian."""


def hessian(params: AnyArray, sizes: Sizes, name: str) -> AnyArray:
    """The Hessian by one formulation, in the precision of `params`."""
    return evaluate(_hessian_of(name, sizes), params)


@cache
def _hessian_of(name: str, sizes: Sizes) -> Callable[[Any], Any]:
    """One and the same function object each time, so that JAX compiles it once per shape."""
    from reference import hvp as reference

    return lambda p: reference.HESSIANS[name](p, sizes)


def product(f: Expression, x: AnyArray, v: AnyArray, name: str) -> AnyArray:
    """The product by one formulation, in the precision of `x`."""
    from reference import hvp as reference

    return evaluate_on(reference.HVPS[name], f, x, v)


def matrix_product(matrix: AnyArray, vector: AnyArray, name: str) -> AnyArray:
    """The product with a given Hessian by one formulation, in the precision of both."""
    from reference import hvp as reference

    return evaluate(reference.NAIVE_HVPS[name], matrix, vector)


# --------------------------------------------------------------------------- right answers

Compute = Callable[[Case, str, str], Sequence[AnyArray]]
"""From a case, a formulation's name and a dtype to one answer per call."""


def _hessians(case: Case, name: str, dtype: str) -> Sequence[AnyArray]:
    return [hessian(p.astype(dtype), case.data["sizes"], name) for p in case.data["params"]]


def _matrix_products(case: Case, name: str, dtype: str) -> Sequence[AnyArray]:
    pairs = case.data["pairs"]
    return [matrix_product(h.astype(dtype), v.astype(dtype), name) for h, v in pairs]


def _products(case: Case, name: str, dtype: str) -> Sequence[AnyArray]:
    draws: Sequence[Draw] = case.data["draws"]
    return [product(d.f, d.x.astype(dtype), d.v.astype(dtype), name) for d in draws]


def _in_either_precision(names: Sequence[str], compute: Compute) -> Mapping[str, Variant]:
    variants: dict[str, Variant] = {}
    for name in names:
        variants[name] = _variant(compute, name, "f8")
        variants[f"{name}, float32"] = _variant(compute, name, "f4")
    return variants | {"float32 widened": _variant(compute, names[0], "f4", "f8")}


def _variant(compute: Compute, name: str, dtype: str, told: str | None = None) -> Variant:
    return lambda case: [a.astype(told or dtype) for a in compute(case, name, dtype)]


def _flats(case: Case, name: str = "", dtype: str = "f8") -> Sequence[AnyArray]:
    weights: Sequence[Sequence[Vector]] = case.data["weights"]
    return [np.concatenate([w.ravel() for w in ws]).astype(dtype) for ws in weights]


GET_PARAMS: Mapping[str, Variant] = {"flat": _flats, "flat, float32": partial(_flats, dtype="f4")}
HESSIAN = _in_either_precision(NAMES, _hessians)
NAIVE_HVP = _in_either_precision(MATRIX_NAMES, _matrix_products)
HVP = _in_either_precision(NAMES, _products)


# --------------------------------------------------------------------------- almost right ones


def _weights_changed(change: Callable[[Sequence[Vector]], Sequence[Vector]]) -> Variant:
    return lambda case: [
        np.concatenate([w.ravel() for w in change(ws)]) for ws in case.data["weights"]
    ]


def _square_transposed(weights: Sequence[Vector]) -> Sequence[Vector]:
    return [w.T if w.shape[0] == w.shape[1] else w for w in weights]


def _first_of_each_shape(weights: Sequence[Any], shape: Callable[[Any], Any]) -> list[Any]:
    first: dict[Any, Any] = {}
    return [first.setdefault(shape(w), w) for w in weights]


ALMOST_GET_PARAMS: Mapping[str, Variant] = {
    "square matrices transposed": _weights_changed(_square_transposed),
    "layers of equal shape shared": _weights_changed(
        lambda ws: _first_of_each_shape(ws, lambda w: w.shape)
    ),
    "two layers at most": _weights_changed(lambda ws: [*ws[:2], *[0 * w for w in ws[2:]]]),
}


def _network(unflatten: Callable[[Any, Sequence[int]], list[Any]]) -> Variant:
    return lambda case: [
        exact.network_hessian(p, case.data["sizes"], unflatten=unflatten)
        for p in case.data["params"]
    ]


def _shared(flat: Any, sizes: Sequence[int]) -> list[Any]:
    return _first_of_each_shape(exact.split(flat, sizes), lambda w: w.value.shape)


def _transposed(flat: Any, sizes: Sequence[int]) -> list[Any]:
    """Wrong on square matrices, right on the others."""
    blocks = zip(exact.split(flat, sizes), pairwise(sizes), strict=True)
    return [w.transpose() if rows == columns else w for w, (rows, columns) in blocks]


def _hessian_changed(change: Callable[[Vector, Vector], Vector]) -> Variant:
    return lambda case: [
        change(h.copy(), p) for h, p in zip(case.data["hessians"], case.data["params"], strict=True)
    ]


def _beyond(n: int) -> Callable[[Vector, Vector], Vector]:
    def cut(h: Vector, params: Vector) -> Vector:
        h[n:, n:] = 0.0
        return h

    return cut


ALMOST_HESSIAN: Mapping[str, Variant] = {
    "square matrices transposed": _network(_transposed),
    "layers of equal shape shared": _network(_shared),
    "zero beyond 64": _hessian_changed(_beyond(64)),
    "of the absolute parameters": lambda case: [
        exact.network_hessian(np.abs(p), case.data["sizes"]) for p in case.data["params"]
    ],
    "of rounded parameters": lambda case: [
        exact.network_hessian(np.round(p, 3), case.data["sizes"]) for p in case.data["params"]
    ],
}


def _pairs_changed(change: Callable[[Vector, Vector], Vector]) -> Variant:
    return lambda case: [np.asarray(change(h, v)) for h, v in case.data["pairs"]]


def _odd_one_lost(h: Vector, v: Vector) -> Vector:
    """Works on pairs of entries: the last of an odd number is lost."""
    even = len(v) // 2 * 2
    return np.asarray(h[:, :even] @ v[:even])


def _in_blocks(h: Vector, v: Vector) -> Vector:
    """Works on blocks of 64: what is left over is lost."""
    size = max(len(v) // 64 * 64, min(len(v), 64))
    return np.asarray(h[:, :size] @ v[:size])


ALMOST_NAIVE_HVP: Mapping[str, Variant] = {
    "odd sizes": _pairs_changed(_odd_one_lost),
    "above 64": _pairs_changed(_in_blocks),
    "negative entries of the vector": _pairs_changed(lambda h, v: h @ np.maximum(v, 0)),
    "negative entries of the Hessian": _pairs_changed(lambda h, v: np.abs(h) @ v),
    "rounded to five digits": _pairs_changed(lambda h, v: np.round(h @ v, 5)),
}


def _draws_changed(change: Callable[[Draw], Vector]) -> Variant:
    def variant(case: Case) -> Sequence[AnyArray]:
        draws: Sequence[Draw] = case.data["draws"]
        return [np.asarray(change(draw)) for draw in draws] if draws[0].dense else []

    return variant


def _first_v(case: Case) -> Sequence[AnyArray]:
    draws: Sequence[Draw] = case.data["draws"]
    return [d.hessian @ draws[0].v for d in draws] if draws[0].dense else []


def _first_f(case: Case) -> Sequence[AnyArray]:
    draws: Sequence[Draw] = case.data["draws"]
    return [Draw(draws[0].f, d.x, d.v).product for d in draws] if draws[0].dense else []


ALMOST_HVP: Mapping[str, Variant] = {
    "odd sizes": _draws_changed(lambda d: _odd_one_lost(d.hessian, d.v)),
    "above 64": _draws_changed(lambda d: _in_blocks(d.hessian, d.v)),
    "negative entries of v": _draws_changed(lambda d: d.hessian @ np.maximum(d.v, 0)),
    "negative entries of x": _draws_changed(lambda d: Draw(d.f, np.maximum(d.x, 0), d.v).product),
    "the first v kept": _first_v,
    "the first function kept": _first_f,
    "rounded to five digits": _draws_changed(lambda d: np.round(d.product, 5)),
}
