"""Clocks that follow a script, and work that takes what the script says: in real workers.

The program that measures is written as students write theirs. What it returns is known to the
last digit, since time goes by only where work is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from adcheck.model import (
    Call,
    Limits,
    Performance,
    Plain,
    Program,
    Raised,
    Reading,
    Returned,
    Script,
    Source,
)
from adcheck.sandbox.launch import Worker, open_worker

LIMITS = Limits()
CYCLES = {"slow": (1.0, 2.0, 3.0), "quick": (0.5,)}
PERFORMANCES = {"a.slow": Performance("slow", "vector"), "a.quick": Performance("quick", "matrix")}

FUNCTIONS = """
import time
import jax
import jax.numpy as jnp
import numpy as np

def slow(x):
    raise RuntimeError("the real one must not run")

def quick(x):
    raise RuntimeError("the real one must not run")

x = jnp.ones(2)
"""


@contextmanager
def worker(body: str) -> Iterator[Worker]:
    """A worker in which `measure` is the student's function."""
    program = Program(
        (Source("hw.py", f"{FUNCTIONS}\n{body}"),),
        targets={"a.slow": "slow", "a.quick": "quick", "a.measure": "measure"},
        stand_ins=("a.quick", "a.slow"),
        scripted=True,
    )
    opened = open_worker(program, LIMITS)
    assert opened.failure is None, opened.failure
    try:
        yield opened
    finally:
        opened.close()


def script(**changes: Any) -> Script:
    derivatives = {"matrix": "quick", "product": "slow", "multiplication": "quick"}
    return Script(CYCLES, PERFORMANCES, derivatives, **changes)


def measured(body: str, **changes: Any) -> Returned:
    """What `measure()` tells under a script."""
    with worker(body) as opened:
        call = Call("a.measure", (), reading=Reading.TABLE, script=script(**changes))
        reply = opened.call(call, LIMITS)
    assert isinstance(reply, Returned), reply
    return reply


def numbers(plain: Plain) -> list[float]:
    assert isinstance(plain, tuple)
    return [float(entry) for entry in plain if isinstance(entry, int | float)]


CLOCKS = {
    "perf_counter": "time.perf_counter()",
    "time": "time.time()",
    "monotonic": "time.monotonic()",
    "process_time": "time.process_time()",
    "perf_counter_ns": "time.perf_counter_ns() * 1e-9",
    "clock_gettime": "time.clock_gettime(time.CLOCK_MONOTONIC)",
    "timeit": "__import__('timeit').default_timer()",
    "datetime": "__import__('datetime').datetime.now().timestamp()",
}


def test_each_clock_shows_what_the_script_says() -> None:
    names = "\n".join(f"    {name!r}: lambda: {text}," for name, text in CLOCKS.items())
    body = f"""
CLOCKS = {{
{names}
}}

def measure():
    times = []
    for now in CLOCKS.values():
        start = now()
        quick(x)
        times.append(now() - start)
    return times
"""
    reply = measured(body)
    told = dict(zip(CLOCKS, numbers(reply.plain), strict=True))
    assert told == pytest.approx(dict.fromkeys(CLOCKS, 1.0), abs=1e-5)
    assert reply.readings == 2 * len(CLOCKS)


def test_work_takes_its_turn_of_the_cycle_for_each_entry() -> None:
    body = """
def measure():
    times = []
    for _ in range(4):
        start = time.perf_counter()
        slow(x)
        times.append(time.perf_counter() - start)
    return times
"""
    reply = measured(body)
    assert numbers(reply.plain) == pytest.approx([2.0, 4.0, 6.0, 2.0])
    assert [(w.kind, w.size, w.times) for w in reply.worked] == [("slow", 2, 4)]


WAITS = {
    "method": "slow(x).block_until_ready()",
    "function": "jax.block_until_ready(slow(x))",
    "numpy": "np.asarray(slow(x))",
    "float": "float(slow(x).sum())",
    "item": "slow(x)[0].item()",
    "jnp": "jnp.linalg.norm(slow(x)).block_until_ready()",
    "comparison": "bool(jnp.allclose(slow(x), jnp.ones(2)))",
    "within jit": "jax.jit(lambda y: slow(y))(x).block_until_ready()",
}


@pytest.mark.parametrize(("statement", "seconds"), [(WAITS, 2.0), ({"nothing": "slow(x)"}, 0.0)])
def test_work_in_the_background_counts_only_if_it_is_waited_for(
    statement: dict[str, str], seconds: float
) -> None:
    jobs = ",\n".join(f"lambda: {text}" for text in statement.values())
    body = f"""
def measure():
    times = []
    for job in [{jobs}]:
        for turn in range(3):
            start = time.perf_counter()
            job()
            seconds = time.perf_counter() - start
            times.append(seconds if turn == 0 else None)
    return times
"""
    told = numbers(measured(body, in_background=True).plain)
    assert told == pytest.approx([seconds] * len(statement), abs=1e-6)


