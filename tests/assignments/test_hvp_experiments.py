"""Timing experiments and their figures: what is right, what is wrong, and what is left to a person.

The answers go through the checks as replies of a worker would; `test_samples` and `test_mistakes`
run real submissions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from adcheck.assignment import load_assignment
from adcheck.model import (
    Context,
    Item,
    Kind,
    Outcome,
    Parameter,
    Plain,
    Returned,
    Status,
    Variant,
)
from adcheck.tallying import tallied
from adcheck.verdict import item_result
from assignments.hvp import drawings, plotting, tasks, timing
from assignments.hvp.experiments import Experiment
from assignments.hvp.scripts import NS, trials

HVP = load_assignment("hvp")
ITEMS = {item.id: item for item in HVP.items}
TIMING, PLOT = ITEMS["hvp.timing"], ITEMS["hvp.plot"]


def graded(item: Item, replies: Sequence[Returned], context: Context | None = None) -> Outcome:
    """The verdict on the item's first part."""
    task = tasks.tasks()[item.id]
    case = task.cases(context or Context(item, 0))[0]
    return Outcome(case, tuple(replies), case.judge(replies))


def replies(experiment: Experiment) -> list[Returned]:
    case = timing.cases(Context(TIMING, 0))[0]
    return [experiment.returned(trial) for trial in case.data["trials"]]


def kind(item: Item, answers: Sequence[Returned], context: Context | None = None) -> Kind:
    comparison = graded(item, answers, context).comparison
    assert comparison is not None
    return comparison.kind


@pytest.mark.parametrize("item", [TIMING, PLOT], ids=lambda item: item.id)
@pytest.mark.parametrize("seed", [0, 1])
def test_right_answers_earn_all_and_mistakes_are_named(item: Item, seed: int) -> None:
    measured = tallied(item, tasks.tasks()[item.id], seed)
    assert all(tally.passed == tally.runs == 1 for tally in measured.right)
    assert all(tally.named == tally.runs == 1 for tally in measured.mistakes)
    assert all(tally.lost == tally.runs == 1 for tally in measured.near_misses)


# --------------------------------------------------------------------------- doubts


def misnamed(answer: Returned) -> Returned:
    """The same numbers in a form that tells nothing."""
    assert isinstance(answer.plain, dict)
    columns = list(answer.plain.values())
    return replace(answer, plain={"a": {"u": tuple(columns)}, "b": 7.0, "c": {"d": (columns[0],)}})


def test_numbers_in_an_unknown_form_wait_for_a_person() -> None:
    answers = [misnamed(answer) for answer in replies(Experiment())]
    outcome = graded(TIMING, answers)
    assert outcome.comparison is not None
    if outcome.comparison.kind is not Kind.EQUAL:
        assert outcome.comparison.kind is Kind.DOUBT


def test_a_clock_that_cannot_be_followed_waits_for_a_person() -> None:
    frozen = replies(Experiment())[0].plain
    answers = [replace(answer, plain=frozen, readings=0) for answer in replies(Experiment())]
    assert kind(TIMING, answers) is Kind.DOUBT


def test_work_that_is_not_recognised_waits_for_a_person() -> None:
    answers = [replace(answer, worked=()) for answer in replies(Experiment())]
    assert kind(TIMING, answers) is Kind.DOUBT


def test_numbers_without_work_are_made_up() -> None:
    frozen = replies(Experiment())[0].plain
    answers = [replace(a, plain=frozen, worked=(), readings=0) for a in replies(Experiment())]
    assert kind(TIMING, answers) is Kind.PROPERTY


def test_times_that_do_not_fit_into_the_call_are_made_up() -> None:
    answers = replies(Experiment())
    answers[4] = replace(answers[4], elapsed=answers[4].elapsed / 100)
    case = timing.cases(Context(TIMING, 0))[1]
    assert case.part == "times"
    assert case.judge(answers).kind is Kind.PROPERTY


@pytest.mark.parametrize("plain", [None, "done", (1.0, 2.0), {"n": (1, 2, 4, 5)}])
def test_what_holds_no_times_is_wrong(plain: Plain) -> None:
    answers = [replace(answer, plain=plain) for answer in replies(Experiment())]
    assert kind(TIMING, answers) is Kind.STRUCTURE


