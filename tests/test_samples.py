"""Every sample submission, right, wrong, partial and broken, through the command line.

`submissions/expected.toml` says what each earns, item by item, and why. Those of known mistakes,
in `submissions/mistakes`, are graded by `test_mistakes`.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from adcheck.cli import cli

SUBMISSIONS = Path(__file__).parent / "submissions"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads(
    (SUBMISSIONS / "expected.toml").read_text("utf-8")
)


def graded(name: str) -> tuple[int, dict[str, Any]]:
    """Exit code and report of one sample."""
    command = ["check", str(SUBMISSIONS / name), "--format", "json"]
    if "timeout" in EXPECTED[name]:
        command += ["--timeout", str(EXPECTED[name]["timeout"])]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code in (0, 1), result.output
    return result.exit_code, json.loads(result.stdout)


def automatic(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The items that a machine graded, by id."""
    items = [item for assignment in report["assignments"] for item in assignment["items"]]
    return {item["id"]: item for item in items if item["status"] not in ("manual", "skipped")}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_earns_exactly_its_points(name: str) -> None:
    code, report = graded(name)
    items = automatic(report)
    earned = {id_: item["points"] for id_, item in items.items()}
    messages = {id_: item["message"] for id_, item in items.items() if item["message"]}
    expected = EXPECTED[name]
    wanted = expected["items"]
    unexpected = {id_: points for id_, points in earned.items() if id_ not in wanted and points}
    assert {id_: earned.get(id_, 0) for id_ in wanted} == wanted, messages
    assert not unexpected, messages
    statuses = expected.get("status", {})
    assert {id_: items[id_]["status"] for id_ in statuses if id_ in items} == {
        id_: status for id_, status in statuses.items() if id_ in items
    }, messages
    lost = any(item["points"] < item["max_points"] for item in items.values())
    assert code == (1 if lost else 0)
    for item in items.values():
        assert item["message"] or item["points"] == item["max_points"], "a lost point without why"


def test_every_sample_is_expected_something_of() -> None:
    listed = {SUBMISSIONS / name for name in EXPECTED} | {SUBMISSIONS / "mistakes"}
    files = [path for path in SUBMISSIONS.rglob("*") if path.is_file()]
    strays = [
        str(path.relative_to(SUBMISSIONS))
        for path in files
        if path.name != "expected.toml" and not {path, *path.parents} & listed
    ]
    assert not strays


@pytest.mark.parametrize("folder", ["right", "wrong"])
def test_there_are_enough_samples(folder: str) -> None:
    names = [name for name in EXPECTED if name.startswith(f"{folder}/")]
    assert len(names) >= {"right": 12, "wrong": 25}[folder]


@pytest.mark.parametrize("name", [n for n in EXPECTED if n.startswith("wrong/")])
def test_a_wrong_sample_loses_one_item_alone(name: str) -> None:
    full = {
        "hvp.get_params": 2,
        "hvp.hessian": 2,
        "hvp.naive_hvp": 2,
        "hvp.hvp": 4,
        "hvp.timing": 4,
        "hvp.plot": 4,
        "step_size.gd_loss": 5,
        "step_size.tune": 5,
        "step_size.optimality": 3,
    }
    items = EXPECTED[name]["items"]
    assert [id_ for id_, points in items.items() if points < full[id_]] == [EXPECTED[name]["loses"]]
