"""Remembered derivatives: the same values, traced once, in a real worker since JAX is changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from adcheck.model import Call, Limits, Program, Raised, Returned, Source
from adcheck.sandbox.evaluation.transformations import FIRST
from adcheck.sandbox.launch import Worker, open_worker

LIMITS = Limits(cpu_seconds=60, wall_seconds=120)

TEXT = """
import functools
import jax
import jax.numpy as jnp
from jax import grad

walks = [0]

def f(x, scale=1.0):
    walks[0] += 1
    return scale * jnp.sum(x**3)

def descend(x, count):
    walks[0] = 0
    for _ in range(int(count[0])):
        x = x - 0.01 * grad(f)(x)
    return jnp.append(x, float(walks[0]))

def descend_by_lambda(x, count):
    walks[0] = 0
    start = x
    for _ in range(int(count[0])):
        x = x - 0.01 * jax.grad(lambda z, y: f(z) + 0 * jnp.sum(y))(x, start)
    return jnp.append(x, float(walks[0]))

def rows(x, count):
    walks[0] = 0
    product = lambda v: jax.jvp(jax.grad(f), (x,), (v,))[1]
    ones = [product(jnp.ones(len(x))) for _ in range(20)]
    return jnp.append(jnp.stack(ones).ravel(), walks[0])

def counting(x, count):
    calls = [0]
    def g(z):
        calls[0] += 1
        return calls[0] * jnp.sum(z)
    return jnp.stack([jax.grad(g)(x)[0] for _ in range(3)])

def both(x, count):
    value, slope = jax.value_and_grad(f)(x)
    return jnp.append(slope, value)

def second(x, count):
    return jax.hessian(f)(x) + jax.jacfwd(jax.grad(f))(x) + jax.jacrev(jax.jacfwd(f))(x)

def python_inside(x, count):
    def g(z):
        return jnp.sum(z) * (2.0 if z[0] > 0 else 1.0)
    return jax.grad(g)(x)

def static(x, count):
    def power(z, n):
        for _ in range(n):
            z = z * z
        return jnp.sum(z)
    return jnp.concatenate([jax.grad(power)(x, 1), jax.grad(power)(x, 2)])

def scaled(x, count):
    return jnp.concatenate([jax.grad(f)(x, 2.0), jax.grad(functools.partial(f, scale=3.0))(x)])

def keyword(x, count):
    return jax.grad(f)(x, scale=2.0)

class Model:
    def __init__(self, scale):
        self.scale = scale

    def loss(self, x):
        return self.scale * jnp.sum(x**3)

def methods(x, count):
    return jnp.concatenate([jax.grad(Model(s).loss)(x) for s in (1.0, 2.0, 3.0)])

def closures(x, count):
    slopes = []
    for scale in (1.0, 2.0, 3.0):
        slopes.append(jax.grad(lambda z: scale * jnp.sum(z**3))(x))
    return jnp.concatenate(slopes)

def wrong(x, count):
    return jax.grad(lambda z: z)(x)

def vectors_of_several_sizes(x, count):
    return jnp.concatenate([jax.grad(f)(x[:n]) for n in (1, 2, 3, 2)])
"""
# fmt: off
NAMES = (
    "descend", "descend_by_lambda", "rows", "both", "second", "python_inside", "static", "scaled",
    "counting", "keyword", "methods", "closures", "wrong", "vectors_of_several_sizes",
)
# fmt: on
X = np.array([0.5, -1.0, 2.0])
COUNT = np.array([40.0])


@pytest.fixture(scope="module", params=[True, False], ids=["remembered", "as they stand"])
def worker(request: pytest.FixtureRequest) -> Iterator[tuple[bool, Worker]]:
    program = Program((Source("hw.py", TEXT),), targets={name: name for name in NAMES})
    opened = open_worker(program, LIMITS, interpret=request.param)
    yield request.param, opened
    opened.close()


def result(worker: Worker, name: str, jit: bool = False) -> Any:
    reply = worker.call(Call(name, (X, COUNT), jit=jit), LIMITS)
    assert isinstance(reply, Returned), reply
    return reply.value.data  # type: ignore[union-attr]


def descended(steps: int) -> Any:
    x = X.copy()
    for _ in range(steps):
        x = x - 0.01 * 3 * x**2
    return x


@pytest.mark.parametrize("name", ["descend", "descend_by_lambda"])
def test_a_descent_walks_through_its_function_a_few_times(
    worker: tuple[bool, Worker], name: str
) -> None:
    remembered, opened = worker

    *x, walks = result(opened, name)

    np.testing.assert_allclose(x, descended(40), rtol=1e-13)
    # the first ones as they stand, then every one whose number is a power of two, and one trace
    assert walks == (FIRST + 2 + 1 if remembered else 40)


def test_within_a_trace_derivatives_are_remembered_too(worker: tuple[bool, Worker]) -> None:
    remembered, opened = worker

    *entries, walks = result(opened, "rows", jit=True)

    np.testing.assert_allclose(np.reshape(entries, (20, 3)), np.tile(6 * X, (20, 1)), rtol=1e-14)
    # the 16th is taken as it stands, but the gradient in it is remembered
    assert walks == (FIRST + 1 if remembered else 20)


def test_what_a_function_leaves_behind_shows_at_every_call(worker: tuple[bool, Worker]) -> None:
    for _ in range(2):
        assert result(worker[1], "counting").tolist() == [1.0, 2.0, 3.0]


SLOPE = 3 * X**2
EXPECTED: dict[str, Any] = {
    "both": [*SLOPE, np.sum(X**3)],
    "second": 3 * np.diag(6 * X),
    "python_inside": [2.0, 2.0, 2.0],
    "static": [*(2 * X), *(4 * X**3)],
    "scaled": [*(2 * SLOPE), *(3 * SLOPE)],
    "keyword": 2 * SLOPE,
    "methods": [*SLOPE, *(2 * SLOPE), *(3 * SLOPE)],
    "closures": [*SLOPE, *(2 * SLOPE), *(3 * SLOPE)],
    "vectors_of_several_sizes": [*SLOPE[:1], *SLOPE[:2], *SLOPE, *SLOPE[:2]],
}


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("again", [1, 2], ids=["first", "second"])
def test_values_are_those_of_jax_itself(worker: tuple[bool, Worker], name: str, again: int) -> None:
    for _ in range(again):
        value = result(worker[1], name)
    np.testing.assert_allclose(value, EXPECTED[name], rtol=1e-13)


def test_what_raises_raises_the_same(worker: tuple[bool, Worker]) -> None:
    reply = worker[1].call(Call("wrong", (X, COUNT)), LIMITS)
    assert isinstance(reply, Raised)
    assert reply.type == "TypeError"
    assert reply.message.startswith("Gradient only defined for scalar-output functions.")