def test_a_doubt_keeps_all_points_waiting() -> None:
    answers = [replace(answer, worked=()) for answer in replies(Experiment())]
    outcome = graded(TIMING, answers)
    result = item_result(TIMING, "f", tasks.tasks()["hvp.timing"], [outcome], None, 0.0)
    assert result.status is Status.MANUAL
    assert result.pending == TIMING.points
    assert result.message.endswith("a person marks it.")


def test_no_script_makes_two_runs_alike() -> None:
    from adcheck.authoring import generator

    for seed in range(20):
        for trial in trials(generator(seed))[2:4]:
            assert all(len(set(cycle)) == trial.runs for cycle in trial.cycles.values())


# --------------------------------------------------------------------------- what can be called


def takes(*names: str, default: bool = False) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, "positional", default) for name in names)


@pytest.mark.parametrize(
    ("parameters", "fits"),
    [
        (takes("ns", "num_runs"), True),
        (takes("layers", "runs"), True),
        (None, True),
        ((*takes("ns", "num_runs"), *takes("seed", default=True)), True),
        ((Parameter("args", "*", False),), True),
        (takes("f", "args"), False),
        (takes("ns"), False),
        ((), False),
        (takes("ns", "num_runs", "model"), False),
    ],
)
def test_what_times_something_else_is_not_called(
    parameters: tuple[Parameter, ...] | None, fits: bool
) -> None:
    assert (timing.unfit(Context(TIMING, 0, parameters)) == "") is fits


@pytest.mark.parametrize(
    ("parameters", "fits"),
    [
        (takes("results"), True),
        ((*takes("df"), *takes("ax", default=True)), True),
        (takes("ns", "means", "stds"), False),
        ((), False),
    ],
)
def test_what_shows_more_than_results_is_not_called(
    parameters: tuple[Parameter, ...], fits: bool
) -> None:
    assert (plotting.unfit(Context(PLOT, 0, parameters)) == "") is fits


# --------------------------------------------------------------------------- figures


def figure(variant: Variant) -> list[Returned]:
    (case, *_) = plotting.cases(Context(PLOT, 0))
    return [answer for answer in variant(case) if isinstance(answer, Returned)]


def test_without_an_experiment_a_wrong_figure_waits_for_a_person() -> None:
    alone = Context(PLOT, 0, found=frozenset({"hvp.plot"}))
    (wrong,) = (m for m in drawings.MISTAKES if m.slug == "other-data")
    assert kind(PLOT, figure(wrong.variant), alone) is Kind.DOUBT
    assert kind(PLOT, figure(drawings.RIGHT["error bars"]), alone) is Kind.EQUAL
    (none,) = (m for m in drawings.MISTAKES if m.slug == "no-figure")
    assert kind(PLOT, figure(none.variant), alone) is Kind.PROPERTY


def test_a_figure_of_another_library_waits_for_a_person() -> None:
    (answer,) = figure(drawings.RIGHT["error bars"])
    other: Plain = {"returned": 0, "type": "plotly.Figure", "figures": ()}
    assert kind(PLOT, [replace(answer, plain=other)]) is Kind.DOUBT


def test_each_fault_costs_its_own_part() -> None:
    parts = {
        "curve-twice": "curves",
        "no-error-bars": "bars",
        "no-x-label": "labels",
        "no-legend": "legend",
    }
    for slug, part in parts.items():
        variant = next(m.variant for m in drawings.MISTAKES if m.slug == slug)
        lost = [
            case.part
            for case in plotting.cases(Context(PLOT, 0))
            if not case.judge(figure(variant)).ok
        ]
        assert lost == [part], slug


def test_the_table_handed_over_has_a_row_for_each_depth() -> None:
    table = plotting.cases(Context(PLOT, 0))[0].data["table"]
    assert set(map(len, table.values())) == {len(NS)}


# --------------------------------------------------------------------------- what is told besides


@pytest.mark.parametrize(("warm", "told"), [(0, True), (1, False), (2, False)])
def test_compilation_in_the_first_run_is_told_and_costs_nothing(warm: int, told: bool) -> None:
    outcome = graded(TIMING, replies(Experiment(warm=warm)))
    assert outcome.ok
    assert bool(timing.remarks([outcome])) is told
