"""`adcheck.diagnose`: a mistake is named only where it explains everything.

And a resemblance is told only where it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from adcheck.compare import RELATIVE_FLOAT64, compare
from adcheck.diagnose import CLOSER, ROUNDED_ONCE, ROUNDING, SINGLE_PRECISION, diagnose, resemblance
from adcheck.model import (
    Answer,
    Array,
    Case,
    Comparison,
    Foreign,
    Kind,
    Mistake,
    Outcome,
    Raised,
    Returned,
    Value,
)

Vector = npt.NDArray[Any]

THIRDS = np.array([1 / 3, 2 / 3, -1 / 7])
OTHERS = np.array([np.pi, np.e, 1.0])


def mistake(slug: str, *predicted: Answer | None, rounding: float = 0.0) -> Mistake:
    """A mistake that predicts the same on every case."""
    return Mistake(slug, f"It is {slug}.", "", lambda case: predicted, rounding)


def scaled(slug: str, factor: float) -> Mistake:
    """A mistake whose answers are a multiple of a case's own."""
    return Mistake(slug, f"It is {slug}.", "", lambda case: [factor * case.data["right"]])


def value(data: Any, dtype: str = "float64") -> Array:
    return Array(np.asarray(data), dtype)


def outcome(
    *values: Value | Returned | Raised,
    right: Vector = OTHERS,
    relative: float = 1.0,
    read: Callable[[Value], Value] = lambda value: value,
) -> Outcome:
    """A failing case whose calls returned these values, so far off what was expected."""
    replies = tuple(v if isinstance(v, Returned | Raised) else Returned(v, 0.0) for v in values)
    unequal = replace(UNEQUAL, relative=relative)
    case = Case("values", 0, 0, (), (), lambda replies: unequal, {"right": right}, read=read)
    return Outcome(case, replies, unequal)


UNEQUAL = compare(np.array(1.0), value(2.0))


def named(failing: Sequence[Outcome], *mistakes: Mistake) -> str | None:
    found = diagnose(failing, mistakes)
    return found.slug if found else None


def test_without_a_failing_case_no_mistake_is_named() -> None:
    assert named([], mistake("anything", THIRDS)) is None


def test_without_a_catalogue_no_mistake_is_named() -> None:
    assert named([outcome(value(THIRDS))]) is None


def test_the_mistake_that_gives_the_result_is_named() -> None:
    known = [mistake("other", OTHERS), mistake("thirds", THIRDS), mistake("again", THIRDS)]
    assert named([outcome(value(THIRDS))], *known) == "thirds"


def test_the_first_of_two_that_agree_is_named() -> None:
    known = [mistake("specific", THIRDS), mistake("general", THIRDS)]
    assert named([outcome(value(THIRDS))], *known) == "specific"


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        pytest.param([2 * THIRDS, 2 * OTHERS], "doubled", id="every-case"),
        pytest.param([2 * THIRDS, 3 * OTHERS], None, id="one-case-of-two"),
        pytest.param([3 * THIRDS, 2 * OTHERS], None, id="the-second-alone"),
        pytest.param([-THIRDS, -OTHERS], "negated", id="another-mistake"),
    ],
)
def test_a_mistake_has_to_explain_every_failing_case(
    results: list[Vector], expected: str | None
) -> None:
    failing = [
        outcome(value(result), right=right)
        for result, right in zip(results, [THIRDS, OTHERS], strict=True)
    ]
    assert named(failing, scaled("doubled", 2.0), scaled("negated", -1.0)) == expected


@pytest.mark.parametrize(
    ("predicted", "explains"),
    [
        pytest.param((THIRDS, None), True, id="silent-on-the-second"),
        pytest.param((None, OTHERS), True, id="silent-on-the-first"),
        pytest.param((OTHERS, None), False, id="wrong-where-it-speaks"),
        pytest.param((THIRDS, OTHERS), True, id="right-on-both"),
        pytest.param((THIRDS, THIRDS), False, id="right-on-one"),
        pytest.param((None, None), False, id="silent-on-both"),
        pytest.param((), False, id="says-nothing-of-the-case"),
        pytest.param((THIRDS,), True, id="says-less-than-there-are-calls"),
    ],
)
def test_all_that_a_mistake_says_has_to_be_so(
    predicted: tuple[Vector | None, ...], explains: bool
) -> None:
    failing = [outcome(value(THIRDS), value(OTHERS))]
    assert named(failing, mistake("it", *predicted)) == ("it" if explains else None)


