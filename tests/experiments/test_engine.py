from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adcheck.errors import UsageError
from adcheck.experiments import engine
from adcheck.experiments.engine import (
    Kind,
    NotMeasuredError,
    Plan,
    Point,
    Run,
    expected,
    folder_for,
)
from adcheck.experiments.store import Row, Store

KIND = Kind("some", {"n": int, "value": float}, lambda figure, rows: None, lambda rows: [])


def plan(sizes: Sequence[int], measure: Callable[[Point, float], Sequence[Row]]) -> Plan:
    points = [Point({"n": n}, f"n = {n}", "curve", n) for n in sizes]
    return Plan(KIND, {}, points, measure, lambda row: float(row["value"]))


def run(path: Path, budget: float = 100.0) -> Run:
    return Run(Store(path / "some.csv", KIND.columns, {}), budget)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the engine sees; what is measured adds to it."""
    now = [0.0]
    monkeypatch.setattr(engine.time, "monotonic", lambda: now[0])  # type: ignore[attr-defined]
    return now


def taking(clock: list[float], seconds: Callable[[float], float]) -> Any:
    def measure(point: Point, left: float) -> list[Row]:
        clock[0] += seconds(point.size)
        return [{"value": seconds(point.size)}]

    return measure


def test_every_point_is_measured_once(tmp_path: Path, clock: list[float]) -> None:
    told: list[str] = []
    first = run(tmp_path)
    first.measure(plan((1, 2), taking(clock, lambda n: n)), told.append)
    again = run(tmp_path)
    again.measure(plan((1, 2, 3), taking(clock, lambda n: 10 * n)), told.append)
    assert [row["value"] for row in again.store.rows] == [1.0, 2.0, 30.0]
    assert told == ["n = 1", "n = 2", "n = 1", "n = 2", "n = 3"]


def test_what_would_end_too_late_is_not_begun(tmp_path: Path, clock: list[float]) -> None:
    short = run(tmp_path, budget=30)
    short.measure(plan((1, 2, 4, 8), taking(clock, lambda n: n**2)))
    assert [row["n"] for row in short.store.rows] == [1, 2, 4]  # 64 s are to be expected
    assert [point.label for point in short.unreached] == ["n = 8"]
    assert clock[0] == 21


def test_rows_that_are_there_tell_how_long_the_next_takes(
    tmp_path: Path, clock: list[float]
) -> None:
    run(tmp_path).measure(plan((1, 2), taking(clock, lambda n: n**2)))
    again = run(tmp_path, budget=10)
    again.measure(plan((1, 2, 4), taking(clock, lambda n: n**2)))
    assert [point.label for point in again.unreached] == ["n = 4"]


def test_what_cannot_be_measured_ends_its_curve(tmp_path: Path) -> None:
    def measure(point: Point, left: float) -> list[Row]:
        if point.size > 1:
            raise NotMeasuredError("it raised")
        return [{"value": 0.0}]

    partly = run(tmp_path)
    partly.measure(plan((1, 2, 3), measure))
    assert partly.problems == ["n = 2: it raised"]
    assert [row["n"] for row in partly.store.rows] == [1]


def test_an_interruption_keeps_what_was_measured(tmp_path: Path) -> None:
    def measure(point: Point, left: float) -> list[Row]:
        if point.size > 1:
            raise KeyboardInterrupt
        return [{"value": 0.0}]

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path).measure(plan((1, 2), measure))
    assert [row["n"] for row in run(tmp_path).store.rows] == [1]


@pytest.mark.parametrize(
    ("taken", "size", "seconds"),
    [
        ([], 5, 0),
        ([(1, 7)], 5, 0),  # one point shows no exponent
        ([(1, 1), (2, 4)], 4, 16),
        ([(1, 1), (2, 100)], 4, 800),  # no steeper than n^3
        ([(1, 4), (2, 1)], 4, 1),  # nor falling
        ([(1, 2), (1, 3)], 1, 3),
    ],
)
def test_expected(taken: list[tuple[float, float]], size: float, seconds: float) -> None:
    assert expected(taken, size) == pytest.approx(seconds)


def test_a_folder_is_made(tmp_path: Path) -> None:
    assert folder_for(tmp_path / "a" / "b").is_dir()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write into"):
        folder_for(tmp_path / "file")
