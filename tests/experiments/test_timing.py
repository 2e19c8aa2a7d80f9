import math

import numpy as np
import pytest

from adcheck.experiments import harness, timing
from adcheck.experiments.engine import NotMeasuredError
from adcheck.experiments.timing import METHODS, Timing, points


def test_the_statements_sizes() -> None:
    assert len(timing.FULL) == 15
    assert (timing.FULL[0], timing.FULL[-1]) == (50, 1000)


def test_the_points_go_by_depth() -> None:
    found = points((5, 3), ("scan", "jit"))
    assert [point.size for point in found] == [1] * 6 + [3] * 6 + [5] * 6
    assert {point.group for point in found} == {
        f"{m} {v}" for m in METHODS for v in ("scan", "jit")
    }


@pytest.mark.parametrize("variant", ["scan", "jit"])
def test_what_is_timed_is_right(variant: timing.Variant) -> None:
    asked = Timing(runs=2)
    for point in points((2,), (variant,))[3:]:
        (row,) = asked.measure(point, 60)
        assert row.keys() | asked.settings.keys() | point.keys.keys() == timing.COLUMNS.keys()
        assert row["parameters"] == 10
        assert float(row["error"]) < 1e-12
        assert 0 < float(row["least"]) <= float(row["mean"])
        assert float(row["first"]) > float(row["least"])  # it compiled
        assert Timing.spent({**asked.settings, **row}) > float(row["first"])


def test_the_eager_reference_is_right() -> None:
    (row,) = Timing(runs=1).measure(points((), ("eager",), ("hvp",))[0], 60)
    assert float(row["error"]) < 1e-12
    assert row["std"] == 0.0


def test_normal_weights_underflow_in_single_precision() -> None:
    (point,) = points((200,), ("scan",), ("hvp",))[1:]
    (row,) = Timing(runs=1, precision="single").measure(point, 60)
    assert row["largest"] == 0.0
    (row,) = Timing(runs=1, precision="single", weights="scaled").measure(point, 60)
    assert 1 < float(row["largest"]) < 1e4
    assert float(row["error"]) < 1e-3


def test_memory_that_does_not_suffice_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object) -> None:
        raise MemoryError("too much")

    monkeypatch.setattr(harness, "timed", fails)
    with pytest.raises(NotMeasuredError, match="MemoryError: too much"):
        Timing(runs=1).measure(points((), ("scan",))[0], 60)


def test_settings_name_the_machine_and_the_source() -> None:
    settings = Timing().settings
    assert settings["source"] == "reference"
    assert "jax" in str(settings["machine"])
    assert math.isclose(float(np.diff(timing.FULL).mean()), 950 / 14)