def test_a_mistake_that_says_nothing_of_one_case_does_not_explain_all() -> None:
    small = Mistake("small", "", "", lambda c: [THIRDS] if c.data["right"].size < 4 else [])
    assert named([outcome(value(THIRDS))], small) == "small"
    failing = [outcome(value(THIRDS)), outcome(value(THIRDS), right=np.ones(5))]
    assert named(failing, small) is None


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(Foreign("NoneType", "None"), id="none"),
        pytest.param((), id="empty"),
        pytest.param(value(THIRDS[:, None]), id="column"),
        pytest.param(value(THIRDS[:2]), id="shorter"),
        pytest.param(value(THIRDS > 0, "bool"), id="bool"),
        pytest.param(value(THIRDS + 0j, "complex128"), id="complex"),
        pytest.param(value(np.zeros(3)), id="zeros"),
        pytest.param(Raised("ValueError", "no"), id="raised"),
    ],
)
def test_what_is_of_another_form_is_not_explained(wrong: Value | Raised) -> None:
    assert named([outcome(wrong)], mistake("thirds", THIRDS)) is None


def test_lists_of_numbers_are_explained_as_arrays_are() -> None:
    listed = tuple(value(number) for number in THIRDS)
    assert named([outcome(listed)], mistake("thirds", THIRDS)) == "thirds"


def test_integers_are_explained_too() -> None:
    counts = value(np.array([1, 2, 3]), "int64")
    assert named([outcome(counts)], mistake("counts", np.array([1.0, 2.0, 3.0]))) == "counts"


# --------------------------------------------------------------------------- nearness


@pytest.mark.parametrize(
    ("off", "explained"), [(0.5, True), (2.0, False)], ids=["within", "beyond"]
)
def test_doubles_have_to_agree_to_the_tolerance(off: float, explained: bool) -> None:
    near = THIRDS + off * RELATIVE_FLOAT64 * np.max(THIRDS)
    assert (named([outcome(value(near))], mistake("it", THIRDS)) == "it") is explained


@pytest.mark.parametrize(
    ("off", "explained"), [(0.5, True), (2.0, False)], ids=["within", "beyond"]
)
def test_single_precision_is_taken_more_loosely(off: float, explained: bool) -> None:
    near = (THIRDS + off * SINGLE_PRECISION * np.max(THIRDS)).astype(np.float32)
    for result in (value(near, "float32"), value(near.astype(np.float64))):
        assert (named([outcome(result)], mistake("it", THIRDS)) == "it") is explained


def test_of_mistakes_that_are_near_in_single_precision_the_nearest_is_named() -> None:
    known = [mistake("loose", THIRDS + 50 * ROUNDED_ONCE), mistake("near", THIRDS)]
    rounded = THIRDS.astype(np.float32)
    assert named([outcome(value(rounded, "float32"))], *known) == "near"
    assert named([outcome(value(rounded, "float32"))], known[0]) == "loose"
    coarse = (THIRDS + 20 * ROUNDED_ONCE).astype(np.float32)
    assert named([outcome(value(coarse, "float32"))], *known) == "loose", "about as near: the first"


@pytest.mark.parametrize(
    ("relative", "explained"),
    [(1.01 * CLOSER, True), (0.99 * CLOSER, False), (0.0, True)],
    ids=["closer", "hardly-closer", "not-measured"],
)
def test_a_mistake_has_to_lie_much_closer_than_the_right_answer(
    relative: float, explained: bool
) -> None:
    """A wrong answer that is almost right is explained by little."""
    off = 1e-11
    near = THIRDS + off * np.max(THIRDS)
    failing = [outcome(value(near), relative=off * relative)]
    assert (named(failing, mistake("it", THIRDS)) == "it") is explained


