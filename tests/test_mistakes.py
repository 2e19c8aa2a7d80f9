"""Known mistakes as students make them: every file loses points, and is named or rightly not named.

`submissions/mistakes/<item>/<slug>.py` were written from the mistakes' names alone, without a look
at the catalogues that have to recognise them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from adcheck.assignment import available
from adcheck.cli import cli
from adcheck.model import Graded

FOLDER = Path(__file__).parent / "submissions" / "mistakes"
SAMPLES = sorted(
    path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.glob("*/*.py")
)
ITEMS = {
    item.id.partition(".")[2]: item.id
    for assignment in available()
    for item in assignment.items
    if item.graded is not Graded.MANUAL
}
"""Item ids by the folders' names."""

NAMED: dict[str, str | None] = {
    # without input the loss is zero for all parameters: no number tells it from a loss without them
    "hessian/zero-input": "ignores-params",
    # wrong in what the second entry is: there are no numbers to compare
    "optimality/truth-value": None,
    "optimality/with-eigenvectors": None,
}
"""Samples that are named otherwise than their file, or not at all."""


def graded(sample: str) -> dict[str, Any]:
    """The item that the sample gets wrong, as the report tells it."""
    id_ = ITEMS[sample.partition("/")[0]]
    command = ["check", str(FOLDER / f"{sample}.py"), "--only", id_, "--format", "json"]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code in (0, 1), result.output
    items = [i for a in json.loads(result.stdout)["assignments"] for i in a["items"]]
    (item,) = (i for i in items if i["id"] == id_)
    assert isinstance(item, dict)
    return item


def catalogues() -> dict[str, list[str]]:
    """The slugs of each automatic item's known mistakes, by the folders' names."""
    tasks = {id_: task for a in available() for id_, task in a.load_tasks().items()}
    return {name: [m.slug for m in tasks[id_].mistakes] for name, id_ in ITEMS.items()}


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_mistake_costs_points_and_is_named(sample: str) -> None:
    item = graded(sample)
    assert item["points"] < item["max_points"]
    assert item["status"] in ("fail", "partial"), item["message"]
    named = NAMED.get(sample, sample.partition("/")[2])
    assert item["mistake"] == named, item["message"]
    assert item["message"]
    assert bool(item["hint"]) == (named is not None)


def test_every_known_mistake_has_a_sample() -> None:
    slugs = {f"{name}/{slug}" for name, known in catalogues().items() for slug in known}
    assert slugs - set(SAMPLES) == set()
    assert set(SAMPLES) - slugs == set(NAMED)
    assert all(slug is None or f"{name.partition('/')[0]}/{slug}" in slugs
               for name, slug in NAMED.items())  # fmt: skip


def test_at_least_sixty_mechanisms_are_known() -> None:
    counts = {name: len(set(slugs)) for name, slugs in catalogues().items()}
    assert sum(counts.values()) >= 60
    assert min(counts.values()) >= 10
