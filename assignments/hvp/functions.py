"""The functions on which `hvp` is tried: smooth, and each entry of x coupled with every other.

A separable function has a diagonal Hessian and proves little; a quadratic one has no third
derivative, so that finite differences would be exact on it. None of these is either, and none is
the network of the assignment, whose Hessian is the answer of another item.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.authoring import X, normal, op
from adcheck.model import Expression

Draw = Callable[[np.random.Generator], Expression]


@dataclass(frozen=True)
class Family:
    """Functions of one kind and size.

    Attributes:
        n: entries of x.
        build: draws a member.
    """

    n: int
    build: Callable[[np.random.Generator, int], Expression]

    def draw(self, rng: np.random.Generator) -> Expression:
        """A random member."""
        return self.build(rng, self.n)


def cubic(rng: np.random.Generator, n: int) -> Expression:
    """C (sum x)^3 / 6 + <x, A x> / 2: small numbers that one can check by hand."""
    a = rng.integers(-3, 4, (n, n)).astype(np.float64)
    a = a + a.T
    c = float(rng.integers(1, 4))
    power = op("mul", c / 6.0, op("power", op("sum", X), 3))
    return op("add", power, op("mul", 0.5, op("sum", op("mul", X, op("matmul", a, X)))))


def trigonometric(rng: np.random.Generator, n: int) -> Expression:
    """sum_i sin(b_i + <a_i, x>) cos(<c_i, x>)."""
    a, c, b = normal(rng, n, n), normal(rng, n, n), normal(rng, n)
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


def random_composition(rng: np.random.Generator, n: int) -> Expression:
    """A random tree of smooth primitives over dense linear maps."""
    inner = [_random_feature(rng, n) for _ in range(3)]
    mixed = op("add", op("mul", inner[0], inner[1]), inner[2])
    outer = rng.choice(["sin", "tanh", "log1p_square", "sqrt1p_square"])
    return op("add", op("sum", mixed), op(str(outer), op("mul", 0.25, op("sum", inner[1]))))


def _random_feature(rng: np.random.Generator, n: int) -> Expression:
    name = str(rng.choice(["sin", "cos", "tanh", "log1p_square", "sqrt1p_square"]))
    return op(name, op("matmul", normal(rng, n, n) / np.float32(n) ** 0.5, X))


def large(rng: np.random.Generator, n: int) -> Expression:
    """(<a, x>)^3 / 6n + sum_i sin(x_i x_{i+1}) + sqrt(1 + |x|^2): dense, with O(n) data."""
    a = normal(rng, n)
    cubed = op("mul", 1.0 / (6.0 * n), op("power", op("sum", op("mul", a, X)), 3))
    neighbours = op("sum", op("sin", op("mul", X, op("roll", X, 1))))
    norm = op("sqrt1p_square", op("sum", op("mul", X, X)))
    return op("add", op("add", cubed, neighbours), op("mul", 1.0 / n, norm))


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
