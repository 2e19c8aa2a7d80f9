"""The assignment `step_size` solved on paper: an oracle in NumPy float64, without JAX.

A step on f(x) = 1/2 ||x||^2 multiplies x by u_i = 1 - alpha_i. With s = ||x_0||^2, therefore,

    L(alpha)        = s/2 prod_i u_i^2
    dL/da_j         = -s u_j prod_{i != j} u_i^2
    d2L/da_j^2      = s prod_{i != j} u_i^2
    d2L/da_j da_m   = 2 s u_j u_m prod_{i != j, m} u_i^2      (j != m)

The products are taken over the remaining indices, never by division, so that u_i = 0 is exact.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = NDArray[np.float64]


def closed_form_loss(alphas: ArrayLike, x0: ArrayLike) -> np.float64:
    """L(alpha).

    Args:
        alphas: Shape (k,), the step sizes.
        x0: Shape (d,), the start.

    Returns:
        A float64 scalar.
    """
    return np.float64(0.5 * _squared_norm(x0) * np.prod(_factors(alphas) ** 2))


def closed_form_gradient(alphas: ArrayLike, x0: ArrayLike) -> Vector:
    """dL/dalpha.

    Args:
        alphas: Shape (k,), the step sizes.
        x0: Shape (d,), the start.

    Returns:
        Shape (k,), float64.
    """
    return _gradient(_factors(alphas), _squared_norm(x0))


def closed_form_hessian(alphas: ArrayLike, x0: ArrayLike) -> Matrix:
    """The Hessian of L.

    Args:
        alphas: Shape (k,), the step sizes.
        x0: Shape (d,), the start.

    Returns:
        Shape (k, k), symmetric, float64.
    """
    u = _factors(alphas)
    same = np.eye(u.size, dtype=bool)
    left_out = same[:, None, :] | same[None, :, :]
    rest = np.prod(np.where(left_out, 1.0, u**2), axis=2)
    hessian: Matrix = _squared_norm(x0) * rest * np.where(same, 1.0, 2.0 * np.outer(u, u))
    return hessian


def closed_form_trajectory(alphas: ArrayLike, x0: ArrayLike, beta: float, num_steps: int) -> Matrix:
    """Every iterate of plain gradient descent on L, the start included.

    Args:
        alphas: Shape (k,), the step sizes at the start.
        x0: Shape (d,), the inner descent's start.
        beta: The constant step size of the outer descent.
        num_steps: How many outer steps.

    Returns:
        Shape (num_steps + 1, k), float64; row t holds the step sizes after t outer steps.
    """
    squared_norm = _squared_norm(x0)
    trajectory = np.empty((num_steps + 1, np.size(alphas)))
    trajectory[0] = alphas
    for step in range(num_steps):
        gradient = _gradient(1.0 - trajectory[step], squared_norm)
        trajectory[step + 1] = trajectory[step] - beta * gradient
    return trajectory


def _factors(alphas: ArrayLike) -> Vector:
    return 1.0 - np.asarray(alphas, dtype=np.float64)


def _squared_norm(x0: ArrayLike) -> np.float64:
    return np.float64(np.sum(np.square(np.asarray(x0, dtype=np.float64))))


def _gradient(u: Vector, squared_norm: np.float64) -> Vector:
    rest = np.prod(np.where(np.eye(u.size, dtype=bool), 1.0, u**2), axis=1)
    gradient: Vector = -squared_norm * u * rest
    return gradient
