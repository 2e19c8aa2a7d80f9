"""`adcheck.snippet`: what is pasted fails with a wrong function and passes with a right one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from adcheck.assignment import load_assignment
from adcheck.model import (
    Array,
    Case,
    Comparison,
    Context,
    Item,
    Kind,
    Parameter,
    Returned,
    Value,
)
from adcheck.sandbox.wire import OPERATIONS
from adcheck.snippet import OPERATIONS as WRITTEN
from adcheck.snippet import snippet
from reference import hvp, step_size

ITEMS: dict[str, Item] = {
    item.id: item for slug in ("hvp", "step_size") for item in load_assignment(slug).items
}
TAKEN = tuple(Parameter(n, "positional", False) for n in ("a", "x0", "lr", "steps"))


class MLP:
    """The given network, as a student has it."""

    def __init__(self, key: Any, sizes: list[int]) -> None:
        keys = jax.random.split(key, len(sizes) - 1)
        shapes = zip(keys, sizes[:-1], sizes[1:], strict=True)
        self.weights = [jax.random.normal(k, (m, n)) for k, m, n in shapes]

    def get_params(self) -> Any:
        return hvp.flatten(self.weights)


def sizes_of(model: MLP) -> list[int]:
    return [model.weights[0].shape[0], *[w.shape[1] for w in model.weights]]


RIGHT: dict[str, dict[str, Any]] = {
    "hvp.get_params": {"MLP": MLP},
    "hvp.hessian": {"MLP": MLP, "hess": lambda model, p: hvp.hessian(p, sizes_of(model))},
    "hvp.naive_hvp": {"naive": lambda h, v: h @ v},
    "hvp.hvp": {"product": hvp.hvp},
    "step_size.gd_loss": {"loss": step_size.gd_loss},
    "step_size.tune": {
        "tune": lambda a, x0, lr, steps: (step_size.tune_step_sizes(a, x0, lr, steps), [1.0])
    },
    "step_size.optimality": {"evidence": step_size.local_optimality},
}
NAMES = {id_: next(iter(names)) for id_, names in RIGHT.items()} | {
    "hvp.get_params": "MLP.get_params",
    "hvp.hessian": "hess",
}
EVERY = [pytest.param(id_, id=id_) for id_ in RIGHT]


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    """A snippet switches double precision on; other tests have their own."""
    before = bool(jax.config.jax_enable_x64)  # type: ignore[attr-defined]
    yield
    jax.config.update("jax_enable_x64", before)  # type: ignore[no-untyped-call]


@cache
def cases(id_: str, seed: int = 0) -> list[Case]:
    task = load_assignment(id_.partition(".")[0]).load_tasks()[id_]
    return list(task.cases(Context(ITEMS[id_], seed, task.signatures[0].parameters)))


def value(answer: Any) -> Value:
    if isinstance(answer, tuple):
        return tuple(map(value, answer))
    return Array(np.asarray(answer), "float64")


def wrong(case: Case, factor: float = 1.001) -> Comparison:
    """The verdict on answers that are a little too large."""
    assert case.expected is not None
    answers = case.expected()
    scaled = [
        tuple(factor * part for part in a) if isinstance(a, tuple) else factor * a for a in answers
    ]
    comparison = case.judge([Returned(value(answer), 0.0) for answer in scaled])
    assert not comparison.ok
    return comparison


def written(id_: str, case: Case, full: bool = False, factor: float = 1.001) -> str:
    comparison = wrong(case, factor)
    return snippet(
        ITEMS[id_], NAMES[id_], case, comparison.call, comparison,
        TAKEN if id_ == "step_size.tune" else None, full=full,
    )  # fmt: skip


def run(text: str, names: dict[str, Any]) -> None:
    exec(compile(text, "<snippet>", "exec"), dict(names))


@pytest.mark.parametrize("full", [False, True], ids=["checksum", "full"])
@pytest.mark.parametrize("id_", EVERY)
def test_a_right_function_passes(id_: str, full: bool, capsys: pytest.CaptureFixture[str]) -> None:
    run(written(id_, cases(id_)[0], full), RIGHT[id_])
    assert capsys.readouterr().out.endswith("right\n")


def scaled_by(function: Any, factor: float) -> Any:
    def changed(*args: Any, **keywords: Any) -> Any:
        result = function(*args, **keywords)
        if isinstance(result, tuple):
            return tuple(factor * np.asarray(part) for part in result)
        return factor * result

    return changed


def _wrong_names(id_: str, factor: float) -> dict[str, Any]:
    if id_ == "hvp.get_params":
        return {"MLP": type("MLP", (MLP,), {"get_params": scaled_by(MLP.get_params, factor)})}
    name = NAMES[id_]
    return RIGHT[id_] | {name: scaled_by(RIGHT[id_][name], factor)}


@pytest.mark.parametrize("factor", [1.001, 1 + 1e-7, 2.0], ids=str)
@pytest.mark.parametrize("full", [False, True], ids=["checksum", "full"])
@pytest.mark.parametrize("id_", EVERY)
def test_a_wrong_function_fails_however_little_it_is_off(
    id_: str, full: bool, factor: float
) -> None:
    text = written(id_, cases(id_)[0], full, factor)
    with pytest.raises(AssertionError):
        run(text, _wrong_names(id_, factor))


def test_a_wrong_shape_fails() -> None:
    text = written("hvp.naive_hvp", cases("hvp.naive_hvp")[0])
    with pytest.raises(AssertionError, match="the shape is wrong"):
        run(text, {"naive": lambda h, v: (h @ v)[:, None]})


@pytest.mark.parametrize("id_", EVERY)
def test_without_full_feedback_no_right_entry_is_written(id_: str) -> None:
    case = cases(id_)[0]
    assert case.expected is not None
    text = written(id_, case)
    for answer in case.expected():
        for part in answer if isinstance(answer, tuple) else (answer,):
            for entry in np.ravel(part)[:20]:
                if id_ != "hvp.get_params" and abs(entry) > 1e-3 and entry != round(entry):
                    assert f"{abs(float(entry)):.5g}" not in text


@pytest.mark.parametrize("index", range(6))
def test_every_family_of_functions_can_be_written(index: int) -> None:
    for seed in range(3):
        case = cases("hvp.hvp", seed)[index]
        run(written("hvp.hvp", case, full=True), RIGHT["hvp.hvp"])


def test_every_operation_can_be_written() -> None:
    assert set(WRITTEN) == set(OPERATIONS)


def test_what_a_program_made_up_stays_in_its_comment() -> None:
    case = replace(cases("hvp.naive_hvp")[0], expected=None)
    message = "The result's dtype is float\nraise SystemExit  ##[error]."
    text = snippet(ITEMS["hvp.naive_hvp"], "naive", case, 0, Comparison(Kind.DTYPE, message))
    assert text.splitlines()[-1].startswith("# The result's dtype is float\\nraise SystemExit")
    assert "##[" not in text
    run(text, RIGHT["hvp.naive_hvp"])


def test_the_right_numbers_in_another_order_fail() -> None:
    case = cases("hvp.get_params")[0]
    assert case.expected is not None
    backwards = [np.asarray(answer)[::-1] for answer in case.expected()]
    comparison = case.judge([Returned(value(answer), 0.0) for answer in backwards])
    text = snippet(ITEMS["hvp.get_params"], "MLP.get_params", case, 0, comparison)
    flipped = type("MLP", (MLP,), {"get_params": lambda self: MLP.get_params(self)[::-1]})
    with pytest.raises(AssertionError):
        run(text, {"MLP": flipped})
    run(text, RIGHT["hvp.get_params"])


def test_inputs_too_large_to_write_are_drawn_anew() -> None:
    case = cases("hvp.hvp")[6]
    text = snippet(ITEMS["hvp.hvp"], "product", case, 0, None)
    assert len(text) < 3000
    assert "np.random.default_rng(0).standard_normal(200000)" in text
    run(text, {"product": lambda f, x, v: jnp.asarray(f(x))})


def test_a_call_that_raised_is_made_and_nothing_is_checked() -> None:
    text = snippet(ITEMS["hvp.naive_hvp"], "naive", cases("hvp.naive_hvp")[0], 0, None)
    assert text.endswith("result = naive(hessian, vector)\n")


def test_arguments_go_by_the_students_own_names() -> None:
    text = written("step_size.tune", cases("step_size.tune")[0])
    assert "result = tune(alphas, x0, lr=" in text
    assert ", steps=1)" in text


def test_the_whole_text(golden: Any) -> None:
    case = cases("hvp.naive_hvp")[0]
    golden("snippet/naive_hvp_hints.py.txt", written("hvp.naive_hvp", case))
    golden("snippet/naive_hvp_full.py.txt", written("hvp.naive_hvp", case, full=True))


def test_an_array_of_numpy_is_written_as_one() -> None:
    (case, *_) = drawn("hvp.timing")
    text = snippet(ITEMS["hvp.timing"], "timing_experiment", case, 0, None)
    assert "\nns = np.array([1, 2, 4, 5])\nnum_runs = 5\n" in text
    assert "result = timing_experiment(ns, num_runs)\n" in text
    compile(text, "snippet", "exec")


def test_what_pasted_code_could_not_have_is_not_written() -> None:
    (case, *_) = drawn("hvp.plot")
    assert snippet(ITEMS["hvp.plot"], "plot_timings", case, 0, None) == ""


def drawn(id_: str) -> list[Case]:
    return list(load_assignment("hvp").load_tasks()[id_].cases(Context(ITEMS[id_], 0)))
