"""A small regression whose Hessian is looked at: a tanh network on a fixed cloud of data.

Small enough for its whole Hessian to be computed, which is what estimates are held against.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jax import Array

__all__ = ["Regression"]

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Regression:
    """The mean squared error of a network with one hidden layer, as a function of its weights.

    Attributes:
        inputs: dimensions of a data point.
        hidden: units of the hidden layer.
        data: number of data points.
        seed: of data, targets and weights.
    """

    inputs: int = 4
    hidden: int = 10
    data: int = 60
    seed: int = 0

    @property
    def size(self) -> int:
        """The number of weights p: matrices, a bias for each hidden unit, and one output."""
        return self.hidden * (self.inputs + 2)

    @cached_property
    def start(self) -> Vector:
        """Weights before training, shape (p,): N(0, 1), the first layer's by sqrt(inputs)."""
        weights = np.random.default_rng([self.seed, 1]).standard_normal(self.size)
        weights[: self.hidden * self.inputs] /= np.sqrt(self.inputs)
        return weights

    @cached_property
    def trained(self) -> Vector:
        """Weights after 20000 steps of plain gradient descent of length 0.05; shape (p,)."""
        return np.asarray(_descended(self, jnp.asarray(self.start)))

    def loss(self, params: Array) -> Array:
        """The mean squared error, a scalar, at weights of shape (p,)."""
        x, y = self._cloud
        split = self.hidden * self.inputs
        first = params[:split].reshape(self.inputs, self.hidden)
        bias, last = params[split:].reshape(2, self.hidden)
        return jnp.mean((jnp.tanh(x @ first + bias) @ last - y) ** 2) / 2

    def hvp(self, params: Array, vector: Array) -> Array:
        """The Hessian at `params` times `vector`, without the Hessian: shape (p,)."""
        product: Array = jax.jvp(jax.grad(self.loss), (params,), (vector,))[1]
        return product

    def hessian(self, params: Vector) -> Vector:
        """The whole Hessian, shape (p, p)."""
        matrix: Any = jax.jit(jax.hessian(self.loss))(jnp.asarray(params))
        return np.asarray(matrix)

    @cached_property
    def _cloud(self) -> tuple[Vector, Vector]:
        rng = np.random.default_rng([self.seed, 0])
        x = rng.standard_normal((self.data, self.inputs))
        return x, np.sin(2 * x[:, 0]) + 0.3 * x[:, 1] ** 2


@partial(jax.jit, static_argnums=0)
def _descended(regression: Regression, params: Array) -> Array:
    def step(_: int, point: Array) -> Array:
        slope: Array = jax.grad(regression.loss)(point)
        return point - 0.05 * slope

    found: Array = jax.lax.fori_loop(0, 20000, step, params)
    return found
