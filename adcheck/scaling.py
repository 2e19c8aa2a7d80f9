"""How what a student measured grows, for the person who marks what they wrote about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adcheck.errors import AdcheckError
from adcheck.language import tr
from adcheck.model import Item
from adcheck.survey import Measured, reader

if TYPE_CHECKING:
    from adcheck.fits import Fit

__all__ = ["evidence"]

MOST_TABLES = 3
_FINEST = 0.01  # of a half-width: a straighter line is told as one of this


def evidence(path: str, item: Item) -> tuple[str, ...]:
    """Exponents of the tables that a notebook was saved with, each beside those of theory.

    Args:
        path: of the submission, as for `adcheck.submission.load_submission`.
        item: says in its ``scaling`` what theory gives.

    Returns:
        A sentence or two for each table that differs from those before it; nothing where none can
        be recognised for certain, or where the item does not ask for any.
    """
    if item.scaling is None or not path.lower().endswith(".ipynb"):
        return ()  # nothing else is saved with what it printed
    exponents = item.scaling.exponents
    try:
        tables = reader.measured(path, item.scaling.sizes, len(exponents))
    except AdcheckError:  # for want of a remark no grade is lost
        return ()
    theory = ", ".join(f"{exponent:g} ({title})" for title, exponent in exponents.items())
    told: dict[tuple[object, ...], str] = {}
    for table in tables:
        fitted = _fitted(table)
        if fitted:
            told.setdefault((table.sizes, fitted), _sentence(table, fitted, theory))
    return tuple(told.values())[:MOST_TABLES]


def _sentence(table: Measured, fitted: str, theory: str) -> str:
    return tr(
        "Fitted to the table saved in cell {cell}, from n = {first} to {last}: {fitted} (intervals "
        "of 95 % confidence). Theory: {theory}.",
        cell=table.cell,
        first=f"{table.sizes[0]:g}",
        last=f"{table.sizes[-1]:g}",
        fitted=fitted,
        theory=theory,
    )


def _fitted(table: Measured) -> str:
    """The exponent of each column, in words."""
    from adcheck.fits import fit  # and with it NumPy: few submissions hold such a table

    told = []
    for place, (name, seconds) in enumerate(table.columns, 2):
        found = fit(table.sizes, seconds)
        if found is not None:
            shown = f"`{name}`" if name else tr("column {number}", number=place)
            told.append(f"{shown} n^{_interval(found)}")
    return ", ".join(told)


def _interval(found: Fit) -> str:
    """An exponent as ``2.1 ± 0.1``, with no more digits than its interval bears."""
    width = max((found.high - found.low) / 2, _FINEST)
    digits = 1 if width >= 0.095 else 2
    return f"{found.exponent:.{digits}f} ± {width:.{digits}f}"