@pytest.mark.parametrize("kind", [Kind.SHAPE, Kind.STRUCTURE, Kind.PROPERTY])
def test_where_no_values_were_compared_any_distance_will_do(kind: Kind) -> None:
    failing = outcome(value(THIRDS), relative=0.0)
    failing = replace(failing, comparison=Comparison(kind, "It is something else."))
    assert named([failing], mistake("it", THIRDS)) == "it"


# --------------------------------------------------------------------------- rounding


@pytest.mark.parametrize(
    ("off", "explained"), [(0.5, True), (2.0, False)], ids=["within", "beyond"]
)
def test_a_mistake_that_rounds_is_recognised_by_its_own_rounding(
    off: float, explained: bool
) -> None:
    near = value(THIRDS + off * 1e-7 * np.max(THIRDS))
    assert (named([outcome(near)], mistake("it", THIRDS, rounding=1e-7)) == "it") is explained
    assert named([outcome(near)], mistake("it", THIRDS)) is None


def test_a_rounding_as_large_as_the_error_is_no_evidence() -> None:
    """Whatever lies within a quotient's rounding of the right answer agrees with it."""
    quotient = mistake("quotient", THIRDS, rounding=1e-6)
    assert named([outcome(value(THIRDS), relative=1e-6)], quotient) is None
    assert named([outcome(value(THIRDS), relative=1e-4)], quotient) == "quotient"


def test_what_is_no_evidence_alone_agrees_where_another_case_is_evidence() -> None:
    quotient = mistake("quotient", THIRDS, rounding=1e-6)
    near, far = (outcome(value(THIRDS), relative=r) for r in (1e-6, 1e-4))
    assert named([near, far], quotient) == "quotient"
    blurred = outcome(value(THIRDS + 1e-5), relative=1e-6)
    assert named([blurred, far], quotient) is None, "it has to agree all the same"


# --------------------------------------------------------------------------- pairs, and reading


PAIR = (np.array(0.5), THIRDS)


@pytest.mark.parametrize(
    ("returned", "explains"),
    [
        pytest.param((value(0.5), value(THIRDS)), True, id="same"),
        pytest.param((value(0.5), value(OTHERS)), False, id="second-differs"),
        pytest.param((value(0.6), value(THIRDS)), False, id="first-differs"),
        pytest.param((value(THIRDS), value(0.5)), False, id="swapped"),
        pytest.param((value(0.5), value(THIRDS), value(1.0)), False, id="three"),
        pytest.param((value(0.5),), False, id="one"),
        pytest.param(value(THIRDS), False, id="no-pair"),
        pytest.param((value(0.5), Foreign("bool", "True")), False, id="no-numbers"),
        pytest.param((value(0.5), tuple(map(value, THIRDS))), True, id="a-list-within"),
    ],
)
def test_a_pair_is_explained_entry_by_entry(returned: Value, explains: bool) -> None:
    assert (named([outcome(returned)], mistake("it", PAIR)) == "it") is explains


def test_an_array_is_not_explained_by_a_pair_nor_a_pair_by_an_array() -> None:
    assert named([outcome((value(0.5), value(THIRDS)))], mistake("it", THIRDS)) is None
    assert named([outcome(value(np.ones(2)))], mistake("it", (np.ones(2), np.ones(2)))) is None


def test_what_is_judged_of_a_result_is_what_is_explained() -> None:
    def first(returned: Value) -> Value:
        return returned[0] if isinstance(returned, tuple) else returned

    returned = (value(THIRDS), value(np.ones(7)))
    assert named([outcome(returned)], mistake("it", THIRDS)) is None
    assert named([outcome(returned, read=first)], mistake("it", THIRDS)) == "it"


# --------------------------------------------------------------------------- zeros and infinities


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_zeros_are_explained_by_zeros_alone(dtype: str) -> None:
    zeros = mistake("zeros", np.zeros(3))
    assert named([outcome(value(np.zeros(3, dtype), dtype))], zeros) == "zeros"
    assert named([outcome(value(np.full(3, 1e-30, dtype), dtype))], zeros) is None


