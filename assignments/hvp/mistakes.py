"""The known mistakes of `hvp`: each a wrong variant of the reference, a sentence and a hint.

Where several mistakes give the same numbers, the entry stands for all of them and says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.model import Answer, Case, Mistake, Variant
from reference import second_order as exact

from .functions import Draw

Vector = npt.NDArray[Any]
Sizes = tuple[int, ...]

ROUNDING = 1e-14
"""Relative error of a gradient in double precision: what a difference quotient divides by its
step. The worst of the right formulations measured by ``adcheck validate hvp`` is off by less."""

FORWARD_STEPS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
CENTRAL_STEPS = (1e-1, 1e-2, 1e-3, 1e-4)
"""The usual steps of difference quotients. Smaller forward steps drown in rounding; a central
difference with a smaller step is too good to be seen."""


# --------------------------------------------------------------------------- get_params


def _flattened(flatten: Callable[[Sequence[Vector]], Vector]) -> Variant:
    return lambda case: [flatten(weights) for weights in case.data["weights"]]


def _flat(weights: Sequence[Vector]) -> Vector:
    return np.concatenate([w.ravel() for w in weights])


def _with_biases(weights: Sequence[Vector]) -> Vector:
    return np.concatenate([np.append(w.ravel(), np.zeros(w.shape[1])) for w in weights])


def _unit(vector: Vector) -> Vector:
    return np.asarray(vector / np.linalg.norm(vector))


_COUNT = "Count the entries: every matrix of `weights` belongs in the vector."

GET_PARAMS = (
    Mistake(
        "layers-reversed",
        "The layers stand last to first.",
        "In which order does forward() use the weights, and in which order do you join them?",
        _flattened(lambda ws: _flat(ws[::-1])),
    ),
    Mistake(
        "column-major",
        "Each matrix is flattened column by column.",
        "The statement asks for each matrix row by row. Try yours on [[1, 2], [3, 4]].",
        _flattened(lambda ws: np.concatenate([w.ravel("F") for w in ws])),
    ),
    Mistake("last-layer-missing", "The last layer's weights are left out.", _COUNT,
            _flattened(lambda ws: _flat(ws[:-1]))),
    Mistake("first-layer-missing", "The first layer's weights are left out.", _COUNT,
            _flattened(lambda ws: _flat(ws[1:]))),
    Mistake("first-layer-only", "Only the first layer's weights are there.",
            f"{_COUNT} Does a return stand inside your loop?",
            _flattened(lambda ws: ws[0].ravel())),
    Mistake("last-layer-only", "Only the last layer's weights are there.",
            f"{_COUNT} Does your loop keep what it found before?",
            _flattened(lambda ws: ws[-1].ravel())),
    Mistake(
        "sorted-entries",
        "The entries are sorted.",
        "Each weight has its place: keep the order in which the matrices hold them.",
        _flattened(lambda ws: np.sort(_flat(ws))),
    ),
    Mistake(
        "column-vector",
        "The numbers are right, but they stand in a matrix with a single column.",
        "A flat vector has one axis: look at the shape of what you return.",
        _flattened(lambda ws: _flat(ws)[:, None]),
    ),
    Mistake(
        "row-vector",
        "The numbers are right, but they stand in a matrix with a single row.",
        "A flat vector has one axis: look at the shape of what you return.",
        _flattened(lambda ws: _flat(ws)[None, :]),
    ),
    Mistake(
        "biases-added",
        "There are zeros after each layer's weights, as if the network had biases.",
        "The given network has weights only: look at what forward() uses.",
        _flattened(_with_biases),
    ),
    Mistake(
        "normalised",
        "The vector is scaled to length one.",
        "The weights themselves are asked for, with their size.",
        _flattened(lambda ws: _unit(_flat(ws))),
    ),
    Mistake(
        "absolute-values",
        "The signs are lost.",
        "The weights themselves are asked for, with their signs.",
        _flattened(lambda ws: np.abs(_flat(ws))),
    ),
)  # fmt: skip


# --------------------------------------------------------------------------- calculate_hessian

Loss = Callable[[list[Any], exact.Derivatives], Any]
Unflatten = Callable[[Any, Sequence[int]], list[Any]]


def _network(
    activation: exact.Derivatives = exact.gelu,
    unflatten: Unflatten | None = None,
    loss: Loss | None = None,
) -> Variant:
    """The Hessian of another network at the case's parameters."""
    return lambda case: [
        exact.network_hessian(p, case.data["sizes"], activation, unflatten, loss)
        for p in case.data["params"]
    ]


