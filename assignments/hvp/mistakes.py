"""The known mistakes of `hvp`: each a wrong variant of the reference, a sentence and a hint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from adcheck.authoring import evaluate
from adcheck.model import Case, Function, Mistake
from adcheck.sandbox.codec import callable_of
from reference import hvp as reference

Vector = npt.NDArray[Any]
Sizes = tuple[int, ...]


# --------------------------------------------------------------------------- get_params


def _flattened(flatten: Callable[[Sequence[Vector]], Vector]) -> Callable[[Case], list[Vector]]:
    return lambda case: [flatten(weights) for weights in case.data["weights"]]


GET_PARAMS = (
    Mistake(
        "layers-reversed",
        "The layers stand last to first.",
        "Concatenate in the order in which forward() uses the weights.",
        _flattened(lambda ws: np.concatenate([w.ravel() for w in reversed(ws)])),
    ),
    Mistake(
        "column-major",
        "Each matrix is flattened column by column.",
        "ravel() without arguments goes row by row, which is what the statement asks for.",
        _flattened(lambda ws: np.concatenate([w.ravel("F") for w in ws])),
    ),
    Mistake(
        "one-layer-missing",
        "The last layer's weights are left out.",
        "Count the entries: every matrix of `weights` belongs into the vector.",
        _flattened(lambda ws: np.concatenate([w.ravel() for w in ws[:-1]])),
    ),
    Mistake(
        "first-layer-only",
        "Only the first layer's weights are there.",
        "Count the entries: every matrix of `weights` belongs into the vector.",
        _flattened(lambda ws: ws[0].ravel()),
    ),
    Mistake(
        "sorted-entries",
        "The entries are sorted.",
        "Each weight has its place: keep the order in which the matrices hold them.",
        _flattened(lambda ws: np.sort(np.concatenate([w.ravel() for w in ws]))),
    ),
)


# --------------------------------------------------------------------------- calculate_hessian


@cache
def _hessian_of(loss: Callable[[Any, Sizes], Any], sizes: Sizes) -> Callable[[Any], Any]:
    """One and the same function object each time, so that JAX compiles it once per shape."""
    hessian: Callable[[Any], Any] = jax.hessian(lambda p: loss(p, sizes))
    return hessian


def _network_hessian(
    loss: Callable[[Any, Sizes], Any],
) -> Callable[[Case], list[Vector]]:
    """The Hessian of another loss at the case's parameters."""

    def variant(case: Case) -> list[Vector]:
        hessian = _hessian_of(loss, case.data["sizes"])
        return [evaluate(hessian, p) for p in case.data["params"]]

    return variant


def _from_hessian(change: Callable[[Vector], Vector]) -> Callable[[Case], list[Vector]]:
    right = _network_hessian(reference.loss)
    return lambda case: [change(hessian) for hessian in right(case)]


def _loss_with(
    activation: Callable[[Any], Any], reduce: Callable[[Any], Any] = jnp.sum
) -> Callable[[Any, Sizes], Any]:
    def loss(params: Any, sizes: Sizes) -> Any:
        weights = reference.unflatten(params, sizes)
        x = jnp.ones((1, sizes[0]))
        for weight in weights[:-1]:
            x = activation(x @ weight)
        return reduce(x @ weights[-1])

    return loss


def _column_major_loss(params: Any, sizes: Sizes) -> Any:
    weights, start = [], 0
    for rows, columns in pairwise(sizes):
        stop = start + rows * columns
        weights.append(params[start:stop].reshape(columns, rows).T)
        start = stop
    return jnp.sum(reference.forward(weights, jnp.ones((1, sizes[0]))))


def _activated_output_loss(params: Any, sizes: Sizes) -> Any:
    weights = reference.unflatten(params, sizes)
    x = jnp.ones((1, sizes[0]))
    return jnp.sum(reference.gelu(reference.forward(weights, x)))


def _at_own_weights(case: Case) -> list[Vector]:
    hessian = _hessian_of(reference.loss, case.data["sizes"])
    own = [np.concatenate([w.ravel() for w in weights]) for weights in case.data["weights"]]
    return [evaluate(hessian, p) for p in own]


def _gradients(case: Case) -> list[Vector]:
    sizes = case.data["sizes"]
    gradient = jax.grad(lambda p: reference.loss(p, sizes))
    return [evaluate(gradient, p) for p in case.data["params"]]