@pytest.mark.parametrize(
    ("predicted", "result", "explained"),
    [
        pytest.param([1, np.nan, 3], [1, np.nan, 3], True, id="same-places"),
        pytest.param([1, np.inf, 3], [1, np.nan, 3], True, id="however-it-blew-up"),
        pytest.param([1, np.nan, 3], [1, np.nan, 4], False, id="others-differ"),
        pytest.param([1, np.nan, 3], [np.nan, 2, 3], False, id="other-places"),
        pytest.param([1, 2, 3], [1, np.nan, 3], False, id="only-in-the-result"),
        pytest.param([1, np.nan, 3], [1, 2, 3], False, id="only-in-the-prediction"),
        pytest.param([np.nan] * 3, [np.nan] * 3, False, id="no-evidence-alone"),
    ],
)
def test_what_is_not_finite_has_to_be_so_at_the_same_places(
    predicted: list[float], result: list[float], explained: bool
) -> None:
    it = mistake("it", np.array(predicted, np.float64))
    failing = [outcome(value(np.array(result, np.float64)))]
    assert (named(failing, it) == "it") is explained


def test_what_single_precision_cannot_hold_is_infinite_there() -> None:
    it = mistake("it", np.array([1.0, 1e60, -2.0]))
    assert named([outcome(value(np.array([1, np.inf, -2], np.float32), "float32"))], it) == "it"
    assert named([outcome(value(np.array([1 / 3, np.inf, -2])))], it) is None
    assert named([outcome(value(np.array([1.0, 1e60, -2.0])))], it) == "it"


def test_what_is_not_finite_agrees_where_another_case_is_evidence() -> None:
    blown_up = Mistake("it", "", "", lambda case: [case.data["right"]])
    nans = np.full(3, np.nan)
    failing = [outcome(value(THIRDS), right=THIRDS), outcome(value(nans), right=nans)]
    assert named(failing, blown_up) == "it"


def test_nothing_is_changed_by_asking() -> None:
    failing = [outcome(value(THIRDS))]
    result = failing[0].comparison
    before = THIRDS.copy()
    named(failing, mistake("thirds", THIRDS), scaled("doubled", 2.0))
    assert np.array_equal(THIRDS, before)
    assert failing[0].comparison is result


# --------------------------------------------------------------------------- resemblance

BACK = "These are the right numbers, back to front."
TRANSPOSED = "This is the right matrix, transposed."
MATRIX_BACK = "This is the right matrix, back to front."
SIGNS = "These are the right numbers but for their signs."
ORDER = "These are the right numbers, in another order."
SAME = "The result stays the same for other arguments of the same shape."
ASYMMETRIC = "The result is not symmetric, and a Hessian is."

RNG = np.random.default_rng(0)
VECTORS = [RNG.normal(size=5), RNG.normal(size=5)]
MATRICES = [RNG.normal(size=(3, 3)), RNG.normal(size=(3, 3))]
SYMMETRIC = [matrix + matrix.T for matrix in MATRICES]
SCALARS = [np.array(0.3), np.array(0.7)]
Change = Callable[[Vector], Vector]


def judged(rights: Sequence[Vector], values: Sequence[Value], **case: Any) -> Outcome:
    """The outcome of a case with these right answers, as its judge would find it."""
    comparisons = [compare(right, got) for right, got in zip(rights, values, strict=True)]
    found = next((c for c in comparisons if not c.ok), comparisons[-1])
    replies = tuple(Returned(got, 0.0) for got in values)
    made = Case("values", 0, 0, (), (), lambda r: found, expected=lambda: rights, **case)
    return Outcome(made, replies, found)


