"""`adcheck.validation`: what is sound passes, and whatever is off is told."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from adcheck import validation
from adcheck.errors import AssignmentError, GraderError
from adcheck.model import Tally, Validation
from adcheck.validation import validate

RUBRIC = """
slug = "twice"
title = "Doubling"

[[items]]
id = "twice.twice"
title = "Twice a vector"
points = 3
graded = "auto"
names = ["twice"]
parts = [
    { id = "values", title = "Right values", points = 2 },
    { id = "long", title = "Long ones too", points = 1, requires = "values" },
]

[[items]]
id = "twice.essay"
title = "Essay"
points = 1
graded = "manual"
"""

TASKS = """
import os

import numpy as np

from adcheck.authoring import case_seed, generator, judge_all, normal
from adcheck.model import Call, Case, Mistake, Task


def cases(context):
    return [case(context, "values", i, 4) for i in range(6)] + [case(context, "long", 6, 50)]


def case(context, part, index, n):
    seed = case_seed(context.seed, context.item.id, index)
    rng = generator(seed)
    xs = [normal(rng, n) for _ in range(2)]
    calls = tuple(Call(context.item.id, (x,)) for x in xs)
    answers = [2.0 * x for x in xs]
    return Case(part, index, seed, tuple({"x": x} for x in xs), calls, judge_all(answers),
                data={"xs": xs}, expected=lambda: answers)


def by(change):
    return lambda case: [change(x) for x in case.data["xs"]]


def mistake(slug, change, **more):
    return Mistake(slug, f"This is {slug}.", "Look again.", by(change), **more)


RIGHT = {
    "times two": by(lambda x: 2.0 * x),
    "added": by(lambda x: x + x),
    "float32": by(lambda x: (2.0 * x).astype("f4")),
    # more right
}
MISTAKES = (
    mistake("negated", lambda x: -2.0 * x),
    mistake("tripled", lambda x: 3.0 * x, equivalents=("halved-of-six",)),
    mistake("nearly", lambda x: (2.0 + 1e-4) * x),
    mistake("nearly", lambda x: (2.0 + 1e-3) * x),
    mistake("by-quotient", lambda x: (2.0 + 1e-7) * x, rounding=1e-12),
    Mistake("first-only", "Only the first.", "", lambda c: [2.5 * c.data["xs"][0], None]),
    mistake("summed", lambda x: np.sum(x)),
    # more mistakes
)
NEAR = {
    "short ones only": lambda c: by(lambda x: 2.0 * x * (np.arange(x.size) < 20))(c),
    # more near
}


def tasks():
    return {"twice.twice": Task(cases, MISTAKES, right=RIGHT, near_misses=NEAR)}