def _gradient_outer_products(case: Case) -> list[Vector]:
    return [np.outer(gradient, gradient) for gradient in _gradients(case)]


HESSIAN = (
    Mistake(
        "ignores-params",
        "The Hessian is zero everywhere: loss_fn(p) never uses p.",
        "The loss that you differentiate has to depend on its argument. Which weights does "
        "model.forward(x) use, and how could the entries of p get there?",
        _from_hessian(np.zeros_like),
    ),
    Mistake(
        "own-weights",
        "This is the Hessian at the model's own weights, not at `params`.",
        "The function is called with parameters that differ from the model's weights.",
        _at_own_weights,
    ),
    Mistake(
        "unflattens-column-major",
        "The parameters are put back into the matrices column by column.",
        "The vector holds each matrix row by row: compare your reshape with get_params().",
        _network_hessian(_column_major_loss),
    ),
    Mistake(
        "relu-activation",
        "The network was rewritten with ReLU.",
        "The given network has another activation after its hidden layers.",
        _network_hessian(_loss_with(jax.nn.relu)),
    ),
    Mistake(
        "exact-gelu",
        "The network was rewritten with the exact GELU.",
        "jax.nn.gelu has a parameter that chooses between two forms; the given network uses its "
        "default.",
        _network_hessian(_loss_with(lambda z: jax.nn.gelu(z, approximate=False))),
    ),
    Mistake(
        "tanh-activation",
        "The network was rewritten with tanh.",
        "The given network has another activation after its hidden layers.",
        _network_hessian(_loss_with(jnp.tanh)),
    ),
    Mistake(
        "output-activated",
        "The activation is applied after the last layer too.",
        "Look at the last line of forward(): what happens to the last layer's output?",
        _network_hessian(_activated_output_loss),
    ),
    Mistake(
        "mean-for-sum",
        "The loss takes the mean of the outputs, not their sum.",
        "With a single output they agree; try a network with two.",
        _network_hessian(_loss_with(reference.gelu, jnp.mean)),
    ),
    Mistake(
        "squared-loss",
        "The loss takes the sum of squared outputs.",
        "The loss is the plain sum of the network's outputs.",
        _network_hessian(_loss_with(reference.gelu, lambda y: jnp.sum(y**2))),
    ),
    Mistake(
        "batch-of-two",
        "The loss is twice as large as it should be.",
        "Look at the shape of the input: how many examples does it hold?",
        _from_hessian(lambda h: 2.0 * h),
    ),
    Mistake(
        "gauss-newton",
        "This is the outer product of gradients, not the Hessian.",
        "The Gauss-Newton approximation leaves the second derivatives out.",
        _gradient_outer_products,
    ),
    Mistake(
        "gradient-for-hessian",
        "This is the gradient: a first derivative.",
        "A Hessian is the derivative of the gradient.",
        _gradients,
    ),
    Mistake(
        "diagonal-only",
        "Only the diagonal is right; everything else is zero.",
        "Mixed second derivatives belong to the Hessian too.",
        _from_hessian(lambda h: np.diag(np.diag(h))),
    ),
    Mistake(
        "upper-triangle",
        "Everything below the diagonal is zero.",
        "A Hessian is symmetric.",
        _from_hessian(np.triu),
    ),
    Mistake(
        "lower-triangle",
        "Everything above the diagonal is zero.",
        "A Hessian is symmetric.",
        _from_hessian(np.tril),
    ),
    Mistake(
        "negated", "Every sign is turned round.", "Is there a minus too many?",
        _from_hessian(np.negative),
    ),
)  # fmt: skip


# --------------------------------------------------------------------------- naive_hvp


def _from_pair(change: Callable[[Vector, Vector], Vector]) -> Callable[[Case], list[Vector]]:
    return lambda case: [change(*pair) for pair in case.data["pairs"]]