def told(rights: Sequence[Vector], *changes: Change, dtype: str = "float64") -> str:
    """What is said where each call returned a right answer changed; the last change is repeated."""
    each = [*changes, *changes[-1:] * len(rights)]
    got = [value(c(r).astype(dtype), dtype) for c, r in zip(each, rights, strict=False)]
    return resemblance([judged(rights, got)])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("rights", "change", "sentence"),
    [
        pytest.param(VECTORS, lambda w: w[::-1], BACK, id="vector-reversed"),
        pytest.param(MATRICES, lambda w: w.T, TRANSPOSED, id="transposed"),
        pytest.param(SYMMETRIC, lambda w: w[::-1, ::-1], MATRIX_BACK, id="matrix-reversed"),
        pytest.param(VECTORS, np.abs, SIGNS, id="absolute"),
        pytest.param(VECTORS, np.negative, SIGNS, id="negated"),
        pytest.param(VECTORS, lambda w: np.roll(w, 1), ORDER, id="rolled"),
        pytest.param(VECTORS, np.sort, ORDER, id="sorted"),
        pytest.param(MATRICES, lambda w: w[::-1], ORDER, id="rows-exchanged"),
        pytest.param(VECTORS, lambda w: VECTORS[0], SAME, id="kept"),
        pytest.param(VECTORS, np.zeros_like, SAME, id="zeros"),
        pytest.param(SCALARS, np.ones_like, SAME, id="one-number"),
        pytest.param(SYMMETRIC, np.triu, ASYMMETRIC, id="triangle"),
        pytest.param(VECTORS, lambda w: 3 * w, "Every result is 3 times the right one.", id="3"),
        pytest.param(VECTORS, lambda w: w / 7,
                     "Every result is 0.1429 times the right one.", id="seventh"),
        pytest.param(SYMMETRIC, lambda w: 1.01 * w, "Every result is 1.01 times the right one.",
                     id="1.01"),
        pytest.param([*SCALARS, np.array(2.0)], lambda w: 3 * w,
                     "Every result is 3 times the right one.", id="three-numbers"),
    ],
)  # fmt: skip
def test_what_results_have_in_common_with_right_ones_is_told(
    rights: Sequence[Vector], change: Change, sentence: str, dtype: str
) -> None:
    assert told(rights, change, dtype=dtype) == sentence


@pytest.mark.parametrize(
    ("rights", "changes"),
    [
        pytest.param(VECTORS, [lambda w: 2 * w, lambda w: w], id="one-call-right"),
        pytest.param(VECTORS, [lambda w: w[::-1], lambda w: w + 1], id="one-call-otherwise"),
        pytest.param(VECTORS, [lambda w: 2 * w, lambda w: 3 * w], id="other-multiples"),
        pytest.param(VECTORS, [lambda w: w + 1], id="shifted"),
        pytest.param(VECTORS, [np.sin], id="another-function"),
        pytest.param(VECTORS, [lambda w: w[::-1] + 1e-3], id="reversed-and-shifted"),
        pytest.param(VECTORS, [lambda w: np.sort(w) + np.eye(5)[0] / 50], id="sorted-and-changed"),
        pytest.param(MATRICES, [np.triu], id="no-symmetric-matrix-was-asked-for"),
        pytest.param(SYMMETRIC, [lambda w: w + np.eye(3)], id="symmetric-all-the-same"),
        pytest.param(SYMMETRIC, [np.triu, lambda w: w + np.eye(3)], id="one-of-them-symmetric"),
        pytest.param([RNG.normal(size=(2, 3))] * 2, [lambda w: w + w**2], id="not-square"),
        pytest.param([VECTORS[0]] * 2, [lambda w: VECTORS[1]], id="right-ones-are-equal-too"),
        pytest.param(SCALARS, [lambda w: 3 * w], id="two-numbers"),
        pytest.param([VECTORS[0][:2]], [lambda w: w + 1], id="too-short-for-an-order"),
        pytest.param(VECTORS, [lambda w: np.where(w > 0, np.inf, w)], id="infinite"),
        pytest.param(VECTORS, [lambda w: w + 1, lambda w: w * np.nan], id="nan-later"),
    ],
)
def test_nothing_is_claimed_where_it_does_not_hold(
    rights: Sequence[Vector], changes: Sequence[Change]
) -> None:
    assert told(rights, *changes) == ""


