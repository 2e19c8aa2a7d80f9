"""Grades homework on automatic differentiation, without ever importing a student's code.

What stands in ``__all__`` stays as it is from release to release: `grade` makes a `Report`, which
`adcheck.report.render` puts into any format, and `load_submission` reads a homework without
running it.

Example:
    >>> import adcheck
    >>> report = adcheck.grade("hw.ipynb", assignments=["hvp"], seed=7)  # doctest: +SKIP
    >>> report.score, report.max_score  # doctest: +SKIP
    (10.0, 22.0)
    >>> [item.item.id for item in report.items if item.points == 0]  # doctest: +SKIP
    ['hvp.timing', 'hvp.plot', 'hvp.analysis']
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adcheck.grading import grade
    from adcheck.model import Report
    from adcheck.submission import load_submission

__all__ = ["Report", "__version__", "grade", "load_submission"]

__version__ = "0.1.0"

# Imported on first use, so that `adcheck --help` and every report format stay quick.
_HOMES = {
    "Report": "adcheck.model",
    "grade": "adcheck.grading",
    "load_submission": "adcheck.submission",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
