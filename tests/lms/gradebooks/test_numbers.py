import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcheck.lms.gradebooks.numbers import parse, rounded, uses_comma, written


@pytest.mark.parametrize(
    ("points", "decimals", "text"),
    [
        (2.675, 2, "2.68"),
        (1.005, 2, "1.01"),
        (0.1 + 0.2, 2, "0.30"),
        (2.6749999999999994, 2, "2.68"),
        (2.5, 0, "3"),
        (0.125, 2, "0.13"),
        (-0.5, 2, "-0.50"),
        (17, 5, "17.00000"),
        (1 / 3, 2, "0.33"),
        (1e-12, 2, "0.00"),
    ],
)
def test_half_is_rounded_up_on_decimals(points: float, decimals: int, text: str) -> None:
    assert written(points, decimals) == text


@given(st.integers(0, 10_000))
def test_hundredths_stay(hundredths: int) -> None:
    assert rounded(hundredths / 100) * 100 == hundredths


@pytest.mark.parametrize(
    ("cell", "number"),
    [("37,00", "37.00"), (" 5.5 ", "5.5"), ("EX", ""), ("1,234.5", ""), ("", "")],
)
def test_numbers_in_cells(cell: str, number: str) -> None:
    assert str(parse(cell) or "") == number


def test_commas() -> None:
    assert written(1.5, comma=True) == "1,50"
    assert uses_comma(["", "3,5", "x,y"])
    assert not uses_comma(["3,5", "3.5"])