def _from_hessian(change: Callable[[Vector, Sizes], Vector]) -> Variant:
    return lambda case: [change(h, case.data["sizes"]) for h in case.data["hessians"]]


def _relu(z: Vector) -> tuple[Vector, Vector, Vector]:
    return np.maximum(z, 0), (z > 0) * 1.0, 0 * z


def _sigmoid(z: Vector) -> tuple[Vector, Vector, Vector]:
    s = 1 / (1 + np.exp(-z))
    return s, s * (1 - s), s * (1 - s) * (1 - 2 * s)


def _silu(z: Vector) -> tuple[Vector, Vector, Vector]:
    s, ds, dds = _sigmoid(z)
    return z * s, s + z * ds, 2 * ds + z * dds


def _softplus(z: Vector) -> tuple[Vector, Vector, Vector]:
    s, ds, _ = _sigmoid(z)
    return np.logaddexp(0, z), s, ds


def _identity(z: Vector) -> tuple[Vector, Vector, Vector]:
    return z, np.ones_like(z), 0 * z


def exact_gelu(z: Vector) -> tuple[Vector, Vector, Vector]:
    """GELU itself, z times the normal distribution function, which JAX's default approximates."""
    phi = np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
    cumulative = 0.5 * (1 + np.vectorize(math.erf)(z / math.sqrt(2)))
    return z * cumulative, cumulative + z * phi, (2 - z**2) * phi


def _output_activated(weights: list[Any], activation: exact.Derivatives) -> Any:
    return exact.outputs(weights, activation).apply(activation).sum()


def _activation_first(weights: list[Any], activation: exact.Derivatives) -> Any:
    """The activation before each product, the first one included."""
    x: Any = activation(np.ones((1, weights[0].value.shape[0])))[0] @ weights[0]
    for weight in weights[1:]:
        x = x.apply(activation) @ weight
    return x.sum()


def _mean(weights: list[Any], activation: exact.Derivatives) -> Any:
    y = exact.outputs(weights, activation)
    return y.sum() * (1 / y.value.size)


def _first_output(weights: list[Any], activation: exact.Derivatives) -> Any:
    first = np.eye(weights[-1].value.shape[1])[:, :1]
    return (exact.outputs(weights, activation) @ first).sum()


def _powered(factor: float) -> Loss:
    return lambda weights, act: (exact.outputs(weights, act) ** 2).sum() * factor


def _column_major(flat: Any, sizes: Sequence[int]) -> list[Any]:
    return [
        block.reshape(columns, rows).transpose()
        for block, (rows, columns) in zip(_blocks(flat, sizes), pairwise(sizes), strict=True)
    ]


def _layers_reversed(flat: Any, sizes: Sequence[int]) -> list[Any]:
    blocks = exact.split(flat, sizes[::-1])[::-1]
    shapes = pairwise(sizes)
    return [block.reshape(*shape) for block, shape in zip(blocks, shapes, strict=True)]


def _same_start(flat: Any, sizes: Sequence[int]) -> list[Any]:
    return [flat[: rows * columns].reshape(rows, columns) for rows, columns in pairwise(sizes)]


def _blocks(flat: Any, sizes: Sequence[int]) -> list[Any]:
    return [block.reshape(block.value.size) for block in exact.split(flat, sizes)]


def _edges(sizes: Sizes) -> list[int]:
    """Where each layer's parameters begin, and where the last ones end."""
    return [0, *np.cumsum([rows * columns for rows, columns in pairwise(sizes)]).tolist()]


