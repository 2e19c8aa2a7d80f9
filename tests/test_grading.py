"""Grading whole submissions through the public door, with real workers."""

import json
import textwrap
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adcheck import grade, grading
from adcheck.assignment import load_assignment
from adcheck.bench import STAGES
from adcheck.errors import UsageError
from adcheck.grading import program_of
from adcheck.model import Context, ItemResult, Report, Status
from adcheck.report import render

ROOT = Path(__file__).parent.parent
HALF = """
    import jax
    import jax.numpy as jnp

    def gd_loss(alphas, x0):
        for alpha in alphas:
            x0 = x0 - alpha * x0
        return {factor} * jnp.sum(x0 ** 2)

    slope = jax.jit(jax.grad(gd_loss))

    def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=300):
        for _ in range(num_steps):
            alphas = alphas - beta * slope(alphas, x0)
        return alphas
"""


def written(folder: Path, text: str, name: str = "hw.py") -> Path:
    path = folder / name
    path.write_text(textwrap.dedent(text), "utf-8")
    return path


def by_id(report: Report) -> dict[str, ItemResult]:
    return {item.item.id: item for item in report.items}


@pytest.mark.parametrize("slug", ["hvp", "step_size"])
@pytest.mark.parametrize("name", ["starter.py", "starter.ipynb"])
def test_the_untouched_starter_earns_nothing(slug: str, name: str) -> None:
    report = grade(ROOT / "assignments" / slug / name, assignments=[slug])
    assert report.score == 0
    assert report.exit_code == 1
    graded = [item for item in report.items if item.status.graded]
    assert {item.status for item in graded} == {Status.FAIL}
    assert all(item.message for item in graded)


def test_a_wrong_function_does_not_drag_down_what_builds_on_it(tmp_path: Path) -> None:
    report = grade(written(tmp_path, HALF.format(factor=1.0)))
    items = by_id(report)
    assert items["step_size.gd_loss"].points == 0
    assert items["step_size.gd_loss"].mistake == "half-forgotten"
    assert items["step_size.tune"].points == 5
    assert items["step_size.tune"].message == (
        "Graded with a right answer in place of your gd_loss, on which it builds."
    )


def test_a_right_function_is_never_replaced(tmp_path: Path) -> None:
    report = grade(written(tmp_path, HALF.format(factor=0.5)))
    assert [item.message for item in report.items if item.status is Status.PASS] == ["", ""]
    assert report.score == 10
    assert report.exit_code == 0


def test_what_defines_nothing_of_an_assignment_is_named(tmp_path: Path) -> None:
    report = grade(written(tmp_path, HALF.format(factor=0.5)), only=["step_size.gd_loss"])
    assert [assignment.slug for assignment in report.assignments] == ["step_size"]
    assert report.others == ("hvp",)
    assert by_id(report)["step_size.tune"].status is Status.SKIPPED
    assert report.auto_max == 5


def test_a_file_without_any_of_the_functions_is_graded_at_zero(tmp_path: Path) -> None:
    report = grade(written(tmp_path, "print('hello')\n"))
    assert [assignment.slug for assignment in report.assignments] == ["hvp", "step_size"]
    assert [problem.code for problem in report.problems] == ["nothing-found"]
    assert (report.score, report.exit_code) == (0, 1)


def test_an_unknown_item_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no item 'hvp\.hess' is graded here"):
        grade(written(tmp_path, "hvp = 1\n"), assignments=["hvp"], only=["hvp.hess"])


def test_the_same_seed_gives_the_same_report(tmp_path: Path) -> None:
    path = written(tmp_path, HALF.format(factor=1.0))

    def text(seed: int) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(render(grade(path, seed=seed), "json"))
        data.pop("seconds")
        for assignment in data["assignments"]:
            for item in assignment["items"]:
                item.pop("seconds")
        return data

    assert text(7) == text(7)
    assert text(7) != text(8)


PRODUCTS = """
    def naive_hvp(hessian, vector):
        return hessian @ vector
"""


def test_assignments_come_out_the_same_side_by_side(tmp_path: Path) -> None:
    path = written(tmp_path, PRODUCTS + HALF.format(factor=0.5))
    reports = [grade(path, side_by_side=way) for way in (True, False)]
    told = [[(i.item.id, i.points, i.status, i.message) for i in r.items] for r in reports]
    assert told[0] == told[1]
    assert [assignment.slug for assignment in reports[0].assignments] == ["hvp", "step_size"]


