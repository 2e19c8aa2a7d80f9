"""`reference.second_order` against JAX: rule by rule, network by network, function by function."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
import pytest

from adcheck.authoring import evaluate
from adcheck.model import Expression, Function
from adcheck.sandbox import wire
from adcheck.sandbox.codec import callable_of
from assignments.hvp import functions
from reference import hvp, second_order
from reference.second_order import Jet, Jets

Vector = npt.NDArray[np.float64]
OverNamespace = Callable[[Any, Any], Any]
"""A scalar function of an array namespace and a flat vector."""

EXACT = 1e-13
"""Of the largest entry; the rules below are a handful of operations each."""

X = np.array([0.3, -0.7, 1.1, 0.6, -0.2, 0.9])
A = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])


def assert_close(actual: npt.NDArray[Any], expected: npt.ArrayLike, relative: float) -> None:
    """Same shape, float64, and no entry off by more than a part of the largest one."""
    expected = np.asarray(expected)
    assert actual.dtype == np.float64
    assert actual.shape == expected.shape
    assert np.max(np.abs(actual - expected)) <= relative * np.max(np.abs(expected))


def assert_as_in_jax(f: OverNamespace, x: Vector, relative: float = EXACT) -> None:
    """Gradient and Hessian of one function, as it stands, over jets and over JAX."""
    gradient, hessian = second_order.derivatives(partial(f, Jets), x)
    in_jax = partial(f, jnp)
    assert_close(gradient, evaluate(jax.grad(in_jax), x), relative)
    assert_close(hessian, evaluate(jax.hessian(in_jax), x), relative)
    assert_close(second_order.gradient(partial(f, Jets), x), gradient, 0.0)


# --------------------------------------------------------------------------- rule by rule


def squared(z: Any) -> Any:
    """Makes whatever comes in second order, coupled and scalar."""
    return (z * z).sum() * z.sum()


RULES: dict[str, OverNamespace] = {
    "jet plus jet": lambda xp, x: squared(x[0:3] + x[3:6]),
    "jet plus scalar jet": lambda xp, x: squared(x + x.sum()),
    "scalar jet plus jet": lambda xp, x: squared(x.sum() + x),
    "jet plus number": lambda xp, x: squared(x + 0.5),
    "number plus jet": lambda xp, x: squared(0.5 + x),
    "jet plus array": lambda xp, x: squared(x[0:3] + A[0]),
    "array plus jet": lambda xp, x: squared(A[0] + x[0:3]),
    "scalar jet plus array": lambda xp, x: squared(x.sum() + A),
    "jet minus jet": lambda xp, x: squared(x[0:3] - x[3:6]),
    "jet minus array": lambda xp, x: squared(x[0:3] - A[1]),
    "array minus jet": lambda xp, x: squared(A[1] - x[0:3]),
    "number minus jet": lambda xp, x: squared(2.0 - x),
    "minus": lambda xp, x: squared(-x),
    "jet times jet": lambda xp, x: squared(x[0:3] * x[3:6]),
    "jet times scalar jet": lambda xp, x: squared(x * x[0:2].sum()),
    "jet times number": lambda xp, x: squared(x * 3.0),
    "number times jet": lambda xp, x: squared(3.0 * x),
    "jet times array": lambda xp, x: squared(x[0:3] * A[0]),
    "array times scalar jet": lambda xp, x: squared(A * x.sum()),
    "power 1": lambda xp, x: squared(x**1),
    "power 2": lambda xp, x: squared(x**2),
    "power 3": lambda xp, x: squared(x**3),
    "power 4": lambda xp, x: (x**4).sum(),
    "slice": lambda xp, x: squared(x[1:4]),
    "reshape": lambda xp, x: squared(x.reshape(2, 3) @ A.T),
    "reshape by the namespace": lambda xp, x: squared(A @ xp.reshape(x, (3, 2))),
    "transpose": lambda xp, x: squared(x.reshape(2, 3).transpose() @ A),
    "matrix jet times constant": lambda xp, x: squared(x.reshape(2, 3) @ A.T),
    "constant times matrix jet": lambda xp, x: squared(A @ x.reshape(3, 2)),
    "constant times vector jet": lambda xp, x: squared(A @ x[0:3]),
    "vector constant times matrix jet": lambda xp, x: squared(A[0] @ x.reshape(3, 2)),
    "matrix jet times matrix jet": lambda xp, x: squared(x.reshape(2, 3) @ x.reshape(3, 2)),
    "matrix jet times its transpose": lambda xp, x: squared(
        x.reshape(2, 3) @ x.reshape(2, 3).transpose()
    ),
    "sum by the namespace": lambda xp, x: squared(x) * xp.sum(x),
    "sin": lambda xp, x: squared(xp.sin(x)),
    "cos": lambda xp, x: squared(xp.cos(x)),
    "tanh": lambda xp, x: squared(xp.tanh(x)),
    "exp": lambda xp, x: squared(xp.exp(x)),
    "log": lambda xp, x: squared(xp.log(x + 2.0)),
    "log1p": lambda xp, x: squared(xp.log1p(x)),
    "sqrt": lambda xp, x: squared(xp.sqrt(x + 2.0)),
    "asarray": lambda xp, x: squared(xp.asarray(A) @ x[0:3]),
    "a function of a function": lambda xp, x: xp.exp(0.1 * squared(xp.sin(x * x))),
}


@pytest.mark.parametrize("name", RULES)
def test_every_rule_is_as_in_jax(name: str) -> None:
    assert_as_in_jax(RULES[name], X)


def test_the_largest_entry_is_a_constant() -> None:
    """As a shift that cancels it has no derivative, wherever two entries are equally large."""

    def shifted(xp: Any, x: Any) -> Any:
        top = xp.max(x)
        return xp.log(xp.sum(xp.exp(x - top))) + top

    assert Jets.max(Jet.variables(X)) == np.max(X)
    assert_as_in_jax(shifted, X)
    tied = np.array([0.5, 0.5, -1.0])
    weights = np.exp(tied) / np.sum(np.exp(tied))
    gradient, hessian = second_order.derivatives(partial(shifted, Jets), tied)
    assert_close(gradient, weights, EXACT)
    assert_close(hessian, np.diag(weights) - np.outer(weights, weights), EXACT)


def test_the_first_power_has_a_hessian_of_zeros_at_zero_too() -> None:
    gradient, hessian = second_order.derivatives(lambda x: (x**1).sum(), np.zeros(3))
    assert gradient.tolist() == [1.0] * 3
    assert hessian.tolist() == np.zeros((3, 3)).tolist()


def test_a_linear_function_has_a_full_hessian_of_zeros() -> None:
    gradient, hessian = second_order.derivatives(lambda x: (A @ x[0:3]).sum(), X)
    assert gradient.tolist() == [2.0, -0.75, 1.25, 0.0, 0.0, 0.0]
    assert hessian.shape == (6, 6)
    assert not hessian.any()
    hessian[0, 0] = 1.0  # a view of one zero could not be written to


def test_first_derivatives_alone_carry_no_hessian() -> None:
    carried: list[Any] = []

    def f(x: Any) -> Any:
        values = [x + 1.0, x * x, -x, x**3, A @ x.reshape(3, 2), Jets.sin(x), x.reshape(2, 3) @ A.T]
        values.append(x.reshape(2, 3) @ x.reshape(3, 2))
        carried.extend(value.hessian for value in values)
        return sum((value.sum() for value in values), 0.0)

    gradient = second_order.gradient(f, X)
    assert carried == [None] * 8
    assert_close(gradient, second_order.derivatives(f, X)[0], EXACT)


# --------------------------------------------------------------------------- the network

SIZES = [(2, 3, 1), (2, 3, 3, 2), (1, 5, 5, 1), (3, 2, 2, 2, 1), (2, 4, 3, 5, 1)]


def draw(sizes: tuple[int, ...], seed: int, *batch: int) -> Vector:
    """Parameters of a network, N(0, 1)."""
    count = sum(rows * columns for rows, columns in pairwise(sizes))
    return np.random.default_rng(seed).standard_normal((*batch, count))


@pytest.mark.parametrize("seed", [0, 1], ids="seed{}".format)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_hessians_of_networks_are_those_of_the_reference(sizes: tuple[int, ...], seed: int) -> None:
    params = draw(sizes, seed)
    expected = evaluate(lambda p: hvp.hessian(p, sizes), params)
    assert_close(second_order.network_hessian(params, sizes), expected, 1e-12)


@pytest.mark.parametrize("name", hvp.HESSIANS)
def test_every_formulation_of_the_hessian_agrees(name: str) -> None:
    params = draw((2, 3, 3, 2), 4)
    expected = evaluate(lambda p: hvp.HESSIANS[name](p, (2, 3, 3, 2)), params)
    assert_close(second_order.network_hessian(params, (2, 3, 3, 2)), expected, 1e-12)


def test_a_single_layer_has_a_hessian_of_zeros() -> None:
    assert second_order.network_hessian(draw((3, 2), 0), (3, 2)).tolist() == [[0.0] * 6] * 6


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_gradients_of_many_points_are_those_of_jax(sizes: tuple[int, ...]) -> None:
    params = draw(sizes, 2, 7)
    gradient = jax.grad(lambda p: hvp.loss(p, sizes))
    expected = np.stack([evaluate(gradient, p) for p in params])
    assert_close(second_order.network_gradients(params, sizes), expected, 1e-12)


def test_the_activations_are_those_of_jax() -> None:
    z = np.linspace(-4, 4, 41)
    for derivatives, activation in (
        (second_order.gelu, hvp.gelu),
        (second_order.tanh, jnp.tanh),
    ):
        first = jax.grad(lambda t, activation=activation: activation(t))
        expected = [jax.vmap(activation)(z), jax.vmap(first)(z), jax.vmap(jax.grad(first))(z)]
        for actual, wanted in zip(derivatives(z), expected, strict=True):
            assert_close(actual, wanted, EXACT)


def test_another_activation_loss_or_order_can_be_had() -> None:
    sizes, params = (2, 3, 2), draw((2, 3, 2), 0)

    def other(p: Any) -> Any:
        first, second = (block.reshape(2, 3).T for block in (p[:6], p[6:]))
        return jnp.sum((jnp.tanh(jnp.ones((1, 2)) @ first.T) @ second) ** 2)

    hessian = second_order.network_hessian(
        params,
        sizes,
        second_order.tanh,
        lambda flat, _: [flat[0:6].reshape(2, 3), flat[6:12].reshape(2, 3).transpose()],
        lambda weights, activation: (second_order.outputs(weights, activation) ** 2).sum(),
    )
    assert_close(hessian, evaluate(jax.hessian(other), params), 1e-12)


def test_splitting_keeps_the_axes_after_the_first() -> None:
    flat = np.arange(27.0).reshape(9, 3)
    first, second = second_order.split(flat, (2, 3, 1), trailing=(3,))
    assert (first.shape, second.shape) == ((2, 3, 3), (3, 1, 3))
    assert first[1, 0].tolist() == flat[3].tolist()
    assert second[2, 0].tolist() == flat[8].tolist()


@pytest.mark.parametrize("sizes", SIZES[:3], ids=str)
def test_float32_stays_float32(sizes: tuple[int, ...]) -> None:
    params: npt.NDArray[Any] = draw(sizes, 0).astype(np.float32)
    rounded = second_order.network_hessian(params, sizes)
    exact = second_order.network_hessian(params.astype(np.float64), sizes)
    assert rounded.dtype == np.float32
    assert 0 < np.max(np.abs(rounded - exact)) < 1e-4 * np.max(np.abs(exact))


# --------------------------------------------------------------------------- functions of `hvp`

FAMILIES = [pytest.param(f, id=f"{f.build.__name__}-{f.n}") for f in functions.FAMILIES]


def member(family: functions.Family, seed: int) -> tuple[Expression, Vector, Vector]:
    """A random function with a point and a vector."""
    rng = np.random.default_rng(seed)
    return family.draw(rng)[0], rng.standard_normal(family.n), rng.standard_normal(family.n)


@pytest.mark.parametrize("seed", [0, 1], ids="seed{}".format)
@pytest.mark.parametrize("family", FAMILIES)
def test_functions_given_as_data_have_the_hessians_of_jax(
    family: functions.Family, seed: int
) -> None:
    body, x, v = member(family, seed)
    assert_as_in_jax(lambda xp, point: callable_of(Function(body), xp)(point), x, 1e-12)
    draw = functions.Draw(body, x, v)
    f = callable_of(Function(body), jnp)
    assert_close(draw.product, evaluate(partial(hvp.hvp, f), x, v), 1e-12)


def test_jets_know_every_operation_that_small_functions_use() -> None:
    used: set[str] = set()

    def note(expression: Expression) -> None:
        used.add(expression.op)
        for operand in expression.operands:
            if isinstance(operand, Expression):
                note(operand)

    for family in functions.FAMILIES:
        for seed in range(10):
            note(member(family, seed)[0])
    assert {"tanh", "logsumexp", "log1p_square", "sqrt1p_square", "power", "slice"} <= used
    assert used <= {*wire.OPERATIONS, "x"} - {"roll"}, "jets do not roll: the large one is on paper"


@pytest.mark.parametrize("n", [2, 3, 9, 64], ids="n{}".format)
def test_the_product_on_paper_of_the_large_function_is_that_of_jax(n: int) -> None:
    rng = np.random.default_rng(n)
    body, on_paper = functions.large(rng, n)
    x, v = rng.standard_normal(n), rng.standard_normal(n)
    f = callable_of(Function(body), jnp)
    expected = evaluate(lambda x, v: jax.jvp(jax.grad(f), (x,), (v,))[1], x, v)
    assert_close(on_paper(x, v), expected, 1e-13)
    draw = functions.Draw(body, x, v, on_paper)
    assert_close(draw.product, evaluate(jax.hessian(f), x) @ v, 1e-12)
