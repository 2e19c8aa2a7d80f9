from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from adcheck.errors import UsageError
from adcheck.experiments import deep
from adcheck.experiments.engine import NotMeasuredError
from adcheck.experiments.submitted import Submitted
from adcheck.experiments.timing import Timing, points

SUBMISSIONS = Path(__file__).parent.parent / "submissions"
METHOD = """
import jax
import jax.numpy as jnp

class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        self.weights = []

def calculate_hessian(model, params):
    raise ValueError("no Hessian today")

def naive_hvp(hessian, vector):
    return (hessian @ vector)[:, None]
"""


@pytest.fixture(scope="module")
def plain() -> Iterator[Submitted]:
    submitted = Submitted(SUBMISSIONS / "right" / "plain.py", x64=True)
    yield submitted
    submitted.close()


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["eager", "jit"])
def test_a_right_submission_is_timed_and_right(plain: Submitted, variant: str) -> None:
    asked = Timing(runs=2, submitted=plain)
    assert str(asked.settings["source"]) == f"submission {plain.sha256[:12]}"
    for point in points((), (variant,)):  # type: ignore[arg-type]
        (row,) = asked.measure(point, 100)
        assert float(row["error"]) < 1e-12
        assert 0 < float(row["least"]) <= float(row["first"])


@pytest.mark.slow
def test_what_goes_wrong_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "hw.py"
    path.write_text(METHOD)
    submitted = Submitted(path, x64=True)
    try:
        params, vector = deep.draw(1, 0, "normal")
        for method, sentence in (
            ("hvp", "the submission has no hvp$"),
            ("full", "it raised ValueError: no Hessian today"),
            ("naive", r"the product has shape \(6, 1\) and dtype float64, and not \(6,\)"),
        ):
            with pytest.raises(NotMeasuredError, match=sentence):
                submitted.timed(method, 1, params, vector, 1, False, 60)
    finally:
        submitted.close()


@pytest.mark.slow
def test_what_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "hw.py"
    path.write_text("def naive_hvp(hessian, vector):\n    while True: pass\n")
    monkeypatch.setattr("adcheck.experiments.submitted._LEAST_SECONDS", 1.0)
    submitted = Submitted(path, x64=True)
    try:
        vector = np.ones(6)
        for _ in range(2):  # with a new worker for the second
            with pytest.raises(NotMeasuredError, match="did not finish within"):
                submitted.timed("naive", 1, vector, vector, 1, False, 1.0)
    finally:
        submitted.close()


def test_a_submission_without_these_functions(tmp_path: Path) -> None:
    path = tmp_path / "hw.py"
    path.write_text("def gd_loss(alphas, x0): return 0\n")
    with pytest.raises(UsageError, match="defines none of the functions that are timed"):
        Submitted(path, x64=True)


@pytest.mark.slow
def test_a_submission_that_does_not_load(tmp_path: Path) -> None:
    path = tmp_path / "hw.py"
    path.write_text("@nowhere\ndef hvp(f, x, v): return x\n")
    with pytest.raises(UsageError, match=r"hw\.py cannot be run: it raised NameError"):
        Submitted(path, x64=True)
