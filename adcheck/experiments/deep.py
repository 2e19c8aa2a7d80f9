"""The networks of the timing experiment: n hidden layers of width 2, in forms that differ in cost.

`reference.hvp` writes the layers one after the other, as the homework does: a program whose length
grows with n, and whose compilation takes minutes from a few hundred layers on. Here the weights of
the hidden layers are stacked and `jax.lax.scan` walks over them: one layer is compiled, whatever n.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jax import Array

__all__ = ["WIDTH", "Weights", "draw", "hessian", "hvp", "loss", "parameters", "sizes"]

WIDTH = 2

Weights: TypeAlias = Literal["normal", "scaled"]
Vector: TypeAlias = npt.NDArray[np.float64]

PRE_ACTIVATION = 6.0
"""Of scaled weights, the largest entry before each activation. There GELU is almost the identity:
neither values nor derivatives shrink or grow much. After 1000 layers the largest entry of a
product is between 2e2 and 2e4 (seeds 0 to 7), where N(0, 1) gives 1e-282 to 1e-264."""


def sizes(depth: int) -> list[int]:
    """Widths of the layers of a network with `depth` hidden layers, the input's first."""
    return [WIDTH] * (depth + 1) + [1]


def parameters(depth: int) -> int:
    """The number of weights of such a network: 4 depth + 2."""
    return WIDTH * WIDTH * depth + WIDTH


def draw(depth: int, seed: int, weights: Weights) -> tuple[Vector, Vector]:
    """Draws the weights of a network, and a vector.

    Args:
        depth: hidden layers.
        seed: of everything drawn, together with the depth.
        weights: "normal": N(0, 1), as the homework has it; "scaled": each hidden matrix a random
            rotation (or reflection) times the number that makes the largest pre-activation
            `PRE_ACTIVATION`.

    Returns:
        Parameters and vector, shape (4 depth + 2,) each, float64.
    """
    rng = np.random.default_rng([seed, depth])
    matrices = rng.standard_normal((depth, WIDTH, WIDTH))
    last, vector = rng.standard_normal(WIDTH), rng.standard_normal(parameters(depth))
    if weights == "scaled":
        _scale(matrices)
    return np.concatenate([matrices.ravel(), last]), vector


def _scale(matrices: Vector) -> None:
    x = np.ones(WIDTH)
    for matrix in matrices:
        matrix[:] = np.linalg.qr(matrix)[0]
        before = x @ matrix
        matrix *= PRE_ACTIVATION / before[np.argmax(np.abs(before))]
        before = x @ matrix
        x = before / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (before + 0.044715 * before**3)))


def loss(params: Array) -> Array:
    """The homework's loss, by a scan over the stacked hidden layers.

    Args:
        params: shape (4 depth + 2,), in the order of `reference.hvp.flatten`.

    Returns:
        Shape (), dtype of `params`.
    """
    stacked = params[:-WIDTH].reshape(-1, WIDTH, WIDTH)

    def layer(x: Array, matrix: Array) -> tuple[Array, None]:
        return jax.nn.gelu(jnp.dot(x, matrix)), None

    x, _ = jax.lax.scan(layer, jnp.ones((1, WIDTH), params.dtype), stacked)
    return jnp.sum(jnp.dot(x, params[-WIDTH:]))


def hvp(params: Array, vector: Array) -> Array:
    """The product of the Hessian of `loss` with a vector, forward over reverse: shape (n,)."""
    product: Array = jax.jvp(jax.grad(loss), (params,), (vector,))[1]
    return product


def hessian(params: Array) -> Array:
    """The Hessian of `loss`, n tangents through one gradient: shape (n, n)."""
    matrix: Array = jax.jacfwd(jax.grad(loss))(params)
    return matrix