def _block_diagonal(hessian: Vector, sizes: Sizes) -> Vector:
    blocks = np.zeros_like(hessian)
    for start, stop in pairwise(_edges(sizes)):
        blocks[start:stop, start:stop] = hessian[start:stop, start:stop]
    return blocks


def _own(case: Case) -> list[Vector]:
    return [_flat(weights) for weights in case.data["weights"]]


def _at_own_weights(case: Case) -> list[Vector]:
    return [exact.network_hessian(p, case.data["sizes"]) for p in _own(case)]


def _frozen(layer: int) -> Variant:
    """One layer keeps the model's own weights; its derivatives are zero."""

    def variant(case: Case) -> list[Vector]:
        edges = list(pairwise(_edges(case.data["sizes"])))
        frozen = slice(*edges[layer])
        predicted = []
        for own, params in zip(_own(case), case.data["params"], strict=True):
            point = params.copy()
            point[frozen] = own[frozen]
            hessian = exact.network_hessian(point, case.data["sizes"])
            hessian[frozen, :] = hessian[:, frozen] = 0.0
            predicted.append(hessian)
        return predicted

    return variant


def _gradients(case: Case) -> list[Vector]:
    return list(exact.network_gradients(np.stack(case.data["params"]), case.data["sizes"]))


def difference_quotient(params: Vector, sizes: Sizes, step: float, central: bool) -> Vector:
    """The network's Hessian by differences of its gradient, one column per parameter."""
    steps = step * np.eye(params.size)
    ahead = exact.network_gradients(params + steps, sizes)
    behind = exact.network_gradients(params - steps if central else params[None, :], sizes)
    return np.asarray((ahead - behind) / (2 * step if central else step)).T


def _jacobians(case: Case) -> list[Vector]:
    """Of the network's outputs: one row each."""
    sizes = case.data["sizes"]
    points = [exact.Jet.variables(p, order=1) for p in case.data["params"]]
    return [exact.outputs(exact.split(p, sizes), exact.gelu).gradient[0] for p in points]


def _differences(step: float, central: bool) -> Variant:
    return lambda case: [
        difference_quotient(p, case.data["sizes"], step, central) for p in case.data["params"]
    ]


def _quotients(
    sentence: str,
    hint: str,
    differences: Callable[[float, bool], Variant],
) -> tuple[Mistake, ...]:
    """The variants of one mistake: schemes and their usual steps, the coarse ones first."""
    schemes = [(step, True) for step in CENTRAL_STEPS] + [(step, False) for step in FORWARD_STEPS]
    return tuple(
        Mistake(
            "finite-differences",
            sentence,
            hint,
            differences(step, central),
            rounding=ROUNDING / step,
        )
        for step, central in schemes
    )


_ACTIVATION = "The given network has another activation after its hidden layers: look at forward()."

