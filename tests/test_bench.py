"""`adcheck.bench`: one worker at a time, loaded once, and confined as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from adcheck import bench as module
from adcheck.bench import STAGES, Bench, Spent
from adcheck.errors import GraderError
from adcheck.model import Call, Limits, Program, Returned, Source
from adcheck.sandbox.isolation import Choice
from adcheck.sandbox.launch import Worker, open_worker

LIMITS = Limits(cpu_seconds=20, wall_seconds=60)
X = np.array([0.5, 1.0, 1.5])


def program(text: str = "def f(x): return 2 * x\n") -> Program:
    return Program((Source("hw.py", text),), (), {"a.f": "f"})


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench(LIMITS)
    yield made
    made.clear()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Program]:
    """Notes of the programs for which a worker was opened."""
    noted: list[Program] = []
    original = open_worker

    def open_and_note(made: Program, limits: Limits, **options: Any) -> Worker:
        noted.append(made)
        return original(made, limits, **options)

    monkeypatch.setattr(module, "open_worker", open_and_note)
    return noted


def test_a_program_is_loaded_once_and_its_worker_kept(bench: Bench, opened: list[Program]) -> None:
    made = program()
    for _ in range(2):
        reply = bench.worker(made, True).call(Call("a.f", (X,)), LIMITS)
        assert isinstance(reply, Returned)
    assert opened == [made]
    assert bench.layers["rlimits"] == "on"
    assert bench.cpu_seconds > 0.0


def test_another_program_and_the_end_of_a_worker_open_another(
    bench: Bench, opened: list[Program]
) -> None:
    one, other = program(), program()
    bench.worker(one, True)
    bench.worker(other, True)
    bench.worker(other, False)
    bench.clear()
    bench.worker(other, False)
    assert opened == [one, other, other, other]


def test_why_a_program_does_not_load_is_found_out_once(bench: Bench, opened: list[Program]) -> None:
    made = program("import no_such_module_anywhere\n1 / 0\n")
    first = bench.failure(made)
    assert first is not None
    assert bench.failure(made) is first
    assert bench.failure(program()) is None
    assert len(opened) == 2


def test_a_bench_that_was_abandoned_opens_nothing_more(bench: Bench) -> None:
    bench.abandon()
    with pytest.raises(GraderError, match="given up"):
        bench.worker(program(), True)


@pytest.mark.parametrize("isolation", ["auto", "weak", "none"])
def test_workers_are_confined_as_the_bench_says(isolation: Choice) -> None:
    bench = Bench(LIMITS, isolation)
    bench.worker(program(), True)
    bench.clear()
    asked = "off: not asked for"
    assert (bench.layers.get("confinement") == asked) is (isolation != "auto")
    assert (bench.layers["rlimits"] == asked) is (isolation == "none")


def test_a_layer_that_was_off_in_one_worker_is_off(bench: Bench) -> None:
    bench.layers = {"rlimits": "off: it was busy"}
    bench.worker(program(), True)
    assert bench.layers["rlimits"] == "off: it was busy"


def test_what_was_spent_since_a_moment_is_told_by_stage() -> None:
    spent = Spent()
    spent.add("run", 1.5)
    earlier = dict(spent.seconds)
    spent.add("run", 0.25)
    spent.add("trace", 2.0)
    assert spent.since(earlier) == dict.fromkeys(STAGES, 0.0) | {"run": 0.25, "trace": 2.0}
