"""Exact gradients and Hessians without JAX: second-order forward mode in NumPy float64.

Every quantity carries its gradient and its Hessian with respect to the n inputs, and each operation
carries them along by the chain rule,

    d(f(a))  = f'(a) da
    d2(f(a)) = f'(a) d2a + f''(a) da (x) da,

so that no compiler is needed and no code is shared with `reference.hvp`, against which it is
tested. It costs n^2 times the function and is meant for small n. Source of the rules: Griewank and
Walther, "Evaluating Derivatives", 2nd edition, chapter 13.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Vector: TypeAlias = npt.NDArray[np.float64]
Derivatives: TypeAlias = Callable[[Any], tuple[Any, Any, Any]]
"""Value, first and second derivative of an elementwise function."""


class Jet:
    """An array with its gradient and, unless only first derivatives are wanted, its Hessian.

    Attributes:
        value: shape s.
        gradient: shape s + (n,).
        hessian: shape s + (n, n), or s + (1, 1) where it is zero; None where it is not wanted.
    """

    __array_ufunc__ = None  # NumPy leaves operations with a jet to the jet

    def __init__(self, value: Any, gradient: Any, hessian: Any) -> None:
        self.value, self.gradient, self.hessian = value, gradient, hessian

    @staticmethod
    def variables(x: Vector, order: int = 2) -> Jet:
        """The inputs themselves: shape (n,); first derivatives alone, or second ones too."""
        hessian = np.zeros((x.size, 1, 1), x.dtype) if order == 2 else None
        return Jet(x, np.eye(x.size, dtype=x.dtype), hessian)

    def map(self, change: Callable[[Any, int], Any]) -> Jet:
        """A linear change: of the array itself (0 axes beyond its own), and of what it carries."""
        hessian = None if self.hessian is None else change(self.hessian, 2)
        return Jet(change(self.value, 0), change(self.gradient, 1), hessian)

    def apply(self, derivatives: Derivatives) -> Jet:
        """An elementwise function of it."""
        value, first, second = derivatives(self.value)
        hessian = None
        if self.hessian is not None:
            outer = self.gradient[..., :, None] * self.gradient[..., None, :]
            hessian = _over(first, 2) * self.hessian + _over(second, 2) * outer
        return Jet(value, _over(first, 1) * self.gradient, hessian)

    def __add__(self, other: Any) -> Jet:
        if isinstance(other, Jet):
            hessian = None if self.hessian is None else self.hessian + other.hessian
            return Jet(self.value + other.value, self.gradient + other.gradient, hessian)
        value = self.value + np.asarray(other, np.float64)
        carried = self.map(lambda part, k: np.broadcast_to(part, value.shape + _last(part, k)))
        return Jet(value, carried.gradient, carried.hessian)

    def __mul__(self, other: Any) -> Jet:
        if not isinstance(other, Jet):
            return self.map(lambda part, k: part * _over(other, k))
        hessian = None
        if self.hessian is not None:
            outer = self.gradient[..., :, None] * other.gradient[..., None, :]
            hessian = (
                _over(self.value, 2) * other.hessian
                + self.hessian * _over(other.value, 2)
                + outer
                + np.swapaxes(outer, -1, -2)
            )
        gradient = _over(self.value, 1) * other.gradient + self.gradient * _over(other.value, 1)
        return Jet(self.value * other.value, gradient, hessian)

    def __matmul__(self, other: Any) -> Jet:
        """The product of matrices, this one's shape (m, k), the other's (k, p)."""
        if not isinstance(other, Jet):
            return self.map(lambda part, k: np.einsum("mk...,kp->mp...", part, other))
        hessian = None
        if self.hessian is not None:
            outer = np.einsum("mkx,kpy->mpxy", self.gradient, other.gradient, optimize=True)
            hessian = (
                np.tensordot(self.value, other.hessian, 1)
                + np.einsum("mkxy,kp->mpxy", self.hessian, other.value)
                + outer
                + np.swapaxes(outer, -1, -2)
            )
        gradient = np.tensordot(self.value, other.gradient, 1)
        gradient = gradient + np.einsum("mkx,kp->mpx", self.gradient, other.value)
        return Jet(self.value @ other.value, gradient, hessian)

    def __rmatmul__(self, constant: Any) -> Jet:
        """The product of a constant, shape (m, k) or (k,), with it, shape (k,) or (k, p)."""
        return self.map(lambda part, _: np.tensordot(constant, part, 1))

    def __pow__(self, exponent: int) -> Jet:
        n = exponent
        return self.apply(lambda z: (z**n, n * z ** (n - 1), n * (n - 1) * z ** max(n - 2, 0)))

    def __sub__(self, other: Any) -> Jet:
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> Jet:
        return (-self).__add__(other)

    def __neg__(self) -> Jet:
        return self.map(lambda part, _: -part)

    def __getitem__(self, index: slice) -> Jet:
        return self.map(lambda part, _: part[index])

    __radd__ = __add__
    __rmul__ = __mul__

    def reshape(self, *shape: int) -> Jet:
        """The same entries in C order in another shape."""
        return self.map(lambda part, k: part.reshape(*shape, *_last(part, k)))

    def transpose(self) -> Jet:
        """A matrix with its axes exchanged."""
        return self.map(lambda part, _: np.swapaxes(part, 0, 1))

    def sum(self) -> Jet:
        """The sum of all entries: shape ()."""
        axes = tuple(range(self.value.ndim))
        return self.map(lambda part, _: np.sum(part, axes))


class Jets:
    """The array namespace of functions of jets, for functions that are given as data."""

    @staticmethod
    def asarray(constant: Any) -> Any:
        """Constants stay NumPy arrays."""
        return constant

    @staticmethod
    def sum(a: Jet) -> Jet:
        """The sum of all entries."""
        return a.sum()

    @staticmethod
    def max(a: Jet) -> float:
        """The largest entry, as a constant: a shift that cancels has no derivative."""
        return float(np.max(a.value))

    @staticmethod
    def reshape(a: Jet, shape: tuple[int, ...]) -> Jet:
        """The same entries in another shape."""
        return a.reshape(*shape)

    @staticmethod
    def sin(a: Jet) -> Jet:
        """Elementwise."""
        return a.apply(lambda z: (np.sin(z), np.cos(z), -np.sin(z)))

    @staticmethod
    def cos(a: Jet) -> Jet:
        """Elementwise."""
        return a.apply(lambda z: (np.cos(z), -np.sin(z), -np.cos(z)))

    @staticmethod
    def tanh(a: Jet) -> Jet:
        """Elementwise."""
        return a.apply(tanh)

    @staticmethod
    def exp(a: Jet) -> Jet:
        """Elementwise."""
        return a.apply(lambda z: (np.exp(z), np.exp(z), np.exp(z)))

    @staticmethod
    def log(a: Jet) -> Jet:
        """Elementwise."""
        return a.apply(lambda z: (np.log(z), 1 / z, -1 / z**2))

    @staticmethod
    def log1p(a: Jet) -> Jet:
        """Elementwise."""
        return a.apply(lambda z: (np.log1p(z), 1 / (1 + z), -1 / (1 + z) ** 2))

    @staticmethod
    def sqrt(a: Jet) -> Jet:
        """Elementwise."""
        return a.apply(lambda z: (np.sqrt(z), 0.5 * z**-0.5, -0.25 * z**-1.5))


def _over(value: Any, axes: int) -> Any:
    """An array with axes added at its end, to stand over gradients (1) or Hessians (2)."""
    return np.asarray(value)[(..., *[None] * axes)]


def _last(part: Any, axes: int) -> tuple[int, ...]:
    """The extents of the axes that a gradient (1) or a Hessian (2) adds."""
    return tuple(part.shape[part.ndim - axes :])


def gradient(f: Callable[[Any], Any], x: Vector) -> Vector:
    """The gradient of a scalar function, as `derivatives` takes it: shape (n,)."""
    return np.asarray(f(Jet.variables(x, order=1)).gradient)


def derivatives(f: Callable[[Any], Any], x: Vector) -> tuple[Vector, Vector]:
    """Gradient and Hessian of a scalar function.

    Args:
        f: built over `Jets` (or of operators alone); shape (n,) to shape ().
        x: shape (n,), float64.

    Returns:
        Shapes (n,) and (n, n).
    """
    jet = f(Jet.variables(x))
    return np.asarray(jet.gradient), np.broadcast_to(jet.hessian, (x.size, x.size)).copy()


# --------------------------------------------------------------------------- the network

_SLOPE = math.sqrt(2.0 / math.pi)


def gelu(z: Any) -> tuple[Any, Any, Any]:
    """GELU in its tanh form: z (1 + tanh u) / 2 with u = sqrt(2 / pi) (z + 0.044715 z^3)."""
    t, du, ddu = (
        np.tanh(_SLOPE * (z + 0.044715 * z**3)),
        _SLOPE * (1 + 3 * 0.044715 * z**2),
        _SLOPE * 6 * 0.044715 * z,
    )
    dt = (1 - t**2) * du
    ddt = (1 - t**2) * (ddu - 2 * t * du**2)
    return 0.5 * z * (1 + t), 0.5 * (1 + t) + 0.5 * z * dt, dt + 0.5 * z * ddt


def tanh(z: Any) -> tuple[Any, Any, Any]:
    """The hyperbolic tangent."""
    t = np.tanh(z)
    return t, 1 - t**2, -2 * t * (1 - t**2)


def network_hessian(
    params: Vector,
    sizes: Sequence[int],
    activation: Derivatives = gelu,
    unflatten: Callable[[Any, Sequence[int]], list[Any]] | None = None,
    loss: Callable[[list[Any], Derivatives], Any] | None = None,
) -> Vector:
    """The Hessian of the network's loss with respect to its flat parameters.

    Args:
        params: shape (n,): layers first to last, each in C order.
        sizes: widths of the layers, the input's first.
        activation: after every layer but the last.
        unflatten: from the flat vector to the matrices, instead of `unflatten` here.
        loss: from the matrices and the activation to a scalar, instead of `loss` here.

    Returns:
        Shape (n, n).
    """
    weights = (unflatten or split)(Jet.variables(params), sizes)
    jet = (loss or sum_of_outputs)(weights, activation)
    return np.broadcast_to(jet.hessian, (params.size, params.size)).copy()


def split(flat: Any, sizes: Sequence[int], trailing: tuple[int, ...] = ()) -> list[Any]:
    """The matrices that a flat vector holds, in C order; axes after its first one stay."""
    weights, start = [], 0
    for rows, columns in pairwise(sizes):
        stop = start + rows * columns
        weights.append(flat[start:stop].reshape(rows, columns, *trailing))
        start = stop
    return weights


def outputs(weights: list[Any], activation: Derivatives) -> Any:
    """The network's outputs on one input of ones: shape (1, sizes[-1])."""
    x: Any = np.ones((1, weights[0].value.shape[0]), weights[0].value.dtype)
    for weight in weights[:-1]:
        x = (x @ weight).apply(activation)
    return x @ weights[-1]


