"""The functions on which `hvp` is tried: smooth, and each entry of x coupled with every other.

A separable function has a diagonal Hessian and proves little; a quadratic one has no third
derivative, so that finite differences would be exact on it. None of these is either, and none is
the network of the assignment, whose Hessian is the answer of another item.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.authoring import X, normal, op
from adcheck.model import Expression, Function
from adcheck.sandbox.codec import callable_of
from reference import second_order

Vector = npt.NDArray[np.float64]
Product = Callable[[Vector, Vector], Vector]

DENSE = 1000
"""Up to so many entries of x a Hessian is formed."""


@dataclass(frozen=True, eq=False)
class Draw:
    """A function with a point and a vector, and what its derivatives are there.

    Attributes:
        f: the function as data.
        x: the point, shape (n,).
        v: the vector, shape (n,).
        known: the product on paper, where n is too large for a Hessian.
    """

    f: Expression
    x: Vector
    v: Vector
    known: Product | None = None

    @property
    def dense(self) -> bool:
        """Whether its Hessian can be formed."""
        return self.x.size <= DENSE

    @cached_property
    def product(self) -> Vector:
        """The Hessian at x times v: shape (n,)."""
        return self.hessian @ self.v if self.known is None else self.known(self.x, self.v)

    @property
    def gradient(self) -> Vector:
        """At x: shape (n,)."""
        return self._at_x[0]

    @property
    def hessian(self) -> Vector:
        """At x: shape (n, n)."""
        return self._at_x[1]

    @cached_property
    def hessian_at_v(self) -> Vector:
        """At v instead of x: shape (n, n)."""
        return second_order.derivatives(self._function, self.v)[1]

    def gradient_at(self, step: float) -> Vector:
        """At x + step v: shape (n,)."""
        return second_order.gradient(self._function, self.x + step * self.v)

    @cached_property
    def _at_x(self) -> tuple[Vector, Vector]:
        return second_order.derivatives(self._function, self.x)

    @cached_property
    def _function(self) -> Callable[[Any], Any]:
        return callable_of(Function(self.f), second_order.Jets)


@dataclass(frozen=True)
class Family:
    """Functions of one kind and size.

    Attributes:
        n: entries of x.
        build: draws a member and, where n is large, its product on paper.
    """

    n: int
    build: Callable[[np.random.Generator, int], Expression | tuple[Expression, Product]]

    def draw(self, rng: np.random.Generator) -> tuple[Expression, Product | None]:
        """A random member."""
        built = self.build(rng, self.n)
        return built if isinstance(built, tuple) else (built, None)


def cubic(rng: np.random.Generator, n: int) -> Expression:
    """C (sum x)^3 / 6 + <x, A x> / 2: small numbers that one can check by hand."""
    a = rng.integers(-3, 4, (n, n)).astype(np.float64)
    a = a + a.T
    c = float(rng.integers(1, 4))
    power = op("mul", c / 6.0, op("power", op("sum", X), 3))
    return op("add", power, op("mul", 0.5, op("sum", op("mul", X, op("matmul", a, X)))))


FREQUENCY = 100.0
"""Of the fast waves: the error of a central difference grows with its square."""


def trigonometric(rng: np.random.Generator, n: int) -> Expression:
    """sum_i sin(b_i + <a_i, x>) cos(<c_i, x>), with fast waves a_i."""
    a, c, b = FREQUENCY * normal(rng, n, n), normal(rng, n, n), normal(rng, n)
    waves = op("sin", op("add", b, op("matmul", a, X)))
    return op("sum", op("mul", waves, op("cos", op("matmul", c, X))))


def log_sum_exp(rng: np.random.Generator, n: int) -> Expression:
    """Log sum exp(A x) + (<b, x>)^3 / 6, with more rows than columns."""
    a, b = normal(rng, 2 * n, n), normal(rng, n)
    cubed = op("power", op("sum", op("mul", b, X)), 3)
    return op("add", op("logsumexp", op("matmul", a, X)), op("mul", 1.0 / 6.0, cubed))


def network(rng: np.random.Generator, n: int) -> Expression:
    """A tanh network's squared loss as a function of its weights: layers d-d-d, n = 2 d^2."""
    d = round((n / 2) ** 0.5)
    first = op("reshape", op("slice", X, 0, d * d), d, d)
    second = op("reshape", op("slice", X, d * d, n), d, d)
    inputs, targets = normal(rng, 3, d), normal(rng, 3, d)
    hidden = op("tanh", op("matmul", inputs, first))
    outputs = op("matmul", hidden, second)
    return op("sum", op("power", op("sub", outputs, targets), 2))