NAIVE_HVP = (
    Mistake(
        "elementwise-product",
        "This is the elementwise product, a matrix.",
        "`*` multiplies entry by entry; which operator is the matrix-vector product?",
        _from_pair(lambda h, v: h * v),
    ),
    Mistake(
        "elementwise-product-rows",
        "This is the elementwise product with the vector as a column.",
        "`*` multiplies entry by entry; which operator is the matrix-vector product?",
        _from_pair(lambda h, v: h * v[:, None]),
    ),
    Mistake(
        "diagonal-product",
        "Only the diagonal of the Hessian is used.",
        "Each entry of the result sums over a whole row.",
        _from_pair(lambda h, v: np.diag(h) * v),
    ),
    Mistake(
        "solve-for-product",
        "This solves a linear system with the Hessian.",
        "The task asks for the product with the matrix, not with its inverse.",
        _from_pair(np.linalg.solve),
    ),
    Mistake(
        "quadratic-form",
        "This is the number v^T H v.",
        "The product is a vector of the same length as v.",
        _from_pair(lambda h, v: np.asarray(v @ h @ v)),
    ),
    Mistake(
        "squared-hessian",
        "The Hessian is applied twice.",
        "One product is enough.",
        _from_pair(lambda h, v: h @ (h @ v)),
    ),
    Mistake(
        "row-sums",
        "These are the row sums of the Hessian: the vector is not used.",
        "Where does `vector` enter?",
        _from_pair(lambda h, v: h.sum(axis=1)),
    ),
)


# --------------------------------------------------------------------------- hvp


def _from_function(change: Callable[[Any, Any, Any], Any]) -> Callable[[Case], list[Vector]]:
    """What is computed from f, x and v instead; only for cases small enough to form a Hessian."""

    def variant(case: Case) -> list[Vector]:
        draws = case.data["draws"]
        if draws[0][1].size > 1000:
            return []
        return [evaluate(_with_f(change, f), x, v) for f, x, v in draws]

    return variant


def _with_f(change: Callable[[Any, Any, Any], Any], body: Any) -> Callable[[Any, Any], Any]:
    f = callable_of(Function(body), jnp)
    return lambda x, v: change(f, x, v)


HVP = (
    Mistake(
        "gradient-for-product",
        "This is the gradient of f: v is not used.",
        "The product is a derivative of the gradient, in the direction v.",
        _from_function(lambda f, x, v: jax.grad(f)(x)),
    ),
    Mistake(
        "gradient-times-vector",
        "This is the gradient multiplied entry by entry with v.",
        "First make a number of the gradient and v, then differentiate once more.",
        _from_function(lambda f, x, v: jax.grad(f)(x) * v),
    ),
    Mistake(
        "directional-derivative",
        "This is the number <grad f(x), v>.",
        "It has to be differentiated once more.",
        _from_function(lambda f, x, v: jnp.vdot(jax.grad(f)(x), v)),
    ),
    Mistake(
        "diagonal-product",
        "Only the diagonal of the Hessian is used.",
        "f couples its entries: mixed second derivatives count.",
        _from_function(lambda f, x, v: jnp.diag(jax.hessian(f)(x)) * v),
    ),
    Mistake(
        "quadratic-form",
        "This is the number v^T H v.",
        "The product is a vector of the same length as v.",
        _from_function(lambda f, x, v: v @ jax.hessian(f)(x) @ v),
    ),
    Mistake(
        "ignores-v",
        "These are the row sums of the Hessian: v is not used.",
        "Where does v enter?",
        _from_function(lambda f, x, v: jax.hessian(f)(x).sum(axis=1)),
    ),
    Mistake(
        "times-x",
        "The Hessian is multiplied with x instead of v.",
        "Look at which of your inner function's names is which.",
        _from_function(lambda f, x, v: jax.hessian(f)(x) @ x),
    ),
    Mistake(
        "hessian-at-v",
        "The Hessian is taken at v instead of x.",
        "Look at the point at which your second derivative is evaluated.",
        _from_function(lambda f, x, v: jax.hessian(f)(v) @ v),
    ),
    Mistake(
        "squared-hessian",
        "The Hessian is applied twice.",
        "This is the gradient of the gradient's squared norm, up to a factor.",
        _from_function(lambda f, x, v: jax.hessian(f)(x) @ (jax.hessian(f)(x) @ v)),
    ),
    Mistake(
        "doubled", "Every entry is twice as large as it should be.", "Is something counted twice?",
        _from_function(lambda f, x, v: 2.0 * jax.hessian(f)(x) @ v),
    ),
    Mistake(
        "negated", "Every sign is turned round.", "Is there a minus too many?",
        _from_function(lambda f, x, v: -jax.hessian(f)(x) @ v),
    ),
)  # fmt: skip
