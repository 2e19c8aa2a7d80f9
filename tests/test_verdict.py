"""`adcheck.verdict`: points and sentences, from outcomes built by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from adcheck.compare import compare
from adcheck.model import (
    Array,
    Call,
    Case,
    Cause,
    Counterexample,
    Died,
    Frame,
    Graded,
    Item,
    Mistake,
    Outcome,
    Parameter,
    Part,
    Raised,
    Reply,
    Returned,
    Status,
    Task,
    Transform,
)
from adcheck.verdict import item_result, unloaded_result

ITEM = Item(
    "sums.add",
    "Adding up",
    "add",
    "add(x, y)",
    5.0,
    Graded.AUTO,
    ("add", "sum_up"),
    (
        Part("values", "Right values", 3.0),
        Part("fast", "No loop", 1.0, requires="values"),
        Part("style", "Own defaults", 1.0),
    ),
)
DOUBLED = Mistake(
    "doubled", "It is doubled.", "Is something counted twice?", lambda case: [np.array([6.0])]
)
TASK = Task(lambda context: [], (DOUBLED,))
FRAME = Frame("cell 7, line 3", "add", "return x + z")


def outcome(part: str, *replies: Reply | float, index: int = 0, **case: Any) -> Outcome:
    """A case of which 3 is the right answer; numbers are what the calls returned."""
    made = tuple(
        Returned(Array(np.array([reply]), "float64"), 0.1) if isinstance(reply, float) else reply
        for reply in replies
    )
    inputs = case.pop("inputs", {"x": np.array([1.0, 2.0])})
    calls = case.pop("calls", tuple(Call("sums.add", ()) for _ in made))
    last = made[-1]
    comparison = compare(np.array([3.0]), last.value) if isinstance(last, Returned) else None
    shown = (inputs,) * len(calls)
    whole = Case(part, index, 40 + index, shown, calls, lambda replies: compare(np.ones(1), ()))
    return Outcome(whole, made, comparison)


RIGHT = [outcome("values", 3.0), outcome("fast", 3.0, index=1), outcome("style", 3.0, index=2)]


def graded(*outcomes: Outcome, parameters: tuple[Parameter, ...] | None = None) -> Any:
    return item_result(ITEM, "sum_up", TASK, outcomes, parameters, 1.5)


def parts(result: Any) -> dict[str, tuple[float, Status, str]]:
    return {part.id: (part.points, part.status, part.message) for part in result.parts}


def test_a_right_answer_earns_everything_without_a_word() -> None:
    result = graded(*RIGHT)
    assert (result.points, result.status, result.message) == (5.0, Status.PASS, "")
    assert (result.passed, result.total) == (3, 3)
    assert (result.name, result.seconds) == ("sum_up", 1.5)
    assert (result.hint, result.mistake, result.counterexample) == ("", None, None)
    assert {status for _, status, _ in parts(result).values()} == {Status.PASS}


def test_a_lost_part_leaves_the_others() -> None:
    result = graded(*RIGHT[:2], outcome("style", 4.0, index=2))
    message = "1 of 1 values is wrong; the worst, at [0], is 4."
    assert (result.points, result.status, result.message) == (4.0, Status.PARTIAL, message)
    assert (result.passed, result.total) == (2, 3)
    assert parts(result)["style"] == (0.0, Status.FAIL, message)
    example = result.counterexample
    assert example is not None
    assert replace(example, snippet="", full_snippet="") == Counterexample(
        "style", 2, 42, {"x": "[1., 2.]"}, "3", "4", "[0]"
    )


def test_a_known_mistake_is_named_before_the_numbers() -> None:
    result = graded(outcome("values", 6.0), outcome("style", 6.0, index=2))
    assert result.message == ("It is doubled. 1 of 1 values is wrong; the worst, at [0], is 6.")
    assert (result.mistake, result.hint) == ("doubled", "Is something counted twice?")
    assert (result.points, result.status) == (0.0, Status.FAIL)


def test_a_mistake_that_does_not_explain_all_of_a_part_is_not_named() -> None:
    result = graded(outcome("values", 6.0), outcome("values", 7.0, index=1), RIGHT[2])
    assert (result.mistake, result.hint) == (None, "")
    assert result.message.startswith("1 of 1 values is wrong")


def test_a_near_miss_gets_a_hint() -> None:
    result = graded(outcome("values", 3.0000001))
    assert result.mistake is None
    assert result.hint == (
        "Close, but not exact: finite differences or rounded constants give such errors."
    )


def test_a_part_that_requires_a_lost_one_is_skipped() -> None:
    result = graded(outcome("values", 4.0), *RIGHT[1:])
    assert parts(result)["fast"] == (
        0.0,
        Status.SKIPPED,
        "Counts only where “right values” is earned.",
    )
    assert (result.points, result.status) == (1.0, Status.PARTIAL)


def test_a_part_that_was_not_tried_says_why() -> None:
    slow = Died(Cause.TIME, "It did not finish within 20 seconds.")
    result = graded(outcome("values", slow))
    assert (result.points, result.status) == (0.0, Status.LIMIT)
    assert result.message == "It did not finish within 20 seconds."
    assert parts(result) == {
        "values": (0.0, Status.LIMIT, "It did not finish within 20 seconds."),
        "fast": (0.0, Status.SKIPPED, "Counts only where “right values” is earned."),
        "style": (0.0, Status.LIMIT, "Not tried: the calls before it took too long."),
    }


def test_nothing_run_is_nothing_earned() -> None:
    assert graded().points == 0.0


# --------------------------------------------------------------------------- exceptions


@pytest.mark.parametrize(
    ("reply", "status", "message"),
    [
        pytest.param(
            Raised("NameError", "name 'z' is not defined", (FRAME,)),
            Status.RAISED,
            "It raised NameError in cell 7, line 3: name 'z' is not defined",
            id="raised",
        ),
        pytest.param(
            Raised("TypeError", "dot_general: shapes\n\nA long page follows.", (FRAME,)),
            Status.RAISED,
            "It raised TypeError in cell 7, line 3: dot_general: shapes",
            id="first-line-alone",
        ),
        pytest.param(
            Raised("SystemExit", ""),
            Status.RAISED,
            "It raised SystemExit: (no message)",
            id="no-message",
        ),
        pytest.param(
            Raised("ValueError", "x" * 400),
            Status.RAISED,
            f"It raised ValueError: {'x' * 297}…",
            id="long-message",
        ),
        pytest.param(
            Died(Cause.CRASH, "It ended the Python process (exit code 3)."),
            Status.RAISED,
            "It ended the Python process (exit code 3).",
            id="crash",
        ),
        pytest.param(
            Died(Cause.MEMORY, "It used more than 2.0 GB of memory."),
            Status.LIMIT,
            "It used more than 2.0 GB of memory.",
            id="memory",
        ),
        pytest.param(
            Died(Cause.OUTPUT, "It printed more than 16 MB."),
            Status.LIMIT,
            "It printed more than 16 MB.",
            id="output",
        ),
    ],
)
def test_calls_that_did_not_return_are_told(reply: Reply, status: Status, message: str) -> None:
    result = graded(outcome("values", 3.0, reply))
    assert (result.status, result.message, result.mistake) == (status, message, None)
    assert parts(result)["values"] == (0.0, status, message)
    assert result.frames == (reply.frames if isinstance(reply, Raised) else ())
    assert result.counterexample.expected == result.counterexample.got == ""


@pytest.mark.parametrize(
    ("parameters", "taken"),
    [
        pytest.param(
            (
                Parameter("a", "positional", False),
                Parameter("rest", "*", False),
                Parameter("lr", "keyword", True),
                Parameter("options", "**", False),
            ),
            "; yours takes (a, *rest, lr=…, **options)",
            id="known",
        ),
        pytest.param((), "; yours takes ()", id="none"),
        pytest.param(None, "", id="unreadable"),
    ],
)
def test_a_call_that_is_not_taken_shows_both_signatures(
    parameters: tuple[Parameter, ...] | None, taken: str
) -> None:
    text = "f() takes 1 positional argument but 2 were given"
    result = graded(outcome("values", Raised("TypeError", text)), parameters=parameters)
    assert result.message == f"It is called as add(x, y){taken}. Python says: {text}"


@pytest.mark.parametrize(
    ("replies", "message"),
    [
        ((Raised("ValueError", "no"),), "It raised ValueError: no"),
        (
            (3.0, Raised("ValueError", "no")),
            "While JAX differentiated it, it raised ValueError: no",
        ),
    ],
    ids=["value", "gradient"],
)
def test_a_failing_gradient_is_told_as_such(replies: tuple[Any, ...], message: str) -> None:
    calls = (Call("sums.add", ()), Call("sums.add", (), transform=Transform.GRADIENT))
    assert graded(outcome("values", *replies, calls=calls)).message == message


# --------------------------------------------------------------------------- counterexamples


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(np.array([[1.5, 2.0], [3.0, 4.0]]), "[[1.5, 2. ], [3. , 4. ]]", id="matrix"),
        pytest.param(np.arange(100.0), "[ 0., 1., 2., ..., 97., 98., 99.]", id="long-vector"),
        pytest.param([np.ones(1), 2], "[[1.], 2]", id="list"),
        pytest.param("f(x)", "f(x)", id="text"),
        pytest.param("x" * 500, "x" * 399 + "…", id="long-text"),
        pytest.param(0.25, "0.25", id="number"),
    ],
)
def test_inputs_are_shown_in_short(value: Any, text: str) -> None:
    result = graded(outcome("values", 4.0, inputs={"x": value}))
    assert result.counterexample.inputs == {"x": text}


# --------------------------------------------------------------------------- not even called


@pytest.mark.parametrize(
    ("failure", "status", "message"),
    [
        pytest.param(
            Raised("NameError", "name 'z' is not defined", (FRAME,)),
            Status.RAISED,
            "Before it could be called, the program raised NameError in cell 7, line 3: "
            "name 'z' is not defined",
            id="raised",
        ),
        pytest.param(
            Raised("SystemExit", ""),
            Status.RAISED,
            "Before it could be called, the program raised SystemExit: (no message)",
            id="no-message",
        ),
        pytest.param(
            Died(Cause.TIME, "It did not finish within 20 seconds."),
            Status.LIMIT,
            "Before it could be called, the program was stopped. "
            "It did not finish within 20 seconds.",
            id="time",
        ),
        pytest.param(
            Died(Cause.CRASH, "Python crashed while it ran (SIGSEGV)."),
            Status.RAISED,
            "Before it could be called, the program was stopped. "
            "Python crashed while it ran (SIGSEGV).",
            id="crash",
        ),
    ],
)
def test_a_program_that_does_not_load_is_told(
    failure: Raised | Died, status: Status, message: str
) -> None:
    result = unloaded_result(ITEM, "sum_up", failure, 2.5)
    assert (result.status, result.message, result.points) == (status, message, 0.0)
    assert (result.name, result.seconds) == ("sum_up", 2.5)
    assert {part.status for part in result.parts} == {status}
    assert result.frames == (failure.frames if isinstance(failure, Raised) else ())


def test_points_that_do_not_sum_are_never_made() -> None:
    lean = replace(ITEM, parts=(Part("values", "Right values", 5.0),))
    result = item_result(lean, "add", TASK, [RIGHT[0]], None, 0.0)
    assert sum(part.max_points for part in result.parts) == lean.points == result.points