@pytest.mark.parametrize("off", [2e-10, 1e-8, 1e-6])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda w, off: w * (1 + off), id="multiple"),
        pytest.param(lambda w, off: w + off * w**2, id="curved"),
        pytest.param(lambda w, off: w + off * np.eye(5)[0], id="one-entry"),
    ],
)
def test_of_what_is_almost_right_nothing_is_claimed(
    change: Callable[[Vector, float], Vector], off: float
) -> None:
    """All its signs are right, and its order: to say that they are not would be wrong."""
    assert told(VECTORS, lambda w: change(w, off)) == ""


def test_an_almost_symmetric_matrix_in_single_precision_is_symmetric() -> None:
    noise = 1e-6 * RNG.normal(size=(3, 3))
    assert told(SYMMETRIC, lambda w: w + np.eye(3) + noise, dtype="float32") == ""


def test_rounding_hides_no_resemblance() -> None:
    assert told(VECTORS, lambda w: w[::-1] * (1 + 0.5 * ROUNDING)) == BACK
    assert told(VECTORS, lambda w: w[::-1] * (1 + 3 * ROUNDING)) == ""


def test_every_failing_case_has_to_resemble() -> None:
    back, twice = [value(v[::-1]) for v in VECTORS], [value(2 * v) for v in VECTORS]
    cases = judged(VECTORS, back), judged(VECTORS, twice)
    assert resemblance(cases[:1]) == BACK
    assert resemblance(cases[1:]) == "Every result is 2 times the right one."
    assert resemblance(cases) == resemblance(cases[::-1]) == ""


def test_results_that_stay_the_same_are_compared_shape_by_shape() -> None:
    short, long = [VECTORS[0][:3], VECTORS[1][:3]], VECTORS
    constant = [judged(vs, [value(np.ones(len(v))) for v in vs]) for vs in (short, long)]
    assert resemblance(constant) == SAME
    varied = judged(long, [value(v + 1) for v in long])
    assert resemblance([constant[0], varied]) == ""


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([value(-VECTORS[0]), value(-VECTORS[1][:, None])], id="column"),
        pytest.param([value(-VECTORS[0]), Foreign("NoneType", "None")], id="none"),
        pytest.param([value(-VECTORS[0]), value(-VECTORS[1] + 0j, "complex128")], id="complex"),
        pytest.param([value(VECTORS[0][:, None]), value(VECTORS[1][:, None])], id="shapes"),
    ],
)
def test_results_of_another_kind_resemble_nothing(values: list[Value]) -> None:
    assert resemblance([judged(VECTORS, values)]) == ""


def test_where_the_judge_told_more_nothing_is_added() -> None:
    failing = judged(VECTORS, [value(v[::-1]) for v in VECTORS])
    assert failing.comparison is not None
    message = "They stand in another order."
    told = replace(failing.comparison, message=message, error=np.inf)
    unmeasured = replace(failing.comparison, message=message, relative=0.0)
    assert resemblance([failing]) == BACK
    for own in (told, unmeasured):
        assert resemblance([replace(failing, comparison=own)]) == ""


def test_without_right_answers_or_failing_cases_nothing_is_claimed() -> None:
    assert resemblance([]) == ""
    assert resemblance([outcome(value(THIRDS))]) == ""
    pair = judged(VECTORS, [value(-v) for v in VECTORS])
    of_pairs = replace(pair.case, expected=lambda: [(VECTORS[0], VECTORS[1])])
    assert resemblance([replace(pair, case=of_pairs)]) == ""


def test_the_part_that_is_judged_is_looked_at() -> None:
    wrapped: list[Value] = [(value(v[::-1]), value(1.0)) for v in VECTORS]
    found = judged(VECTORS, [value(v[::-1]) for v in VECTORS])

    def first(returned: Value) -> Value:
        return returned[0] if isinstance(returned, tuple) else returned

    case = replace(found.case, read=first)
    replies = tuple(Returned(got, 0.0) for got in wrapped)
    assert resemblance([replace(found, case=case, replies=replies)]) == BACK
    assert resemblance([replace(found, replies=replies)]) == ""