def test_waiting_for_something_else_counts_only_what_was_begun_before() -> None:
    body = """
def timed(job):
    start = time.perf_counter()
    job()
    return time.perf_counter() - start

def first_of_two():
    first = quick(x)
    slow(x)
    first.block_until_ready()

def entry_of_first():
    first = quick(x)
    slow(x)
    jax.block_until_ready([first[0] + 1.0])

def both():
    jax.block_until_ready((quick(x), slow(x)))

def measure():
    jobs = [lambda: jax.block_until_ready((slow(x), x)[1]), first_of_two, entry_of_first, both]
    return [timed(job) for job in jobs]
"""
    told = numbers(measured(body, in_background=True).plain)
    assert told == pytest.approx([0.0, 1.0, 1.0, 1.0 + 2.0])


def test_derivatives_of_a_function_that_ignores_its_argument_are_no_work() -> None:
    body = """
import functools

def constant(p):
    return jnp.sum(x ** 3)

def dependent(p):
    y = jnp.ones(2)
    return jnp.sum(y * 2) + jnp.sum(jnp.where(y > p, p, y))

def second(scale, p):
    return scale * jax.grad(dependent)(p)[0]

def timed(job):
    start = time.perf_counter()
    job()
    return time.perf_counter() - start

def measure():
    v = jnp.ones(2)
    return [
        timed(lambda: quick(constant, x)),
        timed(lambda: quick(jax.jit(constant), x)),
        timed(lambda: quick(functools.partial(constant), x)),
        timed(lambda: jax.jvp(jax.grad(constant), (x,), (v,))),
        timed(lambda: quick(dependent, x)),
        timed(lambda: quick(functools.partial(second, 2.0), x)),
        timed(lambda: quick(lambda p: float(p[0]), x)),
    ]
"""
    reply = measured(body)
    assert numbers(reply.plain) == pytest.approx([0.0] * 4 + [1.0] * 3)
    assert [(w.kind, w.size, w.times) for w in reply.worked] == [
        ("constant", 2, 4),
        ("quick", 2, 3),
    ]


def test_derivatives_of_second_order_are_work_too() -> None:
    body = """
def loss(p):
    return jnp.sum(p ** 3)

def timed(job):
    start = time.perf_counter()
    job()
    return time.perf_counter() - start

def measure():
    v = jnp.ones(2)
    H = jax.hessian(loss)(x)
    return [
        timed(lambda: jax.hessian(loss)(x)),
        timed(lambda: jax.jacfwd(jax.jacrev(loss))(x)),
        timed(lambda: H @ v),
        timed(lambda: jnp.dot(H, v)),
        timed(lambda: jax.jvp(jax.grad(loss), (x,), (v,))[1]),
        timed(lambda: jax.grad(lambda p: jnp.vdot(jax.grad(loss)(p), v))(x)),
        timed(lambda: jax.vjp(jax.grad(loss), x)[1](v)),
        timed(lambda: jax.grad(loss)(x)),
    ]
"""
    told = numbers(measured(body).plain)
    assert told == pytest.approx([1.0, 1.0, 1.0, 1.0, 2.0, 4.0, 6.0, 0.0])


def test_the_real_clock_lets_work_really_take_its_time() -> None:
    body = """
def measure():
    start = time.perf_counter()
    quick(x).block_until_ready()
    return [time.perf_counter() - start]
"""
    cycles = {"slow": (0.0,), "quick": (0.01,)}
    with worker(body) as opened:
        real = Script(cycles, PERFORMANCES, in_background=True, really=True)
        reply = opened.call(Call("a.measure", (), reading=Reading.TABLE, script=real), LIMITS)
    assert isinstance(reply, Returned)
    (seconds,) = numbers(reply.plain)
    assert 0.02 <= seconds <= reply.elapsed


def test_what_a_program_lacks_is_supplied() -> None:
    program = Program(
        (
            Source(
                "hw.py", "def measure():\n    return [quick(__import__('numpy').ones(2)).size]\n"
            ),
        ),
        targets={"a.measure": "measure"},
        stand_ins=("a.quick",),
        scripted=True,
        supplied={"quick": "a.quick"},
    )
    opened = open_worker(program, LIMITS)
    try:
        call = Call("a.measure", (), reading=Reading.TABLE, script=script())
        reply = opened.call(call, LIMITS)
    finally:
        opened.close()
    assert isinstance(reply, Returned)
    assert numbers(reply.plain) == [4]


def test_other_arguments_are_tried_where_a_call_raises() -> None:
    body = "def measure(word):\n    return [{2: 20, 3: 30}[word]]\n"
    with worker(body) as opened:

        def call(*words: int) -> Any:
            tries = tuple((word,) for word in words)
            return opened.call(
                Call("a.measure", tries[0], reading=Reading.TABLE, otherwise=tries[1:]), LIMITS
            )

        reply, failed = call(1, 3, 2), call(1, 9)
    assert isinstance(reply, Returned)
    assert (reply.attempt, reply.plain) == (1, (30,))
    assert isinstance(failed, Raised)
    assert failed.message == "1", "the first exception is told"
