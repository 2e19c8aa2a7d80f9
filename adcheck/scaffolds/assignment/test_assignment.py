"""Run by ``python -m pytest`` in this folder, before the course starts and after every change."""

from pathlib import Path

import pytest

import adcheck
from adcheck.validation import validate

FOLDER = Path(__file__).parent

RIGHT = """
import jax

def lse_gradient(a, b, x):
    return jax.grad(lambda x: jax.nn.logsumexp(a @ x + b))(x)
"""


def graded(path: Path) -> tuple[float, float]:
    """The points that a file earns, and those that a machine gives."""
    report = adcheck.grade(path, assignments=[str(FOLDER)])
    return report.score, report.auto_max


def test_the_checks_are_sound() -> None:
    assert validate(str(FOLDER), range(5)).problems == ()


@pytest.mark.parametrize("name", ["starter.py", "starter.ipynb"])
def test_a_starter_earns_nothing(name: str) -> None:
    assert graded(FOLDER / name) == (0, 4)


def test_a_right_answer_earns_everything(tmp_path: Path) -> None:
    path = tmp_path / "right.py"
    path.write_text(RIGHT, "utf-8")
    assert graded(path) == (4, 4)
