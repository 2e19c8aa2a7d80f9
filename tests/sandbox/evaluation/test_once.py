"""Derivatives traced as a whole at each call: the values, and what shows, are JAX's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from adcheck.model import Call, Limits, Program, Returned, Source
from adcheck.sandbox.launch import Worker, open_worker

LIMITS = Limits(cpu_seconds=60, wall_seconds=120)

TEXT = """
import jax
import jax.numpy as jnp
import numpy as np

walks = [0]

def cubed(model):
    def loss(p):
        walks[0] += 1
        return model["scale"] * jnp.sum(p**3) + p[0] * p[1]
    return loss

def listed(x):
    return np.array(jax.hessian(cubed({"scale": 2.0}))(x).tolist())

def walked_again(x):
    walks[0] = 0
    for _ in range(3):
        jax.grad(cubed({"scale": 2.0}))(x)
    return np.array(walks[0])

def needs_a_value(x):
    def loss(p):
        return jnp.sum(p**2) if p[0] > 0 else jnp.sum(p**3)
    return np.asarray(jax.grad(loss)(x))

def with_noise(x):
    key, kept = jax.random.key(0), [1.0]
    def loss(p):
        return kept[0] * jnp.sum(p**2 * jax.random.normal(key, p.shape))
    return np.asarray(jax.grad(loss)(x)) / np.asarray(jax.random.normal(key, x.shape))

def with_more(x):
    kept = [1.0]
    def loss(p):
        return kept[0] * jnp.sum(p**2), {"name": "squares", "size": p.size}
    slope, more = jax.grad(loss, has_aux=True)(x)
    assert isinstance(jax.grad(loss, 0, True)(x)[1]["size"], int)
    return np.asarray(slope) + len(more["name"]) + more["size"]

def of_a_number(x):
    kept = [1.0]
    slope = jax.grad(lambda t: kept[0] * t**2)(3.0)
    assert slope.weak_type and isinstance(slope, jax.Array)
    return np.asarray(slope * jnp.ones(3, jnp.float32))

def leaking(x):
    seen = []
    def loss(p):
        seen.append(p)
        return jnp.sum(p**2)
    jax.grad(loss)(x)
    return np.asarray(seen[0] + 1)

def fails(x):
    kept = [1.0]
    return np.asarray(jax.grad(lambda p: kept[0] * p)(x))
"""
NAMES = (
    "listed", "walked_again", "needs_a_value", "with_noise", "with_more", "of_a_number", "leaking",
    "fails",
)  # fmt: skip
X = np.array([0.5, -1.0, 2.0])
SLOPE = {
    "listed": np.diag(12 * X) + np.eye(3)[[1, 0, 2]] * [1, 1, 0],
    "walked_again": np.array(3),
    "needs_a_value": 2 * X,
    "with_noise": 2 * X,
    "with_more": 2 * X + 10,
    "of_a_number": np.full(3, 6.0, np.float32),
}


@pytest.fixture(scope="module", params=[True, False], ids=["as a whole", "as they stand"])
def worker(request: pytest.FixtureRequest) -> Iterator[Worker]:
    program = Program((Source("hw.py", TEXT),), targets={name: name for name in NAMES})
    opened = open_worker(program, LIMITS, interpret=request.param)
    yield opened
    opened.close()


def called(worker: Worker, name: str) -> Any:
    return worker.call(Call(name, (X,)), LIMITS)


@pytest.mark.parametrize("again", [1, 2])
@pytest.mark.parametrize("name", SLOPE)
def test_values_are_those_of_jax_itself(worker: Worker, name: str, again: int) -> None:
    reply = called(worker, name)
    assert isinstance(reply, Returned), reply
    value: Any = reply.value
    np.testing.assert_allclose(value.data, SLOPE[name], rtol=1e-12)
    assert value.data.dtype == SLOPE[name].dtype


@pytest.mark.parametrize("name", ["leaking", "fails"])
def test_what_raises_raises_the_same(worker: Worker, name: str) -> None:
    kinds = {"leaking": "UnexpectedTracerError", "fails": "TypeError"}
    assert called(worker, name).type == kinds[name]