HESSIAN = (
    Mistake(
        "ignores-params",
        "The Hessian is zero everywhere, as if the loss did not depend on `params`.",
        "Which weights does model.forward(x) use, and how could the entries of p get there? And "
        "is the input a vector of ones, not of zeros?",
        _from_hessian(lambda h, _: np.zeros_like(h)),
    ),
    Mistake(
        "own-weights",
        "This is the Hessian at the model's own weights, not at `params`.",
        "At which point is your Hessian taken? `params` need not be what the model holds.",
        _at_own_weights,
    ),
    Mistake(
        "unflattens-column-major",
        "The parameters are put back into the matrices column by column.",
        "The vector holds each matrix row by row: compare your reshape with get_params().",
        _network(unflatten=_column_major),
    ),
    Mistake(
        "unflattens-layers-reversed",
        "The parameters are put back into the layers from the last to the first.",
        "The vector holds the first layer's weights first: compare with get_params().",
        _network(unflatten=_layers_reversed),
    ),
    Mistake(
        "offset-not-advanced",
        "Every layer takes its weights from the beginning of the vector.",
        "Where in the vector does the second layer begin?",
        _network(unflatten=_same_start),
    ),
    Mistake("relu-activation", "The network was rewritten with ReLU.", _ACTIVATION,
            _network(_relu)),
    Mistake(
        "exact-gelu",
        "The network was rewritten with the exact GELU.",
        "jax.nn.gelu has a parameter that chooses between two forms; the given network uses its "
        "default.",
        _network(exact_gelu),
    ),
    Mistake("tanh-activation", "The network was rewritten with tanh.", _ACTIVATION,
            _network(exact.tanh)),
    Mistake("sigmoid-activation", "The network was rewritten with the logistic sigmoid.",
            _ACTIVATION, _network(_sigmoid)),
    Mistake("silu-activation", "The network was rewritten with SiLU (swish).", _ACTIVATION,
            _network(_silu)),
    Mistake("softplus-activation", "The network was rewritten with softplus.", _ACTIVATION,
            _network(_softplus)),
    Mistake("no-activation", "The network was rewritten without its activation.",
            "Without an activation the network is a product of matrices: look at forward().",
            _network(_identity)),
    Mistake(
        "output-activated",
        "The activation is applied after the last layer too.",
        "Look at the last line of forward(): what happens to the last layer's output?",
        _network(loss=_output_activated),
    ),
    Mistake(
        "activation-before-product",
        "The activation is applied to the input as well, before the first product.",
        "Look at forward(): does the activation come before or after each product?",
        _network(loss=_activation_first),
    ),
    Mistake(
        "mean-for-sum",
        "The loss takes the mean of the outputs, not their sum.",
        "With a single output they agree; try a network with two.",
        _network(loss=_mean),
    ),
    Mistake(
        "first-output-only",
        "The loss takes the first output only.",
        "With a single output that is the sum; try a network with two.",
        _network(loss=_first_output),
    ),
    Mistake("squared-loss", "The loss takes the sum of squared outputs.",
            "The loss is the plain sum of the network's outputs.", _network(loss=_powered(1.0))),
    Mistake("half-squared-loss", "The loss takes half the sum of squared outputs.",
            "The loss is the plain sum of the network's outputs.", _network(loss=_powered(0.5))),
    Mistake(
        "doubled",
        "Every entry is twice as large as it should be.",
        "How many examples does your input hold? Or is a matrix added to its transpose?",
        _from_hessian(lambda h, _: 2.0 * h),
    ),
    Mistake(
        "halved",
        "Every entry is half as large as it should be.",
        "Is there a factor in your loss that the statement does not have?",
        _from_hessian(lambda h, _: 0.5 * h),
    ),
    Mistake(
        "negated",
        "Every sign is turned round.",
        "Is there a minus too many?",
        _from_hessian(lambda h, _: -h),
    ),
    Mistake(
        "divided-by-n",
        "Every entry is divided by the number of parameters.",
        "Where does a mean stand in your code instead of a sum?",
        _from_hessian(lambda h, _: h / len(h)),
    ),
    Mistake(
        "gauss-newton",
        "This is the outer product of the gradient with itself, not the Hessian.",
        "A product of two first derivatives is no second derivative.",
        lambda case: [np.outer(g, g) for g in _gradients(case)],
    ),
    Mistake(
        "gauss-newton",
        "This is J^T J with the Jacobian J of the outputs, not the Hessian.",
        "A product of two first derivatives is no second derivative.",
        lambda case: [j.T @ j for j in _jacobians(case)],
    ),
    Mistake(
        "gradient-for-hessian",
        "This is the gradient: a first derivative.",
        "How often is your loss differentiated? Look at the shape as well.",
        _gradients,
    ),
    Mistake(
        "diagonal-only",
        "Only the diagonal is right; everything else is zero.",
        "Mixed second derivatives belong to the Hessian too.",
        _from_hessian(lambda h, _: np.diag(np.diag(h))),
    ),
    Mistake("upper-triangle", "Everything below the diagonal is zero.",
            "What do you know of mixed second derivatives when their order is changed?",
            _from_hessian(lambda h, _: np.triu(h))),
    Mistake("lower-triangle", "Everything above the diagonal is zero.",
            "What do you know of mixed second derivatives when their order is changed?",
            _from_hessian(lambda h, _: np.tril(h))),
    Mistake(
        "block-diagonal",
        "Only the derivatives within one layer are there; those that mix two layers are zero.",
        "A weight of one layer changes the gradient of every other layer too.",
        _from_hessian(_block_diagonal),
    ),
    Mistake(
        "last-layer-frozen",
        "The last layer keeps the model's own weights.",
        "Check how many of the layers get their weights from `params`.",
        _frozen(-1),
    ),
    Mistake(
        "first-layer-frozen",
        "The first layer keeps the model's own weights.",
        "Check how many of the layers get their weights from `params`.",
        _frozen(0),
    ),
    Mistake(
        "flattened",
        "The numbers are right, but they stand in one long vector.",
        "A Hessian is a square matrix: look at the shape of what you return.",
        _from_hessian(lambda h, _: h.ravel()),
    ),
    *_quotients(
        "These are difference quotients of the gradient: close to the Hessian, but not exact.",
        "The task asks for automatic differentiation, which has no step size.",
        _differences,
    ),
)  # fmt: skip


