"""What decides on an item's result, and what is kept of one from run to run."""

import textwrap
from pathlib import Path

import pytest

from adcheck import grade
from adcheck.assignment import load_assignment
from adcheck.memory import Mark, Memory, mark_of
from adcheck.model import ItemResult, Report, Status
from adcheck.report import render
from adcheck.survey import question
from adcheck.survey.taking import survey

HVP = load_assignment("hvp")
ITEMS = {item.id: item for item in HVP.items}
ONLY = ("hvp.get_params", "hvp.naive_hvp")

BASE = """
import jax
import jax.numpy as jnp

SCALE = 1.0


def scaled(v):
    return SCALE * v


def naive_hvp(hessian, vector):
    return hessian @ scaled(vector)


def hvp(f, x, v):
    return jax.grad(lambda y: jnp.vdot(jax.grad(f)(y), v))(x)
"""


def mark(folder: Path, text: str, id_: str, follows: tuple[str, ...] = ()) -> Mark:
    path = folder / "hw.py"
    path.write_text(text, "utf-8")
    return mark_of(ITEMS[id_], survey(str(path), [question(HVP)]).findings["hvp"], follows)


UNTOUCHED = {
    "a comment above": "# why\n" + BASE,
    "empty lines": BASE.replace("\n\n\n", "\n\n\n\n\n"),
    "another function": BASE.replace("jnp.vdot", "jnp.dot"),
    "an experiment below": BASE + "\nprint(naive_hvp(jnp.eye(2), jnp.ones(2)))\n",
}
TOUCHED = {
    "the function": BASE.replace("hessian @", "2 * hessian @"),
    "a helper": BASE.replace("SCALE * v", "v * SCALE"),
    "a constant": BASE.replace("1.0", "2.0"),
    "its name": BASE.replace("naive_hvp", "hvp_naive"),
    "single precision": BASE + "\nsmall = jnp.float32\n",
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_what_changes_nothing_for_an_item(name: str, tmp_path: Path) -> None:
    before = mark(tmp_path, BASE, "hvp.naive_hvp")
    assert mark(tmp_path, UNTOUCHED[name], "hvp.naive_hvp").code == before.code


@pytest.mark.parametrize("name", TOUCHED)
def test_what_may_change_its_result(name: str, tmp_path: Path) -> None:
    before = mark(tmp_path, BASE, "hvp.naive_hvp")
    assert mark(tmp_path, TOUCHED[name], "hvp.naive_hvp").code != before.code


def test_what_it_builds_on_may_change_it(tmp_path: Path) -> None:
    other = TOUCHED["the function"]
    marks = [mark(tmp_path, text, "hvp.hvp", ("hvp.naive_hvp",)) for text in (BASE, other)]
    assert marks[0].code != marks[1].code
    alone = [mark(tmp_path, text, "hvp.hvp") for text in (BASE, other)]
    assert alone[0].code == alone[1].code


def test_lines_are_others_where_something_above_has_grown(tmp_path: Path) -> None:
    marks = [mark(tmp_path, text, "hvp.naive_hvp") for text in (BASE, UNTOUCHED["a comment above"])]
    assert marks[0].lines != marks[1].lines


# --------------------------------------------------------------------------- grading with it

RIGHT = """
import jax.numpy as jnp

class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes, self.weights = layer_sizes, []

    def get_params(self):
        return jnp.concatenate([w.ravel() for w in self.weights])

def naive_hvp(hessian, vector):
    return hessian @ vector
"""


class Session:
    """Grades one file again and again."""

    def __init__(self, folder: Path) -> None:
        self._path, self.memory = folder / "hw.py", Memory()

    def graded(self, text: str) -> Report:
        self._path.write_text(textwrap.dedent(text), "utf-8")
        return grade(self._path, assignments=["hvp"], only=ONLY, memory=self.memory)


def product(report: Report) -> ItemResult:
    return next(item for item in report.items if item.item.id == "hvp.naive_hvp")


def shown(report: Report) -> str:
    """The report but for the time that it took."""
    return render(report, "table").rpartition(";")[0]


@pytest.mark.slow
def test_a_report_with_kept_results_is_the_same(tmp_path: Path) -> None:
    session = Session(tmp_path)
    wrong = RIGHT.replace("hessian @ vector", "hessian.T @ vector + 1")
    first = session.graded(wrong)
    assert session.memory.again == list(ONLY)
    second = session.graded(wrong)
    assert session.memory.again == []
    assert shown(second) == shown(first)
    assert second.isolation == first.isolation
    assert second.seconds < first.seconds


@pytest.mark.slow
def test_only_what_is_touched_is_graded_again(tmp_path: Path) -> None:
    session = Session(tmp_path)
    before = product(session.graded(RIGHT))
    report = session.graded("# more\n\n" + RIGHT.replace("hessian @ vector", "vector @ hessian"))
    assert session.memory.again == ["hvp.naive_hvp"]
    assert report.score == 4
    report = session.graded("# more\n# and more\n\n\n" + RIGHT)
    after = product(report)
    assert before.place is not None
    assert after.place is not None
    assert after.place.first == before.place.first + 4


@pytest.mark.slow
def test_what_raised_is_tried_again(tmp_path: Path) -> None:
    session = Session(tmp_path)
    raising = RIGHT.replace("hessian @ vector", "hessian @ undefined")
    assert product(session.graded(raising)).status is Status.RAISED
    session.graded(raising)
    assert session.memory.again == ["hvp.naive_hvp"]
