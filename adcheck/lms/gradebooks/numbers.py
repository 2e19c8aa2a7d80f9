"""Points as grade books write them: rounded half up on decimals, with the sheet's own comma."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

__all__ = ["NUMBER", "parse", "rounded", "uses_comma", "written"]

NUMBER: Final = re.compile(r"-?\d+(?:[.,]\d+)?")
"""A number as Canvas and Moodle export it: neither ever separates thousands."""

_COMMA: Final = re.compile(r"-?\d+,\d+")
_POINT: Final = re.compile(r"-?\d+\.\d+")
# A sum of a hundred decimals in binary is off by about 10^-13; points have two or three decimals.
_NOISE: Final = Decimal("1e-9")


def rounded(points: float, decimals: int = 2) -> Decimal:
    """Round half up, as a person would: 2.675 to 2.68, although the nearest double lies below it.

    Args:
        points: finite.
        decimals: how many to keep.
    """
    exact = Decimal(repr(float(points))).quantize(_NOISE, ROUND_HALF_UP)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def written(points: float, decimals: int = 2, *, comma: bool = False) -> str:
    """Write points with all their decimals, and with a decimal comma where that is the custom."""
    text = f"{rounded(points, decimals):f}"
    return text.replace(".", ",") if comma else text


def parse(cell: str) -> Decimal | None:
    """The number in a cell; None where there is none."""
    text = cell.strip().replace("\xa0", "")
    if not NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def uses_comma(cells: Iterable[str]) -> bool:
    """Whether a sheet's numbers have a decimal comma; a point wins where there are both."""
    texts = [cell.strip() for cell in cells]
    if any(_POINT.fullmatch(text) for text in texts):
        return False
    return any(_COMMA.fullmatch(text) for text in texts)