# --------------------------------------------------------------------------- naive_hvp


def _from_pair(change: Callable[[Vector, Vector], Vector]) -> Variant:
    return lambda case: [np.asarray(change(*pair)) for pair in case.data["pairs"]]


def _last_missing(h: Vector, v: Vector) -> Vector:
    product = h @ v
    product[-1] = 0.0
    return np.asarray(product)


_OPERATOR = "`*` multiplies entry by entry; which operator is the matrix-vector product?"
_WHERE = "Where does `vector` enter?"
_TRIANGLE = "Only one triangle of the Hessian is used."

NAIVE_HVP = (
    Mistake("elementwise-product", "This is the elementwise product, a matrix.", _OPERATOR,
            _from_pair(lambda h, v: h * v)),
    Mistake("elementwise-product", "This is the elementwise product, a matrix.", _OPERATOR,
            _from_pair(lambda h, v: h * v[:, None])),
    Mistake(
        "diagonal-product",
        "Only the diagonal of the Hessian is used.",
        "Each entry of the result sums over a whole row.",
        _from_pair(lambda h, v: np.diag(h) * v),
    ),
    Mistake(
        "diagonal-left-out",
        "The diagonal of the Hessian is left out.",
        "Each entry of the result sums over a whole row.",
        _from_pair(lambda h, v: h @ v - np.diag(h) * v),
    ),
    Mistake(
        "solve-for-product",
        "This solves a linear system with the Hessian.",
        "The task asks for the product with the matrix, not with its inverse.",
        _from_pair(np.linalg.solve),
        rounding=1e-9,  # times the condition number of a random matrix
    ),
    Mistake(
        "quadratic-form",
        "This is the number v^T H v.",
        "The product is a vector of the same length as v.",
        _from_pair(lambda h, v: np.asarray(v @ h @ v)),
    ),
    Mistake("squared-hessian", "The Hessian is applied twice.",
            "How often does `hessian` enter your result?",
            _from_pair(lambda h, v: h @ (h @ v))),
    Mistake("row-sums", "These are the row sums of the Hessian: the vector is not used.", _WHERE,
            _from_pair(lambda h, v: h.sum(axis=1))),
    Mistake(
        "row-sums-times-vector",
        "Each row of the Hessian is summed up before it meets the vector.",
        "In the product each entry of a row meets its own entry of the vector.",
        _from_pair(lambda h, v: h.sum(axis=1) * v),
    ),
    Mistake(
        "vector-normalised",
        "The vector is scaled to length one first.",
        "The product is linear: twice the vector gives twice the result. Try yours.",
        _from_pair(lambda h, v: h @ _unit(v)),
    ),
    Mistake(
        "mean-for-sum",
        "Each entry is the mean over a row, not the sum.",
        "Multiply [[1, 1], [1, 1]] by [1, 1] by hand and compare.",
        _from_pair(lambda h, v: (h * v).mean(axis=1)),
    ),
    Mistake("doubled", "Every entry is twice as large as it should be.",
            "Is something added to its own transpose?", _from_pair(lambda h, v: 2.0 * h @ v)),
    Mistake("negated", "Every sign is turned round.", "Is there a minus too many?",
            _from_pair(lambda h, v: -h @ v)),
    Mistake("upper-triangle", _TRIANGLE, "Each entry of the result sums over a whole row.",
            _from_pair(lambda h, v: np.triu(h) @ v)),
    Mistake("lower-triangle", _TRIANGLE, "Each entry of the result sums over a whole row.",
            _from_pair(lambda h, v: np.tril(h) @ v)),
    Mistake("returns-hessian", "This is the Hessian itself.", _WHERE,
            _from_pair(lambda h, v: h)),
    Mistake("returns-vector", "This is the vector itself.", "Where does `hessian` enter?",
            _from_pair(lambda h, v: v)),
    Mistake("hessian-plus-vector", "The vector is added to every row of the Hessian.",
            "`+` adds entry by entry; which operator is the matrix-vector product?",
            _from_pair(lambda h, v: h + v)),
    Mistake(
        "last-entry-missing",
        "The last entry is zero.",
        "Look at where your loop ends.",
        _from_pair(_last_missing),
    ),
    Mistake(
        "column-vector",
        "The numbers are right, but they stand in a matrix with a single column.",
        "The result has the shape of `vector`: one axis.",
        _from_pair(lambda h, v: (h @ v)[:, None]),
    ),
    Mistake(
        "first-row-only",
        "This is the first entry of the product alone.",
        "The result has one entry for each row of the Hessian.",
        _from_pair(lambda h, v: np.asarray(h[0] @ v)),
    ),
)  # fmt: skip


