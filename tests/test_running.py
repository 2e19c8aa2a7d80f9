"""`adcheck.running`: every right answer passes in some way, and no wrong one does."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from adcheck import running
from adcheck.authoring import judge_all
from adcheck.bench import Bench
from adcheck.model import (
    Call,
    Case,
    Cause,
    Died,
    Graded,
    Item,
    Limits,
    Outcome,
    Part,
    Program,
    Raised,
    Returned,
    Source,
)
from adcheck.running import Runner
from adcheck.sandbox.launch import Worker, open_worker
from adcheck.survey import Programs

LIMITS = Limits(cpu_seconds=20, wall_seconds=60)
DRAWS = [np.array([0.5, 1.0, 1.5]), np.array([2.0, 3.0, 5.0]), np.array([7.0, 11.0, 13.0])]


def item(id_: str = "a.f", *parts: Part, cpu_seconds: float = 20) -> Item:
    limits = Limits(cpu_seconds=cpu_seconds, wall_seconds=60)
    return Item(
        id_, "F", "f", "f(x)", 1.0, Graded.AUTO, ("f",), parts or (Part("values", "V", 1.0),),
        limits=limits,
    )  # fmt: skip


def case(index: int = 0, part: str = "values", id_: str = "a.f", jit: bool = True) -> Case:
    """Two calls with different numbers, of which the doubles are the right answers."""
    inputs = [DRAWS[index % 3], DRAWS[(index + 1) % 3] + index]
    calls = tuple(Call(id_, (x,), jit=jit) for x in inputs)
    judge = judge_all([2 * x for x in inputs])
    return Case(part, index, index, tuple({"x": x} for x in inputs), calls, judge)


def program(text: str, whole: bool = False) -> Program:
    source = Source("hw.py", textwrap.dedent(text))
    return Program((source,), (), {"a.f": "f", "a.g": "g"}, whole=whole)


def programs(text: str, whole: str | None = None) -> Programs:
    together = program(text)
    return Programs(together, {"a.f": together, "a.g": together}, program(whole or text, True))


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench(LIMITS)
    yield made
    made.clear()


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bool, bool, bool, bool]]:
    """Notes of every way in which a case is tried: traced, double precision, whole, interpreted."""
    tried: list[tuple[bool, bool, bool, bool]] = []
    original: Callable[..., Outcome] = Runner._try

    def noted(self: Runner, case: Case, way: running.Way) -> Outcome:
        tried.append((way.jit, way.x64, way.program.whole, way.interpret))
        return original(self, case, way)

    monkeypatch.setattr(Runner, "_try", noted)
    return tried


JIT, EAGER = (True, True, False, True), (False, True, False, True)
SINGLE, WHOLE = (False, False, False, True), (False, True, True, True)
JIT_BY_XLA, EAGER_BY_XLA = (True, True, False, False), (False, True, False, False)


def run(bench: Bench, made: Programs, cases: Sequence[Case], **options: Any) -> list[Outcome]:
    return list(Runner(bench, made, options.get("item", item())).run(cases))


def test_a_right_answer_is_compiled_once_and_passes(bench: Bench, ways: list[Any]) -> None:
    outcomes = run(bench, programs("def f(x): return 2 * x\n"), [case(0), case(1)])
    assert [outcome.ok for outcome in outcomes] == [True, True]
    assert ways == [JIT, JIT]
    assert all(outcome.seconds > 0 for outcome in outcomes)


def test_what_cannot_be_traced_passes_eagerly_and_stays_eager(
    bench: Bench, ways: list[Any]
) -> None:
    text = "import jax.numpy as jnp\ndef f(x): return jnp.array([2 * float(t) for t in x])\n"
    assert all(outcome.ok for outcome in run(bench, programs(text), [case(0), case(1)]))
    assert ways == [JIT, EAGER, EAGER]


def test_what_is_not_to_be_compiled_is_not(bench: Bench, ways: list[Any]) -> None:
    text = "def f(x): return [2 * float(t) for t in x]\n"
    assert run(bench, programs(text), [case(0, jit=False)])[0].ok
    assert ways == [EAGER]


def test_a_leaked_tracer_does_not_spoil_the_next_way(bench: Bench, ways: list[Any]) -> None:
    text = """
    kept = []
    def f(x):
        kept.append(x)
        float(kept[0][0])
        return 2 * x
    """
    assert run(bench, programs(text), [case(0)])[0].ok
    assert ways == [JIT, EAGER]


@pytest.mark.parametrize(
    ("text", "tried"),
    [
        pytest.param(
            "kept = []\ndef f(x):\n    kept.append(2 * x)\n    return kept[0]\n",
            [JIT, EAGER, EAGER_BY_XLA],
            id="result",
        ),
        pytest.param(
            "import functools\n@functools.cache\ndef inner(n): return first[0]\nfirst = []\n"
            "def f(x):\n    first.append([2 * float(t) for t in x])\n    return inner(len(x))\n",
            [JIT, EAGER, EAGER_BY_XLA],
            id="by-shape",
        ),
    ],
)
def test_an_answer_kept_from_the_first_call_fails_in_every_way(
    bench: Bench, ways: list[Any], text: str, tried: list[Any]
) -> None:
    (outcome,) = run(bench, programs(text), [case(0)])
    assert not outcome.ok
    assert ways == tried


def test_a_wrong_answer_is_confirmed_by_xla(bench: Bench, ways: list[Any]) -> None:
    (outcome,) = run(bench, programs("def f(x): return 3 * x\n"), [case(0)])
    assert not outcome.ok
    assert ways == [JIT, JIT_BY_XLA, EAGER]


def test_what_our_interpreter_gets_wrong_costs_nothing(bench: Bench, ways: list[Any]) -> None:
    wrong = """
    import sys
    equations = sys.modules["adcheck.sandbox.evaluation.equations"]
    equations.PRIMITIVES["mul"] = lambda x, y, **_: x + y
    def f(x): return x * 2
    """
    (outcome,) = run(bench, programs(wrong), [case(0)])
    assert outcome.ok
    assert ways == [JIT, JIT_BY_XLA]


def test_the_eager_outcome_is_what_is_told(bench: Bench) -> None:
    text = "def f(x):\n    float(x[0])\n    raise ValueError('mine')\n"
    (outcome,) = run(bench, programs(text), [case(0)])
    assert isinstance(outcome.replies[-1], Raised)
    assert outcome.replies[-1].message == "mine"
    assert outcome.comparison is None


def test_code_that_only_our_tracing_makes_raise_is_run_without(
    bench: Bench, ways: list[Any]
) -> None:
    text = """
    import jax, jax.numpy as jnp
    def g(y):
        return jnp.sum(y**2)
    def f(x):
        if hasattr(jax.grad(g), "__adcheck_identity__"):
            raise RuntimeError("something of this process's was in the way")
        return jax.grad(g)(x)
    """
    (outcome,) = run(bench, programs(text), [case(0)])
    assert outcome.ok
    assert ways == [JIT, EAGER, EAGER_BY_XLA]


def test_code_that_cannot_have_double_precision_gets_single(bench: Bench, ways: list[Any]) -> None:
    text = """
    import jax, jax.numpy as jnp
    def f(x):
        start = jnp.zeros(3, jnp.float32)
        return jax.lax.scan(lambda c, _: (c + x, None), start, None, length=2)[0]
    """
    (outcome,) = run(bench, programs(text), [case(0)])
    assert outcome.ok
    assert ways == [JIT, EAGER, SINGLE]
    reply = outcome.replies[0]
    assert isinstance(reply, Returned)
    assert getattr(reply.value, "dtype", "") == "float32"


def test_where_the_slice_lacks_a_name_everything_is_run(bench: Bench, ways: list[Any]) -> None:
    lacking = "def f(x): return factor * x\n"
    runner = Runner(bench, programs(lacking, "factor = 2\n" + lacking), item())
    assert [outcome.ok for outcome in runner.run([case(0), case(1)])] == [True, True]
    assert ways[:3] == [JIT, EAGER, WHOLE]
    assert runner.whole


def test_a_slice_that_does_not_load_gives_way_to_the_whole(bench: Bench) -> None:
    lacking = "factor = missing\ndef f(x): return 2 * x\n"
    whole = "raise_here = 1 / 1\ndef f(x): return 2 * x\n"
    runner = Runner(bench, programs(lacking, whole), item())
    assert runner.failure is None
    assert runner.whole
    assert [outcome.ok for outcome in runner.run([case(0)])] == [True]


def test_where_nothing_loads_the_leanest_failure_is_told(bench: Bench) -> None:
    runner = Runner(bench, programs("import os\nos._exit(3)\n"), item())
    assert runner.failure == Died(Cause.CRASH, "It ended the Python process (exit code 3).")


def test_after_a_failure_a_few_more_cases_are_run_quickly(bench: Bench, ways: list[Any]) -> None:
    outcomes = run(bench, programs("def f(x): return 3 * x\n"), [case(n) for n in range(8)])
    assert [outcome.ok for outcome in outcomes] == [False] * (1 + running.MORE_FAILURES)
    assert ways == [JIT, JIT_BY_XLA, EAGER] + [JIT] * running.MORE_FAILURES


def test_calls_that_are_quick_enough_one_by_one_may_not_go_on_for_ever(bench: Bench) -> None:
    text = """
    import time
    def f(x):
        start = time.process_time()
        while time.process_time() - start < 0.5:
            pass
        return [2 * float(t) for t in x]
    """
    short = item(cpu_seconds=1)
    cases = [case(n, jit=False) for n in range(20)]
    outcomes = run(bench, programs(text), cases, item=short)
    *passed, last = outcomes
    assert all(outcome.ok for outcome in passed)
    assert 7 <= len(passed) <= 10  # two calls each of half a second, within ten seconds
    assert last.replies[-1] == Died(
        Cause.TIME, "Its calls together did not finish within 10 seconds."
    )


def test_a_part_that_raised_is_left_and_another_is_tried(bench: Bench) -> None:
    parts = Part("values", "V", 1.0), Part("other", "O", 0.0), Part("needs", "N", 0.0, "values")
    text = "def f(x):\n    if x[0] < 2: raise ValueError('small')\n    return 2 * x\n"
    cases = [case(0), case(1), case(2, "needs"), case(4, "other")]
    outcomes = run(bench, programs(text), cases, item=item("a.f", *parts))
    assert [(o.case.part, o.ok) for o in outcomes] == [("values", False), ("other", True)]


def test_a_time_limit_ends_the_item_and_not_the_next(bench: Bench, ways: list[Any]) -> None:
    text = "def f(x):\n    while True: pass\ndef g(x): return 2 * x\n"
    made = programs(text)
    slow = item("a.f", Part("values", "V", 0.5), Part("other", "O", 0.5), cpu_seconds=0.5)
    outcomes = run(bench, made, [case(0), case(1), case(2, "other")], item=slow)
    assert [outcome.replies[-1] for outcome in outcomes] == [
        Died(Cause.TIME, "It did not finish within 0.5 seconds.")
    ]
    after = run(bench, made, [case(0, id_="a.g")], item=item("a.g"))
    assert [outcome.ok for outcome in after] == [True]


def test_a_program_is_loaded_once_and_its_worker_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Program] = []
    original = open_worker

    def noted(made: Program, limits: Limits, **options: Any) -> Worker:
        opened.append(made)
        return original(made, limits, **options)

    monkeypatch.setattr("adcheck.bench.open_worker", noted)
    made = programs("def f(x): return 2 * x\ndef g(x): return x + x\n")
    for id_ in ("a.f", "a.g"):
        runner = Runner(bench, made, item(id_))
        assert [p.name for p in runner.parameters() or ()] == ["x"]
        assert [outcome.ok for outcome in runner.run([case(0, id_=id_)])] == [True]
    assert opened == [made.together]
    assert bench.layers["rlimits"] == "on"


def test_calls_that_several_parts_look_at_are_made_and_timed_once(bench: Bench) -> None:
    slow = case(jit=False)
    text = "import time\ndef f(x):\n    time.sleep(0.2)\n    return 2 * x\n"
    parts = Part("values", "V", 1.0), Part("again", "A", 1.0), Part("more", "M", 1.0)
    cases = [replace(slow, part=part.id) for part in parts]
    outcomes = run(bench, programs(text), cases, item=item("a.f", *parts))
    assert [outcome.ok for outcome in outcomes] == [True, True, True]
    assert len({id(reply) for outcome in outcomes for reply in outcome.replies}) == 2
    made = [reply for reply in outcomes[0].replies if isinstance(reply, Returned)]
    in_all = sum(r.seconds - r.traced - r.compiled for r in made)
    assert bench.spent.seconds["run"] == pytest.approx(in_all)
