"""`adcheck.sandbox.cost`: counts that were worked out by hand, and how they grow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax.extend.core import Primitive

from adcheck.sandbox.cost import operations

A, B = jnp.ones((2, 3)), jnp.ones((3, 5))
X = jnp.arange(1.0, 6.0)  # shape (5,)
INTEGERS = jnp.arange(5)


def cost(function: Callable[..., Any], *args: Any) -> float | None:
    return operations(jax.make_jaxpr(function)(*args))


# --------------------------------------------------------------------------- single operations


@pytest.mark.parametrize(
    ("function", "args", "count"),
    [
        pytest.param(lambda a: a + a, (A,), 6, id="add"),
        pytest.param(lambda a: 2.0 * a, (A,), 6, id="scale"),
        pytest.param(jnp.tanh, (A,), 6, id="transcendental"),
        pytest.param(lambda a: a**3, (A,), 6, id="power"),
        pytest.param(lambda a: a > 0.5, (A,), 6, id="compare"),
        pytest.param(jnp.sum, (A,), 6, id="sum"),
        pytest.param(lambda a: jnp.max(a, axis=1), (A,), 6, id="max-of-rows"),
        pytest.param(jnp.argmax, (X,), 5, id="argmax"),
        pytest.param(jnp.cumsum, (X,), 5, id="cumsum"),
        pytest.param(jnp.sort, (X,), 5, id="sort"),
        pytest.param(jnp.matmul, (A, B), 2 * 2 * 3 * 5, id="matmul"),
        pytest.param(jnp.dot, (X, X), 10, id="dot"),
        pytest.param(lambda x: jnp.tensordot(x, x, 0), (X,), 50, id="outer"),
        pytest.param(jax.vmap(jnp.matmul), (jnp.ones((7, 2, 3)), jnp.ones((7, 3, 5))), 420,
                     id="batch-of-matmuls"),
        pytest.param(lambda x, w: lax.conv(x, w, (1, 1), "VALID"),
                     (jnp.ones((1, 2, 8, 8)), jnp.ones((3, 2, 3, 3))),
                     2 * (3 * 6 * 6) * (2 * 3 * 3), id="convolution"),
        pytest.param(lambda x: x.at[jnp.array([0, 2])].add(1.0), (X,), 2, id="scatter-add"),
        pytest.param(lambda x: lax.reduce(x, 1.0, lax.mul, (0,)), (X,), 5, id="reduce"),
        pytest.param(lambda a: a.astype(jnp.float16) * 2, (A,), 6, id="half-precision"),
        pytest.param(lambda: jnp.sin(jnp.ones(4)), (), 4, id="no-arguments"),
    ],
)  # fmt: skip
def test_operations_are_counted(
    function: Callable[..., Any], args: tuple[Any, ...], count: float
) -> None:
    assert cost(function, *args) == count


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(lambda a: a, id="identity"),
        pytest.param(lambda a: a.T.reshape(-1)[1:4], id="views"),
        pytest.param(lambda a: jnp.concatenate([a, a])[::-1], id="concatenate"),
        pytest.param(lambda a: jnp.broadcast_to(a[0], (9, 3)), id="broadcast"),
        pytest.param(lambda a: a[jnp.array([1, 0])], id="gather"),
        pytest.param(lambda a: a.at[0].set(0.0), id="scatter"),
        pytest.param(lambda a: lax.dynamic_slice(a, (0, 1), (1, 2)), id="dynamic-slice"),
        pytest.param(lambda a: jnp.roll(a, 1), id="roll"),
        pytest.param(lambda a: jnp.pad(a, 1), id="pad"),
        pytest.param(lambda a: jnp.where(jnp.arange(3) > 1, a, 0.0), id="where"),
        pytest.param(lambda a: a.astype(jnp.int32).astype(a.dtype), id="convert"),
        pytest.param(lambda a: (jnp.eye(4), jnp.zeros(4), jnp.arange(4)), id="constants"),
        pytest.param(lambda a: INTEGERS * INTEGERS + jnp.sum(INTEGERS), id="integers"),
        pytest.param(lambda a: jax.random.split(jax.random.PRNGKey(0)), id="keys"),
        pytest.param(lambda a: jax.debug.print("{}", a), id="print"),
        pytest.param(lax.stop_gradient, id="stop-gradient"),
    ],
)
def test_moving_numbers_and_integers_cost_nothing(function: Callable[..., Any]) -> None:
    assert cost(function, A) == 0


# --------------------------------------------------------------------------- programs in programs


@jax.custom_vjp
def sine(x: jax.Array) -> jax.Array:
    return jnp.sin(x)


sine.defvjp(lambda x: (jnp.sin(x), x), lambda x, g: (g * jnp.cos(x),))


@pytest.mark.parametrize(
    ("function", "count"),
    [
        pytest.param(jax.jit(jnp.sin), 5, id="jit"),
        pytest.param(jax.jit(lambda x: jax.jit(jnp.sin)(x) + jax.jit(jnp.cos)(x)), 15, id="jits"),
        pytest.param(jax.checkpoint(jnp.sin), 5, id="checkpoint"),
        pytest.param(jax.nn.relu, 5, id="custom-jvp"),
        pytest.param(sine, 5, id="custom-vjp"),
        # the sine and the cosine, a sum, and the product with a vector of ones
        pytest.param(jax.grad(lambda x: jnp.sum(sine(x))), 20, id="gradient-of-custom-vjp"),
    ],
)
def test_calls_cost_what_they_call(function: Callable[..., Any], count: float) -> None:
    assert cost(function, X) == count


def test_a_loop_costs_its_length_times_its_body() -> None:
    def step(carry: jax.Array, weight: jax.Array) -> tuple[jax.Array, jax.Array]:
        return jnp.tanh(carry * weight), jnp.sum(carry)

    def twice(carry: jax.Array, weights: jax.Array) -> tuple[jax.Array, jax.Array]:
        return lax.scan(step, carry, weights)

    assert cost(lambda x: lax.scan(step, x, jnp.ones((7, 5))), X) == 7 * 15
    assert cost(lambda x: lax.scan(twice, x, jnp.ones((3, 7, 5))), X) == 3 * 7 * 15
    assert cost(lambda x: lax.scan(step, x, jnp.ones((0, 5))), X) == 0
    assert cost(lambda x: lax.map(jnp.sin, x), X) == 5


def test_a_loop_between_constants_has_a_length() -> None:
    def loop(steps: Any) -> Callable[[jax.Array], jax.Array]:
        return lambda x: lax.fori_loop(0, steps, lambda _, carry: 2.0 * carry, x)

    assert cost(loop(4), X) == 20
    assert cost(lambda steps: loop(steps)(X), 4) is None


def test_a_condition_costs_its_dearer_branch() -> None:
    def choice(x: jax.Array) -> Any:
        return lax.cond(x[0] > 0, lambda x: x, lambda x: jnp.sin(2.0 * x), x)

    assert cost(choice, X) == 1 + 10
    branches = [jnp.sin, lambda x: jnp.cos(x) + 1.0, lambda x: x]
    assert cost(lambda i: lax.switch(i, branches, X), 1) == 10


def forever(x: jax.Array) -> Any:
    return lax.while_loop(lambda x: jnp.sum(x) < 100, lambda x: 2.0 * x, x)


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(forever, id="while"),
        pytest.param(jax.jit(forever), id="jit"),
        pytest.param(lambda x: lax.cond(x[0] > 0, forever, lambda x: x, x), id="branch"),
        pytest.param(lambda x: lax.scan(lambda c, _: (forever(c), None), x, length=3), id="scan"),
        pytest.param(lambda x: jax.pure_callback(np.sin, x, x), id="callback"),
        pytest.param(lambda x: jnp.linalg.cholesky(jnp.outer(x, x)), id="cholesky"),
        pytest.param(lambda x: jnp.linalg.solve(jnp.outer(x, x), x), id="solve"),
        pytest.param(lambda x: lax.reduce_window(x, 0.0, lax.add, (2,), (1,), "SAME"), id="window"),
    ],
)
def test_what_the_program_does_not_show_is_not_guessed(function: Callable[..., Any]) -> None:
    assert cost(function, X) is None


def test_primitives_of_other_days_count_their_results() -> None:
    halves: Any = Primitive("of_tomorrow")
    halves.def_abstract_eval(lambda x, **_: jax.core.ShapedArray((2,), x.dtype))
    assert cost(halves.bind, X) == 2
    body = jax.make_jaxpr(lambda x: jnp.sin(x) + x)(X)
    assert cost(lambda x: halves.bind(x, inner=body), X) == 10
    assert cost(lambda x: halves.bind(x, inner=(body,)), X) == 10
    assert cost(lambda x: halves.bind(x, inner=(body, body)), X) is None


def test_what_is_not_used_counts_too() -> None:
    def careless(x: jax.Array) -> jax.Array:
        jnp.outer(x, x)
        return jnp.sin(x)

    assert cost(careless, X) == 25 + 5


# --------------------------------------------------------------------------- second derivatives


def curved(x: jax.Array) -> jax.Array:
    weights = jnp.linspace(0.1, 1.0, x.size)
    waves = jnp.sum(jnp.sin(x * jnp.roll(x, 1)))
    return waves + jnp.sqrt(1 + x @ x) * (weights @ x) ** 3


def forward_over_reverse(x: jax.Array, v: jax.Array) -> Any:
    return jax.jvp(jax.grad(curved), (x,), (v,))[1]


def reverse_over_reverse(x: jax.Array, v: jax.Array) -> Any:
    return jax.grad(lambda x: jax.grad(curved)(x) @ v)(x)


def reverse_over_forward(x: jax.Array, v: jax.Array) -> Any:
    return jax.grad(lambda x: jax.jvp(curved, (x,), (v,))[1])(x)


def by_hessian(x: jax.Array, v: jax.Array) -> Any:
    return jax.hessian(curved)(x) @ v


def by_products(x: jax.Array, v: jax.Array) -> Any:
    return jax.vmap(lambda unit: forward_over_reverse(x, unit))(jnp.eye(x.size)) @ v


def one_by_one(x: jax.Array, v: jax.Array) -> Any:
    return jnp.stack([forward_over_reverse(x, unit) @ v for unit in jnp.eye(x.size)])


def gradients(product: Callable[..., Any], n: int) -> float:
    """How many gradients a product of the Hessian with a vector costs, at n entries."""
    x = v = jnp.ones(n)
    many, one = cost(product, x, v), cost(jax.grad(curved), x)
    assert many is not None
    assert one
    return many / one


@pytest.mark.parametrize(
    "product", [forward_over_reverse, reverse_over_reverse, reverse_over_forward]
)
def test_a_product_costs_a_few_gradients_whatever_the_size(product: Callable[..., Any]) -> None:
    few, many = (gradients(product, n) for n in (20, 320))
    assert 1.5 < few < 4
    assert many == pytest.approx(few, rel=0.05)


@pytest.mark.parametrize("product", [by_hessian, by_products, one_by_one])
def test_a_whole_hessian_costs_gradients_in_proportion_to_n(product: Callable[..., Any]) -> None:
    few, many = (gradients(product, n) for n in (15, 60))
    assert 15 < few < 4 * 15
    assert many / few == pytest.approx(4, rel=0.1)