"""


def folder(tmp_path: Path, **more: str) -> str:
    """An assignment, with more entries where a comment asks for them."""
    path = tmp_path / "twice"
    path.mkdir()
    tasks = TASKS
    for name, entry in more.items():
        mark = f"    # more {name}\n"
        assert tasks.count(mark) == 1
        tasks = tasks.replace(mark, f"    {entry},\n")
    (path / "rubric.toml").write_text(RUBRIC, "utf-8")
    (path / "tasks.py").write_text(tasks, "utf-8")
    (path / "statement.md").write_text("Double it.\n", "utf-8")
    return str(path)


def changed(tmp_path: Path, old: str, new: str) -> str:
    """An assignment whose tasks read differently in one place."""
    path = folder(tmp_path)
    assert TASKS.count(old) == 1
    (tmp_path / "twice" / "tasks.py").write_text(TASKS.replace(old, new), "utf-8")
    return path


def tally(measured: Validation, name: str) -> Tally:
    (item,) = measured.items
    (found,) = [t for t in (*item.right, *item.wrong) if t.name == name]
    return found


# --------------------------------------------------------------------------- what is sound


def test_nothing_is_off(tmp_path: Path) -> None:
    measured = validate(folder(tmp_path), range(3))
    assert measured.problems == ()
    assert measured.exit_code == 0
    assert (measured.slug, measured.title) == ("twice", "Doubling")
    assert measured.seeds == measured.near_seeds == (0, 1, 2)
    assert [item.item.id for item in measured.items] == ["twice.twice"]
    assert [t.name for t in measured.items[0].right] == ["times two", "added", "float32"]


def test_what_is_counted(tmp_path: Path) -> None:
    measured = validate(folder(tmp_path), range(3))
    assert tally(measured, "added") == Tally("added", runs=3, passed=3, margin=0.0)
    nearly = tally(measured, "nearly")
    assert (nearly.variants, nearly.runs, nearly.passed, nearly.named) == (2, 6, 0, 6)
    assert nearly.margin == pytest.approx(5e-5 / 1e-10)
    assert nearly.single == pytest.approx(5e-5 / (64 * 2**-23), rel=0.01)
    assert tally(measured, "by-quotient").single < 1
    assert tally(measured, "first-only").runs == 3
    assert tally(measured, "summed").margin == float("inf")
    assert tally(measured, "short ones only").single == float("inf")


def test_the_best_case_counts_whether_a_run_gets_to_it_or_not(tmp_path: Path) -> None:
    more = "mistake('grows', lambda x: x * (2.0 + 1e-6 * x.size))"
    measured = validate(folder(tmp_path, mistakes=more), [0])
    assert measured.problems == ()
    assert tally(measured, "grows").margin == pytest.approx(50e-6 / 2 / 1e-10)


def test_as_in_a_run_no_more_cases_are_explained_than_are_run(tmp_path: Path) -> None:
    change = "lambda c: [(3.0 if c.index < 4 else 7.0) * x for x in c.data['xs']]"
    path = folder(tmp_path, mistakes=f"Mistake('early', '', '', {change})")
    assert tally(validate(path, [0]), "early").others == {"tripled": 1}


def test_every_signature_is_gone_through(tmp_path: Path) -> None:
    signatures = "signatures=(Signature(), Signature((), (1.0,)))"
    path = changed(tmp_path, "near_misses=NEAR)", f"near_misses=NEAR, {signatures})")
    tasks = Path(path, "tasks.py")
    text = tasks.read_text("utf-8").replace("Mistake, Task", "Mistake, Signature, Task")
    tasks.write_text(text, "utf-8")
    assert tally(validate(path, [0]), "added").runs == 2


def test_the_same_each_time(tmp_path: Path) -> None:
    path = folder(tmp_path, near="'thrice': by(lambda x: 3.0 * x)")
    first, second = (replace(validate(path, range(4)), seconds=0.0) for _ in range(2))
    assert first == second


def test_processes_change_nothing(tmp_path: Path) -> None:
    path = folder(tmp_path, near="'thrice': by(lambda x: 3.0 * x)")
    told: list[str] = []
    shared = validate(path, range(3), jobs=2, progress=told.append)
    assert replace(shared, seconds=0.0) == replace(validate(path, range(3)), seconds=0.0)
    assert told == ["3 seeds", *(f"3 seeds, {done} of them done" for done in (1, 2, 3))]


@pytest.mark.parametrize(
    ("seeds", "near"),
    [
        (1, (0,)),
        (10, tuple(range(10))),
        (30, (0, 3, 6, 10, 13, 16, 19, 23, 26, 29)),
        (1000, (0, 111, 222, 333, 444, 555, 666, 777, 888, 999)),
    ],
)
def test_near_misses_are_judged_on_some_seeds(
    seeds: int, near: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = []

    def measured(_: object, seed: int, near_misses: bool, *__: object) -> tuple[()]:
        judged.extend([seed] if near_misses else [])
        return ()

    monkeypatch.setattr(validation, "measure", measured)
    assert validate(folder(tmp_path), range(seeds)).near_seeds == near == tuple(judged)


def test_what_is_being_worked_on_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    path = folder(tmp_path)
    validate(path, [0], progress=told.append)
    validate(path, [0, 1], jobs=1, progress=told.append)
    assert told == [
        "twice.twice",
        "twice.twice, seed 1 of 2",
        "twice.twice, seed 2 of 2",
    ]


# --------------------------------------------------------------------------- what is off

OFF = {
    "a false reject": (
        {"right": "'thrice': by(lambda x: 3.0 * x)"},
        "the right answer 'thrice' lost points in 3 of 3 runs (first with seed 0)",
    ),
    "a right answer at the edge": (
        {"right": "'about': by(lambda x: (2.0 + 1e-10) * x)"},
        "the right answer 'about' is off by 0.5 tolerances, and 0.1 are allowed "
        "(first with seed 0)",
    ),
    "a silent right answer": (
        {"right": "'silent': lambda case: []"},
        "the right answer 'silent' was never judged: it says nothing of any case",
    ),
    "a false accept": (
        {"mistakes": "mistake('tiny', lambda x: (2.0 + 1e-12) * x)"},
        "the known mistake 'tiny' earned every point in 3 of 3 runs (first with seed 0)",
    ),
    "a thin margin": (
        {"mistakes": "mistake('thin', lambda x: (2.0 + 1.2e-8) * x)"},
        "the known mistake 'thin' is off by only 60 tolerances on its best case, and 100 are "
        "needed (first with seed 0)",
    ),
    "a confusion": (
        {"mistakes": "mistake('x-and-a-half', lambda x: x + 2.0 * x)"},
        "the known mistake 'x-and-a-half' was named 'tripled' in 3 of 3 runs (first with seed 0)",
    ),
    "one without a name": (
        {"mistakes": "mistake('blurred', lambda x: (2.0 + 1e-5) * x, rounding=1e-3)"},
        "the known mistake 'blurred' was not named in 3 of 3 runs (first with seed 0)",
    ),
    "a silent mistake": (
        {"mistakes": "Mistake('silent', '', '', lambda case: [None, None])"},
        "the known mistake 'silent' was never judged: it says nothing of any case",
    ),
    "a near miss that passes": (
        {"near": "'none': by(lambda x: 2.0 * x)"},
        "the near miss 'none' earned every point in 3 of 3 runs (first with seed 0)",
    ),
    "a near miss that is named": (
        {"near": "'thrice': by(lambda x: 3.0 * x)"},
        "the near miss 'thrice' was named 'tripled' in 3 of 3 runs (first with seed 0)",
    ),
}


@pytest.mark.parametrize("name", OFF)
def test_what_is_off_is_told(name: str, tmp_path: Path) -> None:
    more, sentence = OFF[name]
    measured = validate(folder(tmp_path, **more), range(3))
    assert measured.problems == (f"twice.twice: {sentence}",)
    assert measured.exit_code == 1


def test_a_near_miss_may_be_near(tmp_path: Path) -> None:
    path = folder(tmp_path, near="'close': by(lambda x: (2.0 + 1e-9) * x)")
    assert validate(path, [0]).problems == ()


def test_equivalents_are_no_confusion(tmp_path: Path) -> None:
    more = "mistake('x-and-a-half', lambda x: x + 2.0 * x, equivalents=('tripled',))"
    measured = validate(folder(tmp_path, mistakes=more), [0])
    assert measured.problems == ()
    assert tally(measured, "x-and-a-half").named == 1


def test_the_first_seed_is_told(tmp_path: Path) -> None:
    change = "lambda case: [(3.0 if abs(x[0]) > 2.0 else 2.0) * x for x in case.data['xs']]"
    path = folder(tmp_path, right=f"'sometimes': {change}")
    measured = validate(path, range(12))
    lost = [s for s in range(12) if tally(validate(path, [s]), "sometimes").lost]
    assert 0 < len(lost) < 12
    assert tally(measured, "sometimes").lost == len(lost)
    (problem,) = measured.problems
    assert f"lost points in {len(lost)} of 12 runs (first with seed {lost[0]})" in problem


def test_an_assignment_without_formulations_says_so(tmp_path: Path) -> None:
    measured = validate(changed(tmp_path, "right=RIGHT", "right={}"), [0])
    (problem,) = measured.problems
    assert problem.startswith("twice.twice: no right formulation is listed")


# --------------------------------------------------------------------------- what raises

RAISES = {
    "a mistake": (
        "    # more mistakes",
        "    mistake('odd', lambda x: x[99]),",
        "the known mistake 'odd' cannot be computed in case 0 of seed 0: IndexError: index 99",
    ),
    "a formulation": (
        "    # more right",
        "    'odd': by(lambda x: 1 / 0),",
        "the right answer 'odd' cannot be computed in case 0 of seed 0: ZeroDivisionError: ",
    ),
    "a near miss": (
        "    # more near",
        "    'odd': lambda case: 1,",
        "the near miss 'odd' cannot be computed in case 0 of seed 0: TypeError: ",
    ),
    "a number": (
        "    # more mistakes",
        "    mistake('odd', lambda x: 1.0),",
        "'odd' cannot be computed in case 0 of seed 0: TypeError: it gives a float where an array",
    ),
    "too few answers": (
        "    # more right",
        "    'odd': lambda case: [2.0 * case.data['xs'][0]],",
        "'odd' cannot be computed in case 0 of seed 0: ValueError: it gives 1 answers to 2 calls",
    ),
    "the cases": (
        "    return [case(",
        "    raise KeyError('n')\n    return [case(",
        "twice.twice: its cases of seed 0 cannot be drawn: KeyError: 'n'",
    ),
    "the judge": (
        "judge_all(answers),",
        "lambda replies: 1 / 0,",
        "the right answer 'times two' cannot be judged in case 0 of seed 0: ZeroDivisionError",
    ),
    "what a person would be shown": (
        'tuple({"x": x} for x in xs)',
        "()",
        "the known mistake 'negated' cannot be graded with seed 0: ",
    ),
}


@pytest.mark.parametrize("name", RAISES)
def test_what_raises_is_one_sentence(name: str, tmp_path: Path) -> None:
    old, new, sentence = RAISES[name]
    with pytest.raises(AssignmentError, match=re.escape(sentence)) as raised:
        validate(changed(tmp_path, old, new), [0])
    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith("twice.twice: ")


def test_what_raises_in_a_process_is_the_same_sentence(tmp_path: Path) -> None:
    path = folder(tmp_path, mistakes="mistake('odd', lambda x: x[99])")
    with pytest.raises(AssignmentError, match="'odd' cannot be computed in case 0 of seed"):
        validate(path, range(2), jobs=2)


def test_a_process_that_ends_is_no_teachers_fault(tmp_path: Path) -> None:
    path = folder(tmp_path, mistakes="mistake('odd', lambda x: os._exit(3))")
    with pytest.raises(GraderError, match="try fewer --jobs"):
        validate(path, range(2), jobs=2)


def test_a_wrong_slug() -> None:
    with pytest.raises(AssignmentError, match="did you mean hvp"):
        validate("hpv", [0], jobs=4)


def test_what_diverges_warns_of_nothing(tmp_path: Path) -> None:
    more = "mistake('huge', lambda x: np.exp(1e4 * np.abs(x)) - np.inf)"
    assert validate(folder(tmp_path, mistakes=more), [0]).items[0].mistakes


# --------------------------------------------------------------------------- what is shipped


@pytest.mark.slow
@pytest.mark.parametrize("slug", ["hvp", "step_size"])
def test_the_shipped_assignments_are_sound(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "NEAR_SEEDS", 1)  # those of the other seed take most of it
    measured = validate(slug, range(2))
    assert measured.problems == ()
    assert all(t.margin <= 0.07 for item in measured.items for t in item.right)