# --------------------------------------------------------------------------- hvp


def _from_draw(change: Callable[[Draw], Any]) -> Variant:
    """What is made of a function, a point and a vector where a Hessian can be formed."""

    def variant(case: Case) -> list[Answer | None]:
        draws: Sequence[Draw] = case.data["draws"]
        return [np.asarray(change(draw)) for draw in draws] if draws[0].dense else []

    return variant


def _pair_returned(case: Case) -> list[Answer | None]:
    draws: Sequence[Draw] = case.data["draws"]
    return [(d.gradient, d.product) for d in draws] if draws[0].dense else []


def _quotient(step: float, central: bool) -> Variant:
    def change(draw: Draw) -> Vector:
        behind = draw.gradient_at(-step) if central else draw.gradient
        return (draw.gradient_at(step) - behind) / (2 * step if central else step)

    return _from_draw(change)


_FIRST_ORDER = "How often is f differentiated? The Hessian holds second derivatives."
_LINEAR = "The product is linear in v: try v and 2 v, and compare."

HVP = (
    Mistake(
        "gradient-for-product",
        "This is the gradient of f: v is not used.",
        "How often is f differentiated? If a function of JAX gives you two results, check which "
        "is which.",
        _from_draw(lambda d: d.gradient),
    ),
    Mistake(
        "gradient-times-vector",
        "This is the gradient of f multiplied entry by entry with v.",
        _FIRST_ORDER,
        _from_draw(lambda d: d.gradient * d.v),
    ),
    Mistake(
        "directional-derivative",
        "This is a number, the derivative of f in the direction v.",
        _FIRST_ORDER,
        _from_draw(lambda d: d.gradient @ d.v),
    ),
    Mistake("shifted-gradient", "This is the gradient of f at x + v.", _FIRST_ORDER,
            _from_draw(lambda d: d.gradient_at(1.0))),
    Mistake(
        "gradient-difference",
        "This is the difference of the gradients at x + v and at x.",
        "That is the product only where f is quadratic: no step is small enough to be exact.",
        _from_draw(lambda d: d.gradient_at(1.0) - d.gradient),
    ),
    Mistake(
        "diagonal-product",
        "Only the diagonal of the Hessian is used.",
        "f couples its entries: mixed second derivatives count.",
        _from_draw(lambda d: np.diag(d.hessian) * d.v),
    ),
    Mistake(
        "quadratic-form",
        "This is the number v^T H v.",
        "The product is a vector of the same length as v.",
        _from_draw(lambda d: d.v @ d.hessian @ d.v),
    ),
    Mistake(
        "ignores-v",
        "These are the row sums of the Hessian: v is not used.",
        "Where does v enter?",
        _from_draw(lambda d: d.hessian.sum(axis=1)),
    ),
    Mistake(
        "times-x",
        "The Hessian is multiplied with x instead of v.",
        "Check which of your names stands for the point and which for the vector.",
        _from_draw(lambda d: d.hessian @ d.x),
    ),
    Mistake(
        "hessian-at-v",
        "The Hessian is taken at v instead of x.",
        "At which point are the derivatives evaluated?",
        _from_draw(lambda d: d.hessian_at_v @ d.v),
    ),
    Mistake(
        "arguments-swapped",
        "The point and the vector are exchanged.",
        "Check which of your names stands for the point and which for the vector.",
        _from_draw(lambda d: d.hessian_at_v @ d.x),
    ),
    Mistake(
        "squared-hessian",
        "The Hessian is applied twice.",
        "Count the derivatives: is something differentiated once too often?",
        _from_draw(lambda d: d.hessian @ d.product),
    ),
    Mistake(
        "hessian-times-gradient",
        "The Hessian is multiplied with the gradient instead of v.",
        "Where does v enter? The derivative of the squared gradient is something else.",
        _from_draw(lambda d: d.hessian @ d.gradient),
    ),
    Mistake(
        "doubled",
        "Every entry is twice as large as it should be.",
        "Is something counted twice?",
        _from_draw(lambda d: 2.0 * d.product),
    ),
    Mistake(
        "halved",
        "Every entry is half as large as it should be.",
        "Is there a factor that the definition of the product does not have?",
        _from_draw(lambda d: 0.5 * d.product),
    ),
    Mistake("negated", "Every sign is turned round.", "Is there a minus too many?",
            _from_draw(lambda d: -d.product)),
    Mistake(
        "zero-result",
        "The result is zero everywhere.",
        "What JAX differentiates has to depend on the point: is something made a constant, or "
        "converted, on the way?",
        _from_draw(lambda d: 0.0 * d.product),
    ),
    Mistake("vector-normalised", "The vector is scaled to length one first.", _LINEAR,
            _from_draw(lambda d: d.hessian @ _unit(d.v))),
    Mistake(
        "gauss-newton",
        "This is the gradient times the number <grad f(x), v>.",
        "A product of two first derivatives is no second derivative.",
        _from_draw(lambda d: d.gradient * (d.gradient @ d.v)),
    ),
    Mistake(
        "solve-for-product",
        "This solves a linear system with the Hessian.",
        "The task asks for the product with the Hessian, not with its inverse.",
        _from_draw(lambda d: np.linalg.lstsq(d.hessian, d.v, rcond=None)[0]),
        rounding=1e-9,  # times the condition number
    ),
    Mistake(
        "returns-pair",
        "The gradient is returned along with the product.",
        "Only the product is asked for.",
        _pair_returned,
    ),
    Mistake(
        "returns-hessian",
        "This is the Hessian itself.",
        "The product is a vector of the same length as v, and the Hessian is never formed.",
        _from_draw(lambda d: d.hessian),
    ),
    *_quotients(
        "This is a difference quotient of the gradient: close to the product, but not exact.",
        "The task asks for automatic differentiation, which has no step size.",
        _quotient,
    ),
)  # fmt: skip