def sum_of_outputs(weights: list[Any], activation: Derivatives) -> Any:
    """The loss of the assignment."""
    return outputs(weights, activation).sum()


def network_gradients(params: Vector, sizes: Sequence[int]) -> Vector:
    """Gradients of the loss at many points at once, by reverse mode on paper.

    Args:
        params: shape (batch, n).
        sizes: widths of the layers, the input's first.

    Returns:
        Shape (batch, n).
    """
    batch = len(params)
    flat = split(params.T, sizes, trailing=(batch,))
    weights = [np.moveaxis(matrix, -1, 0) for matrix in flat]
    inputs, slopes = [np.ones((batch, sizes[0]))], []
    for weight in weights[:-1]:
        value, slope, _ = gelu(np.einsum("bi,bij->bj", inputs[-1], weight))
        inputs.append(value)
        slopes.append(slope)
    cotangent = np.ones((batch, sizes[-1]))
    gradients = []
    for layer in reversed(range(len(weights))):
        outer = inputs[layer][:, :, None] * cotangent[:, None, :]
        gradients.append(outer.reshape(batch, -1))
        if layer:
            cotangent = np.einsum("bj,bij->bi", cotangent, weights[layer]) * slopes[layer - 1]
    return np.concatenate(gradients[::-1], axis=1)