def test_each_item_that_ran_says_where_its_time_went(tmp_path: Path) -> None:
    items = by_id(grade(written(tmp_path, HALF.format(factor=0.5)), assignments=["step_size"]))
    for id_ in ("step_size.gd_loss", "step_size.tune"):
        timings = items[id_].timings
        assert tuple(timings) == STAGES
        assert all(seconds >= 0 for seconds in timings.values())
        assert 0 < timings["trace"] < sum(timings.values()) <= items[id_].seconds + 0.1
    assert items["step_size.optimality"].timings == {}


def test_where_one_assignment_cannot_go_on_the_others_stop_at_once(tmp_path: Path) -> None:
    endless = "\n    def gd_loss(alphas, x0):\n        while True:\n            pass\n"
    path = written(tmp_path, PRODUCTS + endless)
    start = time.monotonic()

    def interrupt(item: str) -> None:
        if item == "hvp.naive_hvp":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(path, progress=interrupt, timeout=300)

    assert time.monotonic() - start < 300  # which the endless call would have taken


def test_a_fault_of_our_own_costs_nobody_a_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assignment = load_assignment("step_size")
    tasks = dict(assignment.load_tasks())

    def broken(context: Context) -> Any:
        raise ZeroDivisionError("a bug")

    tasks["step_size.tune"] = replace(tasks["step_size.tune"], cases=broken)
    faulty = replace(assignment, load_tasks=lambda: tasks)
    monkeypatch.setattr(grading, "load_assignment", lambda slug: faulty)
    report = grade(written(tmp_path, HALF.format(factor=0.5)), assignments=["step_size"])
    items = by_id(report)
    assert items["step_size.gd_loss"].points == 5
    assert items["step_size.tune"].status is Status.ERROR
    assert items["step_size.tune"].message == (
        "adcheck failed on this item (ZeroDivisionError: a bug). No points are lost by that."
    )
    assert report.pending == 5 + 3 + 2
    assert report.exit_code == 70


def test_everything_is_run_where_a_slice_would_not_do(tmp_path: Path) -> None:
    text = """
        exec("SCALE = 0.5")

        def gd_loss(alphas, x0):
            for alpha in alphas:
                x0 = x0 - alpha * x0
            return SCALE * (x0 @ x0)
    """
    report = grade(written(tmp_path, text))
    assert by_id(report)["step_size.gd_loss"].points == 5
    assert report.whole
    assert "whole-run" in [problem.code for problem in report.problems]


def test_an_hour_at_the_top_level_is_not_run(tmp_path: Path) -> None:
    text = HALF.format(factor=0.5) + "\n    import time\n    time.sleep(3600)\n    1 / 0\n"
    report = grade(written(tmp_path, text))
    assert report.score == 10
    assert not report.whole
    sources = program_of(tmp_path / "hw.py").sources
    assert "sleep" not in "".join(source.text for source in sources)


def test_what_stopped_the_program_is_told_and_not_what_came_of_it(tmp_path: Path) -> None:
    text = """
        SCALE = 1 / 0

        def gd_loss(alphas, x0):
            return SCALE * alphas @ alphas

        def local_optimality(alphas, x0):
            return 1.0
    """
    items = by_id(grade(written(tmp_path, text)))
    assert items["step_size.gd_loss"].status is Status.RAISED
    assert items["step_size.gd_loss"].message == (
        "Before it could be called, the program raised ZeroDivisionError in hw.py, line 2: "
        "division by zero"
    )
    assert items["step_size.optimality"].message == (
        "It returned a single number (float64), where a pair (gradient norm, eigenvalues) was "
        "expected."
    )


def test_the_report_tells_how_the_workers_were_confined(tmp_path: Path) -> None:
    path = written(tmp_path, HALF.format(factor=0.5))
    only = ["step_size.gd_loss"]
    weak = grade(path, only=only, isolation="weak")
    assert (weak.isolation.level, weak.score) == ("weak", grade(path, only=only).score)
    assert weak.isolation.layers == {
        "process": "on",
        "time limits": "on",
        "rlimits": "on",
        "confinement": "off: not asked for",
    }
    assert grade(path, only=only, isolation="none").isolation.level == "none"


def test_where_nothing_is_run_nothing_is_confined(tmp_path: Path) -> None:
    told = grade(written(tmp_path, "def f(:\n")).isolation
    assert (told.level, told.layers) == ("weak", {"process": "off: nothing was run"})
