"""The quick way and the slow one come to the same verdict, on every sample submission.

Quickly, calls are traced, interpreted and made together; slowly, all is run eagerly and compiled
operation by operation, as it is on a student's own machine. That takes a minute for a sample, so a
few of each kind run always, and all of them with ``pytest -m slow_way tests/test_quick.py``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from adcheck import grade
from adcheck.model import Report

SUBMISSIONS = Path(__file__).parent / "submissions"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads(
    (SUBMISSIONS / "expected.toml").read_text("utf-8")
)
MISTAKES = sorted(
    str(path.relative_to(SUBMISSIONS)) for path in (SUBMISSIONS / "mistakes").rglob("*.py")
)
ALWAYS = (
    "right/closed_form_loss.py",
    "right/custom_jvp_loss.py",
    "wrong/gd_loss_eleven_steps.py",
    "wrong/hvp_cache_by_size.py",
)


def verdicts(report: Report) -> list[tuple[Any, ...]]:
    """What a report comes to, item by item; messages name numbers, whose last digits may differ."""
    return [
        (r.item.id, r.points, r.status, r.mistake, [part.points for part in r.parts])
        for r in report.items
    ]


def compare(name: str) -> None:
    path, timeout = SUBMISSIONS / name, EXPECTED.get(name, {}).get("timeout")
    quickly = grade(path, timeout=timeout)
    slowly = grade(path, timeout=timeout, quick=False)
    assert verdicts(quickly) == verdicts(slowly)


@pytest.mark.parametrize("name", ALWAYS)
def test_both_ways_come_to_the_same_verdict(name: str) -> None:
    compare(name)


@pytest.mark.slow_way
@pytest.mark.parametrize("name", [*EXPECTED, *MISTAKES])
def test_both_ways_come_to_the_same_verdict_on_every_sample(name: str) -> None:
    compare(name)