_SMOOTH = ("sin", "cos", "tanh", "log1p_square", "sqrt1p_square")


def random_composition(rng: np.random.Generator, n: int) -> Expression:
    """A random composition of smooth primitives over dense linear maps.

    One of five structures: a function of a structure that was compiled before costs nothing.
    """
    first = int(rng.integers(len(_SMOOTH)))
    names = [_SMOOTH[(first + i) % len(_SMOOTH)] for i in range(4)]
    inner = [op(name, op("matmul", _spread(rng, n), X)) for name in names[:3]]
    mixed = op("add", op("mul", inner[0], inner[1]), inner[2])
    return op("add", op("sum", mixed), op(names[3], op("mul", 0.25, op("sum", inner[1]))))


def _spread(rng: np.random.Generator, n: int) -> Vector:
    """A dense matrix that keeps the size of its argument."""
    return np.asarray(normal(rng, n, n) / np.float32(n) ** 0.5).astype("f4").astype("f8")


def large(rng: np.random.Generator, n: int) -> tuple[Expression, Product]:
    """(<a, x>)^3 / 6n + sum_i sin(x_i x_{i-1}) + sqrt(1 + |x|^4) / n: dense, with O(n) data."""
    a = normal(rng, n)
    cubed = op("mul", 1.0 / (6.0 * n), op("power", op("sum", op("mul", a, X)), 3))
    neighbours = op("sum", op("sin", op("mul", X, op("roll", X, 1))))
    norm = op("sqrt1p_square", op("sum", op("mul", X, X)))
    body = op("add", op("add", cubed, neighbours), op("mul", 1.0 / n, norm))
    return body, lambda x, v: _large_product(a, x, v)


def _large_product(a: Vector, x: Vector, v: Vector) -> Vector:
    """The product for `large`, term by term: the tangent of its gradient in the direction v."""
    n = x.size
    before, tangent = np.roll(x, 1), np.roll(v, 1)
    angle = x * before
    turn = -np.sin(angle) * (v * before + x * tangent)  # the tangent of cos(angle)
    neighbours = turn * before + np.cos(angle) * tangent
    neighbours += np.roll(turn * x + np.cos(angle) * v, -1)
    q = float(x @ x)
    r = np.hypot(1.0, q)
    norm = 2.0 * (q / r * v + 2.0 * float(x @ v) / r**3 * x)
    return np.asarray((float(a @ x) * float(a @ v) * a + norm) / n + neighbours)


FAMILIES = (
    Family(2, cubic),
    Family(3, trigonometric),
    Family(5, log_sum_exp),
    Family(18, network),
    Family(7, random_composition),
    Family(67, random_composition),
)
"""Small ones first; the last is above 64 and odd."""


def text(expression: Expression | float | npt.NDArray[Any]) -> str:
    """A function as a person reads it, its larger arrays by shape alone."""
    match expression:
        case Expression("x"):
            return "x"
        case Expression("add" | "sub" | "mul" | "matmul" as name, (left, right)):
            sign = {"add": "+", "sub": "-", "mul": "*", "matmul": "@"}[name]
            return f"({text(left)} {sign} {text(right)})"
        case Expression("power", (base, exponent)):
            return f"{text(base)}**{text(exponent)}"
        case Expression(name, operands):
            return f"{name}({', '.join(text(o) for o in operands)})"
        case np.ndarray() if expression.size <= 9:
            return str(np.round(expression, 3).tolist())
        case np.ndarray():
            return f"array{expression.shape}"
    return f"{expression:.6g}"
