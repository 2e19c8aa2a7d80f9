"""Hostile and broken submissions, graded for real: none gets out, each earns what it should.

`expected.toml` says what must happen to each. A quick selection runs always, all of them with
``pytest -m hostile``.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adcheck.sandbox import isolation
from tests.hostile.arena import Arena, Run, run_marked
from tests.hostile.builders import BUILDERS
from tests.sandbox.workers import running

__all__ = ["run_marked"]

HERE = Path(__file__).parent
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((HERE / "expected.toml").read_text("utf-8"))
CATEGORIES = sorted({name.partition("/")[0] for name in EXPECTED})

ITEM = "hvp.naive_hvp"
POINTS = {
    "hvp.get_params": 2,
    "hvp.hessian": 2,
    "hvp.naive_hvp": 2,
    "hvp.hvp": 4,
    "step_size.gd_loss": 5,
    "step_size.tune": 5,
    "step_size.optimality": 3,
}
"""Points that a machine grades."""

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines"),
]


@pytest.fixture
def arena(tmp_path: Path, run_marked: str) -> Iterator[Arena]:
    place = Arena(tmp_path / "arena", run_marked)
    yield place
    place.close()


@pytest.fixture(scope="module")
def strict() -> None:
    with running("x = 1\n") as worker:
        if isolation.level(worker.layers) != "strict":
            pytest.skip(f"no strict isolation here: {worker.layers}")


def _cases(names: Iterator[str] | list[str]) -> list[Any]:
    """Each with its markers: a fault of adcheck's that is known fails until it is mended."""
    cases = []
    for name in names:
        expected = EXPECTED[name]
        marks: list[Any] = [pytest.mark.hostile_quick] if expected.get("quick") else []
        if "fault" in expected:
            marks.append(pytest.mark.xfail(reason=expected["fault"]))
        cases.append(pytest.param(name, marks=marks))
    return cases


def _graded(arena: Arena, name: str, *options: str) -> list[Run]:
    """All runs of one submission; several where it counts on what the one before left."""
    expected = EXPECTED[name]
    if name in BUILDERS:
        path = arena.build(BUILDERS[name])
    else:
        path = arena.hand_in(HERE / name, expected.get("as", ""))
    only = [f"--only={item}" for item in expected.get("items", {ITEM: 0})]
    timeout = f"--timeout={expected.get('timeout', 10)}"
    command = [*only, timeout, *options]
    if "seconds" in expected or expected.get("apart"):
        seconds = expected.get("seconds", 60)
        runs = [arena.check_apart(path, *command, "--format=json", seconds=seconds)]
    else:
        count = expected.get("runs", 1)
        runs = [arena.check(path, *command, "--format=json") for _ in range(count)]
    if expected.get("table"):
        runs.append(arena.check(path, *command, "--format=table"))
    return runs


@pytest.mark.parametrize("name", _cases(list(EXPECTED)))
def test_it_stays_in_and_earns_what_it_should(name: str, arena: Arena, strict: None) -> None:
    expected = EXPECTED[name]
    runs = _graded(arena, name)
    told = runs[0].stderr or runs[0].stdout
    assert arena.escaped(runs) == {}, told
    for run in runs:
        assert run.steering() == []
        assert run.commands() == []
        assert "Traceback" not in run.stderr, run.stderr
    assert runs[0].code is not None, f"it had to be killed after {runs[0].seconds:.0f} seconds"
    if runs[0].megabytes:
        assert runs[0].megabytes < expected.get("megabytes", 1000), "so much memory to grade it"
    if "exit" in expected:
        assert runs[0].code == expected["exit"], told
        return
    wanted = expected.get("items", {ITEM: 0})
    for run in runs[:-1] if expected.get("table") else runs:
        items = run.items
        messages = {id_: item["message"] for id_, item in items.items()}
        assert {id_: item["points"] for id_, item in items.items()} == wanted, messages
        statuses = expected.get("status", {})
        assert {id_: items[id_]["status"] for id_ in statuses} == statuses, messages
        assert run.code == (1 if any(wanted[id_] < POINTS[id_] for id_ in wanted) else 0), told
        codes = [problem["code"] for problem in run.report["problems"]]
        assert [code for code in expected.get("problems", []) if code not in codes] == []
        assert expected.get("says", "") in run.stdout
        assert run.report["isolation"]["level"] in ("strict", expected.get("isolation"))


@pytest.mark.parametrize("name", [name for name in EXPECTED if "unconfined" in EXPECTED[name]])
def test_without_confinement_it_would_get_out(name: str, arena: Arena) -> None:
    # what proves nothing here proves nothing above
    if EXPECTED[name].get("root") and os.geteuid() != 0:
        pytest.skip("only root would get out")
    runs = _graded(arena, name, "--isolation=none")
    assert EXPECTED[name]["unconfined"] in arena.escaped(runs), runs[-1].stdout[-3000:]


def test_every_file_is_expected_something_of() -> None:
    files = {
        str(path.relative_to(HERE))
        for path in HERE.glob("*/*")
        if path.parent.name != "__pycache__"
    }
    assert files | set(BUILDERS) == set(EXPECTED)
    assert not files & set(BUILDERS)


def test_the_corpus_is_large_and_its_quick_selection_small() -> None:
    assert len(EXPECTED) >= 80
    assert 15 <= sum(bool(expected.get("quick")) for expected in EXPECTED.values()) <= 25
    assert all(expected.get("note") for expected in EXPECTED.values())
