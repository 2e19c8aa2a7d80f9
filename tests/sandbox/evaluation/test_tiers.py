"""Interpreting first, compiling what runs often: in a real worker, since JAX itself is changed."""

from __future__ import annotations

import numpy as np
import pytest

from adcheck.model import Call, Limits, Program, Returned, Source
from adcheck.sandbox.launch import open_worker

LIMITS = Limits(cpu_seconds=60, wall_seconds=120)

COUNTING = """
import jax
import jax.numpy as jnp
from jax._src import compiler

compilations = [0]
real = compiler.backend_compile_and_load

def counting(*arguments, **keywords):
    compilations[0] += 1
    return real(*arguments, **keywords)

compiler.backend_compile_and_load = counting

def once(x):
    y = jnp.tanh(x) @ x + jnp.where(x > 0, x, 0.0)[0]
    return jnp.stack([y, jax.jit(jax.grad(lambda z: jnp.sum(z**3)))(x)[1]])

def often(x):
    step = jax.jit(lambda z: z - 0.1 * jnp.sin(z))
    for _ in range(300):
        x = step(x)
    return x

def weakly(x):
    return jnp.asarray(3.0) * x, 2 * jnp.float32(1.5)

def changed(x):
    import numpy as np
    mine = np.zeros(3)
    kept = jnp.array(mine), jax.jit(lambda z: z)(mine), jax.jit(lambda z: z[:])(mine)
    mine += 1
    return [jnp.sum(k) for k in kept]

def count(x):
    return float(compilations[0])
"""
X = np.linspace(-1.0, 2.0, 5)


@pytest.fixture(params=[True, False], ids=["interpreted", "compiled"])
def called(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Calls a function of the program and tells what it compiled for that."""
    names = ("once", "often", "weakly", "changed", "count")
    program = Program((Source("hw.py", COUNTING),), targets={name: name for name in names})
    worker = open_worker(program, LIMITS, interpret=request.param)

    def call(name: str, x: np.ndarray = X):  # type: ignore[no-untyped-def]
        before, reply, after = (
            worker.call(Call(n, (x,)), LIMITS) for n in ("count", name, "count")
        )
        assert isinstance(before, Returned)
        assert isinstance(reply, Returned), reply
        assert isinstance(after, Returned)
        return reply.value, int(after.value.data - before.value.data)  # type: ignore[union-attr]

    yield request.param, call
    worker.close()


def test_what_runs_once_is_not_compiled(called) -> None:  # type: ignore[no-untyped-def]
    interpreted, call = called

    value, compilations = call("once")

    np.testing.assert_allclose(value.data, [np.tanh(X) @ X, 3 * X[1] ** 2], rtol=1e-14)
    assert (compilations == 0) == interpreted


def test_what_runs_often_is_compiled_once(called) -> None:  # type: ignore[no-untyped-def]
    _, call = called
    expected = X.copy()
    for _ in range(300):
        expected = expected - 0.1 * np.sin(expected)

    value, compilations = call("often")

    np.testing.assert_allclose(value.data, expected, rtol=1e-13)
    assert compilations == 1


def test_precisions_are_those_of_jax_itself(called) -> None:  # type: ignore[no-untyped-def]
    _, call = called

    value, _ = call("weakly", X.astype(np.float32))

    assert [part.dtype for part in value] == ["float32", "float32"]


def test_results_are_the_same_the_first_time_and_the_hundredth(called) -> None:  # type: ignore[no-untyped-def]
    _, call = called

    results = [call("once")[0].data for _ in range(100)]

    np.testing.assert_allclose(results, [results[0]] * 100, rtol=1e-14)


def test_an_array_that_the_program_changes_afterwards_is_another(called) -> None:  # type: ignore[no-untyped-def]
    _, call = called

    value, _ = call("changed")

    assert value.data.tolist() == [0.0, 0.0, 0.0]
