"""`adcheck.diagnose`: a mistake is named only where it explains everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from adcheck.compare import RELATIVE_FLOAT64, compare
from adcheck.diagnose import SINGLE_PRECISION, diagnose
from adcheck.model import (
    Array,
    Case,
    Comparison,
    Foreign,
    Mistake,
    Outcome,
    Raised,
    Returned,
    Value,
)

Vector = npt.NDArray[Any]

THIRDS = np.array([1 / 3, 2 / 3, -1 / 7])
OTHERS = np.array([np.pi, np.e, 1.0])


def mistake(slug: str, *predicted: Vector | None) -> Mistake:
    """A mistake that predicts the same on every case."""
    return Mistake(slug, f"It is {slug}.", "", lambda case: predicted)


def scaled(slug: str, factor: float) -> Mistake:
    """A mistake whose answers are a multiple of a case's own."""
    return Mistake(slug, f"It is {slug}.", "", lambda case: [factor * case.data["right"]])


def value(data: Any, dtype: str = "float64") -> Array:
    return Array(np.asarray(data), dtype)


def outcome(*values: Value | Returned | Raised, right: Vector = OTHERS) -> Outcome:
    """A failing case whose calls returned these values."""
    replies = tuple(v if isinstance(v, Returned | Raised) else Returned(v, 0.0) for v in values)
    case = Case("values", 0, 0, (), (), lambda replies: UNEQUAL, {"right": right})
    return Outcome(case, replies, UNEQUAL)


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


def test_what_is_not_finite_agrees_where_another_case_is_evidence() -> None:
    blown_up = Mistake("it", "", "", lambda case: [case.data["right"]])
    nans = np.full(3, np.nan)
    failing = [outcome(value(THIRDS), right=THIRDS), outcome(value(nans), right=nans)]
    assert named(failing, blown_up) == "it"


def test_nothing_is_changed_by_asking() -> None:
    result: Comparison = UNEQUAL
    failing = [outcome(value(THIRDS))]
    before = THIRDS.copy()
    named(failing, mistake("thirds", THIRDS), scaled("doubled", 2.0))
    assert np.array_equal(THIRDS, before)
    assert failing[0].comparison is result
