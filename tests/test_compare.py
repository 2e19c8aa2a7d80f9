"""`adcheck.compare`: what is judged first, what is said, and where the tolerance lies."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adcheck.compare import (
    FLOOR_FLOAT32,
    RELATIVE_FLOAT64,
    SPREAD_FACTOR,
    Tolerance,
    array_of,
    compare,
    describe,
    from_spread,
    is_single,
    measuring,
)
from adcheck.model import Array, Comparison, Foreign, Kind, Value

Vector = npt.NDArray[np.float64]

EXPECTED = np.array([1.0, -2.0, 0.5])
NONE = Foreign("NoneType", "None")


def array(data: Any, dtype: str = "float64") -> Array:
    """An array as it arrives from a worker; half precision arrives widened."""
    wire = {"float16": "f4", "bfloat16": "f4", "float32": "f4", "float64": "f8"}
    return Array(np.asarray(data, wire.get(dtype, dtype)), dtype)


def numbers(*values: float, dtype: str = "float64") -> tuple[Array, ...]:
    """A list of numbers that the worker did not stack."""
    return tuple(array(value, dtype) for value in values)


def never() -> float:
    raise AssertionError("single precision's tolerance is not needed here")


# --------------------------------------------------------------------------- what is right


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        pytest.param(EXPECTED, array([1.0, -2.0, 0.5]), id="vector"),
        pytest.param(np.array(3.0), array(3.0), id="scalar"),
        pytest.param(np.eye(2), array(np.eye(2)), id="matrix"),
        pytest.param(EXPECTED, numbers(1.0, -2.0, 0.5), id="tuple-of-numbers"),
        pytest.param(
            np.array([[1.0, 2.0], [3.0, 4.0]]),
            (numbers(1.0, 2.0), array([3.0, 4.0])),
            id="nested-tuples",
        ),
        pytest.param(
            np.arange(1.0, 5.0).reshape(1, 2, 2),
            ((numbers(1.0, 2.0), numbers(3.0, 4.0)),),
            id="tuples-three-deep",
        ),
        pytest.param(
            np.array([1.0, 0.5]),
            (array(1, "int64"), array(0.5)),
            id="integers-and-floats-in-one-list",
        ),
    ],
)
def test_right_results_pass_without_a_word(expected: Vector, actual: Value) -> None:
    assert compare(expected, actual, Tolerance(single=lambda: 1e-6)) == Comparison(Kind.EQUAL)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200], ids="{:g}".format)
@pytest.mark.parametrize(("part", "ok"), [(0.99, True), (1.01, False)], ids=["within", "beyond"])
def test_tolerance_is_a_part_of_the_largest_expected_entry(
    scale: float, part: float, ok: bool
) -> None:
    expected = scale * np.array([np.pi, -np.e, 1e-3])
    actual = expected + np.array([0.0, 0.0, part * RELATIVE_FLOAT64 * np.pi * scale])
    comparison = compare(expected, array(actual))
    assert comparison.ok is ok
    assert comparison.error == pytest.approx(part, rel=1e-3)


def test_tolerance_does_not_grow_with_the_size() -> None:
    expected = np.full(100_000, np.pi)
    off = expected.copy()
    off[70_000] += 1.5 * RELATIVE_FLOAT64 * np.pi
    assert compare(expected, array(off)).where == "[70000]"


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_rounding_in_the_last_digit_is_never_wrong(seed: int) -> None:
    expected = np.random.default_rng(seed).normal(size=17)
    assert compare(expected, array(np.nextafter(expected, np.inf))).ok


# --------------------------------------------------------------------------- structure


@pytest.mark.parametrize(
    ("actual", "message", "got"),
    [
        pytest.param(
            NONE,
            "It returned None, where an array of shape (3,) was expected: is a return missing?",
            "None",
            id="none",
        ),
        pytest.param(
            Foreign("str", "'done'"),
            "It returned a value of type str, where an array of shape (3,) was expected.",
            "a value of type str",
            id="string",
        ),
        pytest.param(
            Foreign("function", "<function f>"),
            "It returned a value of type function, where an array of shape (3,) was expected.",
            "a value of type function",
            id="function",
        ),
        pytest.param(
            (),
            "It returned a sequence of 0 values, where an array of shape (3,) was expected.",
            "a sequence of 0 values",
            id="empty-tuple",
        ),
        pytest.param(
            (array([1.0, 2.0]), array([3.0])),
            "It returned a sequence of 2 values of different shapes, "
            "where an array of shape (3,) was expected.",
            "a sequence of 2 values of different shapes",
            id="ragged-tuple",
        ),
        pytest.param(
            (array(1.0), NONE, array(2.0)),
            "It returned a sequence of 3 values of different shapes, "
            "where an array of shape (3,) was expected.",
            "a sequence of 3 values of different shapes",
            id="none-among-numbers",
        ),
        pytest.param(
            (NONE, NONE),
            "It returned a sequence of 2 values, where an array of shape (3,) was expected.",
            "a sequence of 2 values",
            id="nothing-but-none",
        ),
    ],
)
def test_what_is_no_array_is_told(actual: Value, message: str, got: str) -> None:
    comparison = compare(EXPECTED, actual)
    assert comparison == Comparison(Kind.STRUCTURE, message, "an array of shape (3,)", got)


def test_where_a_number_was_expected_none_is_told_so() -> None:
    assert compare(np.array(2.0), NONE).message == (
        "It returned None, where a single number was expected: is a return missing?"
    )


# --------------------------------------------------------------------------- shape


@pytest.mark.parametrize(
    ("expected", "actual", "message"),
    [
        pytest.param(
            EXPECTED,
            array(EXPECTED[:, None]),
            "The result has shape (3, 1), where a flat vector of shape (3,) was expected.",
            id="column",
        ),
        pytest.param(
            EXPECTED,
            array(EXPECTED[None]),
            "The result has shape (1, 3), where a flat vector of shape (3,) was expected.",
            id="row",
        ),
        pytest.param(
            EXPECTED,
            array([1.0, -2.0]),
            "The result has shape (2,), where (3,) was expected.",
            id="too-short",
        ),
        pytest.param(
            EXPECTED,
            array(np.zeros(0)),
            "The result has shape (0,), where (3,) was expected.",
            id="empty",
        ),
        pytest.param(
            EXPECTED,
            array(1.0),
            "The result has shape (), where (3,) was expected.",
            id="number-for-vector",
        ),
        pytest.param(
            np.array(2.0),
            array([2.0]),
            "The result has shape (1,), where a scalar, of shape (), was expected.",
            id="one-entry-for-number",
        ),
        pytest.param(
            np.ones((2, 3)),
            array(np.ones((3, 2))),
            "The result has shape (3, 2), where (2, 3) was expected.",
            id="transposed",
        ),
        pytest.param(
            np.ones((2, 2)),
            array(np.ones(4)),
            "The result has shape (4,), where (2, 2) was expected.",
            id="flattened",
        ),
    ],
)
def test_wrong_shapes_are_told(expected: Vector, actual: Array, message: str) -> None:
    comparison = compare(expected, actual)
    shapes = str(expected.shape), str(actual.data.shape)
    assert comparison == Comparison(Kind.SHAPE, message, *shapes)


# --------------------------------------------------------------------------- dtype


@pytest.mark.parametrize(
    ("actual", "reason"),
    [
        pytest.param(
            array([1.0, -2.0, 0.5], "float16"), "half precision keeps only three digits", id="half"
        ),
        pytest.param(
            array([1.0, -2.0, 0.5], "bfloat16"), "half precision keeps only two digits", id="brain"
        ),
        pytest.param(array([1, -2, 0], "int64"), "integers cannot hold the result", id="integers"),
        pytest.param(array([1, 2, 0], "uint8"), "integers cannot hold the result", id="unsigned"),
        pytest.param(numbers(1, -2, 0, dtype="int64"), "integers cannot hold the result",
                     id="list-of-integers"),
        pytest.param(array([1, 0, 1], "bool"), "these are truth values", id="bool"),
        pytest.param(array(EXPECTED, "complex128"), "the result is real", id="complex"),
    ],
)  # fmt: skip
def test_wrong_dtypes_are_told(actual: Value, reason: str) -> None:
    seen = array_of(actual)
    assert seen is not None
    message = (
        f"The result's dtype is {seen.dtype}, where float32 or float64 was expected: {reason}."
    )
    assert compare(EXPECTED, actual) == Comparison(Kind.DTYPE, message, "float64", seen.dtype)


def test_an_unheard_of_dtype_is_no_reason_to_pass() -> None:
    comparison = compare(EXPECTED, Array(EXPECTED, "float8_e4m3fn"))
    assert comparison.message == (
        "The result's dtype is float8_e4m3fn, where float32 or float64 was expected: "
        "it cannot hold the result."
    )


# --------------------------------------------------------------------------- non-finite


@pytest.mark.parametrize(
    ("expected", "actual", "comparison"),
    [
        pytest.param(
            EXPECTED,
            array([1.0, np.nan, np.inf]),
            Comparison(
                Kind.NON_FINITE,
                "2 of 3 entries are not finite, the first at [1]: nan.",
                "-2",
                "nan",
                "[1]",
                np.inf,
            ),
            id="vector",
        ),
        pytest.param(
            np.eye(2),
            array([[1.0, 0.0], [-np.inf, 1.0]]),
            Comparison(
                Kind.NON_FINITE,
                "1 of 4 entries is not finite, the first at [1, 0]: -inf.",
                "0",
                "-inf",
                "[1, 0]",
                np.inf,
            ),
            id="matrix",
        ),
        pytest.param(
            np.array(0.25),
            array(np.nan),
            Comparison(
                Kind.NON_FINITE, "The result is not finite: nan.", "0.25", "nan", "", np.inf
            ),
            id="number",
        ),
        pytest.param(
            EXPECTED,
            array([np.inf, 1.0, 1.0], "float32"),
            Comparison(
                Kind.NON_FINITE,
                "1 of 3 entries is not finite, the first at [0]: inf.",
                "1",
                "inf",
                "[0]",
                np.inf,
            ),
            id="float32",
        ),
    ],
)
def test_the_first_entry_that_is_not_finite_is_named(
    expected: Vector, actual: Array, comparison: Comparison
) -> None:
    assert compare(expected, actual) == comparison


# --------------------------------------------------------------------------- value


def test_the_worst_entry_is_named() -> None:
    comparison = compare(np.arange(1.0, 7.0).reshape(2, 3), array([[1, 2.1, 3], [9, 5, 6.2]]))
    assert comparison.message == ("3 of 6 values are wrong; the worst, at [1, 0], is 9.")
    assert (comparison.where, comparison.expected, comparison.got) == ("[1, 0]", "4", "9")
    assert comparison.error == pytest.approx(5 / (6 * RELATIVE_FLOAT64))


def test_one_wrong_entry_is_one() -> None:
    assert compare(EXPECTED, array([1.0, -2.0, 0.75])).message == (
        "1 of 3 values is wrong; the worst, at [2], is 0.75."
    )


def test_a_wrong_number_has_no_index() -> None:
    comparison = compare(np.array(0.5), array(2.0))
    assert comparison.message == "The value is wrong: it is 2."
    assert comparison.where == ""


@pytest.mark.parametrize(
    ("expected", "got", "texts"),
    [
        (1.0, 1.0 + 1e-9, ("1", "1.000000001")),
        (1234567.0, 1234567.2, ("1234567", "1234567.2")),
        (1 / 3, 1 / 3 + 1e-10, ("0.3333333333", "0.3333333334")),
    ],
    ids=["ninth-digit", "large", "a-third"],
)
def test_both_values_have_the_digits_that_tell_them_apart(
    expected: float, got: float, texts: tuple[str, str]
) -> None:
    comparison = compare(np.array(expected), array(got), Tolerance(double=1e-12))
    assert (comparison.expected, comparison.got) == texts
    assert comparison.message == f"The value is wrong: it is {texts[1]}."


def test_the_message_leaves_out_what_was_expected() -> None:
    assert "0.123" not in compare(np.array([0.123, 1.0]), array([5.0, 1.0])).message


@pytest.mark.parametrize("shape", [(), (3,), (2, 2)], ids=str)
def test_a_case_whose_answer_is_zero_is_our_own_fault(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must not be drawn"):
        compare(np.zeros(shape), array(np.zeros(shape)))


# --------------------------------------------------------------------------- single precision

THIRDS = np.array([1 / 3, 2 / 3, -1 / 7])
ROUNDED = THIRDS.astype(np.float32)


@pytest.mark.parametrize(
    "actual",
    [
        pytest.param(array(ROUNDED, "float32"), id="float32"),
        pytest.param(array(ROUNDED.astype(np.float64)), id="float32-in-a-float64-array"),
        pytest.param(tuple(array(float(x)) for x in ROUNDED), id="float32-in-a-list-of-floats"),
    ],
)
def test_float32_gets_its_own_tolerance(actual: Value) -> None:
    assert compare(THIRDS, actual, Tolerance(single=lambda: 1e-6)).ok
    off = compare(THIRDS, actual, Tolerance(single=lambda: 1e-9))
    assert off.kind is Kind.VALUE
    assert off.error > 1


@pytest.mark.parametrize(
    "actual",
    [
        pytest.param(array(THIRDS + 1e-8), id="array"),
        pytest.param(tuple(array(float(x)) for x in THIRDS + 1e-8), id="list-of-floats"),
        pytest.param(array(np.append(ROUNDED[:2], THIRDS[2] + 1e-8)), id="one-entry-is-double"),
    ],
)
def test_doubles_never_get_the_tolerance_of_float32(actual: Value) -> None:
    assert compare(THIRDS, actual, Tolerance(single=never)).kind is Kind.VALUE


def test_float32_is_not_asked_for_its_tolerance_where_the_shape_is_wrong() -> None:
    assert compare(THIRDS, array(ROUNDED[:2], "float32"), Tolerance(single=never)).error == 0


def test_float32_is_allowed_the_floor_by_default() -> None:
    assert compare(THIRDS, array(ROUNDED, "float32")).ok
    off = (THIRDS * (1 + 3 * FLOOR_FLOAT32)).astype(np.float32)
    assert not compare(THIRDS, array(off, "float32")).ok


@pytest.mark.parametrize(
    ("spread", "tolerance"),
    [(0.0, FLOOR_FLOAT32), (1e-9, FLOOR_FLOAT32), (1e-4, SPREAD_FACTOR * 1e-4)],
)
def test_tolerance_follows_the_spread_above_the_floor(spread: float, tolerance: float) -> None:
    assert from_spread(spread) == tolerance


@pytest.mark.parametrize(
    ("value", "single"),
    [
        pytest.param(array(ROUNDED, "float32"), True, id="float32"),
        pytest.param(array([0.5, 0.25]), False, id="short-binary-fractions"),
        pytest.param(array(THIRDS), False, id="float64"),
        pytest.param(array([1e300, 1.0]), False, id="beyond-float32"),
    ],
)
def test_single_precision_is_seen_in_the_numbers(value: Array, single: bool) -> None:
    assert is_single(value) is single


# --------------------------------------------------------------------------- the order


def spoilt(*defects: Kind) -> Value:
    """A result for `EXPECTED` with some defects at once."""
    data: Any = np.array([1.0, -2.0, 0.75] if Kind.VALUE in defects else EXPECTED)
    if Kind.NON_FINITE in defects:
        data[0] = np.nan
    if Kind.SHAPE in defects:
        data = data[:, None]
    result = array(data, "float16" if Kind.DTYPE in defects else "float64")
    return (result, NONE) if Kind.STRUCTURE in defects else result


ORDER = (Kind.STRUCTURE, Kind.SHAPE, Kind.DTYPE, Kind.NON_FINITE, Kind.VALUE)


@pytest.mark.parametrize("first", range(5), ids=[kind.value for kind in ORDER])
def test_of_several_defects_the_coarsest_is_told(first: int) -> None:
    assert compare(EXPECTED, spoilt(*ORDER[first:])).kind is ORDER[first]


# --------------------------------------------------------------------------- words and stacks


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (array(1.0, "float32"), "a single number (float32)"),
        (array(np.zeros((2, 3))), "an array of shape (2, 3), float64"),
        (NONE, "None"),
        (Foreign("dict", "{}"), "a value of type dict"),
        (numbers(1.0, 2.0), "a sequence of 2 values"),
        ((array(1.0), array([1.0])), "a sequence of 2 values of different shapes"),
    ],
    ids=["number", "array", "none", "dict", "sequence", "ragged"],
)
def test_values_are_described_in_a_few_words(value: Value, words: str) -> None:
    assert describe(value) == words


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(NONE, id="foreign"),
        pytest.param((), id="empty"),
        pytest.param((array(1.0), NONE), id="foreign-inside"),
        pytest.param((array(1.0), array([1.0])), id="ragged"),
        pytest.param(((array(1.0),), ((array(1.0),),)), id="of-different-depths"),
    ],
)
def test_what_does_not_stack_is_no_array(value: Value) -> None:
    assert array_of(value) is None


@pytest.mark.parametrize("mix", [lambda a, b: (a, b), lambda a, b: (b, a)], ids=["ab", "ba"])
def test_mixed_precisions_stack_to_the_wider(mix: Callable[[Array, Array], Value]) -> None:
    stacked = array_of(mix(array([0.1], "float32"), array([0.1])))
    assert stacked is not None
    assert stacked.dtype == stacked.data.dtype.name == "float64"


def test_an_array_wrapped_in_a_tuple_is_told() -> None:
    comparison = compare(np.ones(2), (Array(np.ones(2), "float64"),))
    assert comparison.kind is Kind.STRUCTURE
    assert comparison.message == (
        "It returned a tuple or list that holds an array of shape (2,), and not the array itself: "
        "take its first entry (the function that jax.vjp gives returns a tuple, for example)."
    )


@pytest.mark.parametrize(
    ("error", "asked"),
    [(0.3e-5, []), (1e-5, ["rough"]), (5e-5, ["rough", "single"]), (0.02, ["single"])],
    ids=["within the least one", "well within the rough one", "not well within it", "off by far"],
)
def test_the_tolerance_that_takes_long_to_know_is_asked_for_where_it_decides(
    error: float, asked: list[str]
) -> None:
    seen: list[str] = []

    def told(name: str, value: float) -> float:
        seen.append(name)
        return value

    tolerance = Tolerance(single=lambda: told("single", 1e-3), rough=lambda: told("rough", 3e-4))
    actual = array([1.0, 2.0 * (1 + error)], "float32")
    assert compare(np.array([1.0, 2.0]), actual, tolerance).ok == (error < 1e-3)
    assert seen == asked


def test_errors_are_measured_in_the_tolerance_proper() -> None:
    tolerance = Tolerance(single=lambda: 1e-2, rough=lambda: 1e-3)
    actual = array([1.0, 2.0 * (1 + 5e-6)], "float32")
    assert compare(np.array([1.0, 2.0]), actual, tolerance).error == pytest.approx(0.65, rel=0.1)
    with measuring():
        in_tolerances = compare(np.array([1.0, 2.0]), actual, tolerance).error
    assert in_tolerances == pytest.approx(0.005, rel=0.1)
