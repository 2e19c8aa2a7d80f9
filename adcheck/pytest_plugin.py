"""``pytest --adcheck hw.py``: a test for each item of a rubric, with its points as properties.

Loaded into every run of pytest where adcheck is installed, so nothing else is imported until the
option is given. The homework itself is never imported: its tests ask for a report, which is made
once, in processes of its own.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from adcheck.model import Item, ItemResult, Report

__all__ = ["Homework", "HomeworkItem"]

_FILES = pytest.StashKey[dict[Path, str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, all of which begin with ``--adcheck``."""
    group = parser.getgroup("adcheck", "homework graded by adcheck")
    group.addoption(
        "--adcheck",
        action="append",
        default=[],
        metavar="PATH",
        help="run a test for each item of this homework's rubric; may be repeated",
    )
    group.addoption(
        "--adcheck-assignment",
        action="append",
        default=[],
        metavar="SLUG|FOLDER",
        help="grade this assignment; by default those of which the homework defines a function",
    )
    group.addoption(
        "--adcheck-seed", type=int, default=0, metavar="N", help="draw the test inputs from N"
    )
    group.addoption(
        "--adcheck-feedback",
        choices=["score", "hints", "full"],
        default="hints",
        help="how much a failure tells: points alone, what was wrong and on which inputs (the "
        "default), or the right answers for these inputs too",
    )
    group.addoption(
        "--adcheck-lang",
        choices=("en", "ru", "uk"),
        default=None,
        help="the language of what is told of the homework; by default that of the locale",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Have the homework collected, and alone if nothing else was asked for."""
    given = config.getoption("--adcheck")
    config.stash[_FILES] = {Path(path).absolute().resolve(): path for path in given}
    if not given:
        return
    from adcheck.language import of_locale, use

    use(config.getoption("--adcheck-lang") or of_locale())
    for path in given:
        if not Path(path).exists():
            raise pytest.UsageError(f"--adcheck: there is no {path}")
    others = config.args if config.args_source is config.ArgsSource.ARGS else []
    config.args[:] = list(dict.fromkeys([*others, *given]))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave what else runs in this process as it was."""
    if config.stash.get(_FILES, {}):
        from adcheck.language import ENGLISH, use

        use(ENGLISH)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Take a homework away from whoever would import it."""
    others = yield
    homework = _homework(file_path, parent)
    return others if homework is None else [homework]


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A folder may be a homework, too."""
    return _homework(path, parent)


def _homework(path: Path, parent: pytest.Collector) -> Homework | None:
    if path.resolve() not in parent.config.stash[_FILES]:
        return None
    homework: Homework = Homework.from_parent(parent, path=path)
    return homework


class Homework(pytest.File):
    """A homework, whose tests are the items of its rubric."""

    _report: Report | None = None

    def collect(self) -> Iterator[HomeworkItem]:
        """One test for each item, found without running anything of the homework."""
        from adcheck.errors import AdcheckError
        from adcheck.grading import assignments_of

        try:
            chosen = assignments_of(self.given, self.assignments)
        except AdcheckError as error:
            raise self.CollectError(str(error)) from None
        for assignment in chosen:
            for item in assignment.items:
                yield HomeworkItem.from_parent(self, name=item.id, item=item)

    @property
    def given(self) -> str:
        """The path as it was given."""
        return self.config.stash[_FILES][self.path.resolve()]

    @property
    def assignments(self) -> Sequence[str] | None:
        """The assignments that were asked for, if any were."""
        return self.config.getoption("--adcheck-assignment") or None

    def result_of(self, id_: str) -> ItemResult:
        """What an item earned; the first one asked for has all selected ones graded."""
        if self._report is None:
            from adcheck import grade
            from adcheck.feedback import told
            from adcheck.model import Feedback

            seed = self.config.getoption("--adcheck-seed")
            report = grade(
                self.given, assignments=self.assignments, seed=seed, only=self._selected()
            )
            self._report = told(report, Feedback(self.config.getoption("--adcheck-feedback")))
        return next(item for item in self._report.items if item.item.id == id_)

    def _selected(self) -> Sequence[str]:
        """Ids of the items whose tests were not deselected."""
        return [item.name for item in self.session.items if item.parent is self]


class HomeworkItem(pytest.Item):
    """An item of a rubric as a test: ``points``, ``max_points`` and ``status`` are properties."""

    def __init__(self, *, item: Item, **others: Any) -> None:
        super().__init__(**others)
        self.item = item

    def runtest(self) -> None:
        """Pass, fail or skip as the item did."""
        from adcheck.report.marks import STATUS, format_points
        from adcheck.report.words import why

        assert isinstance(self.parent, Homework)
        result = self.parent.result_of(self.name)
        for name, value in (
            ("points", format_points(result.points) if result.status.graded else ""),
            ("max_points", format_points(result.item.points)),
            ("status", result.status.value),
        ):
            self.user_properties.append((name, value))
        outcome = STATUS[result.status].pytest
        if outcome == "skipped":
            pytest.skip(why(result))
        if outcome == "failed":
            raise LostError(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        """The item's story, and no traceback of ours."""
        if isinstance(excinfo.value, LostError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the homework is, and what is asked there."""
        return self.path, None, f"{self.name}: {self.item.title}"


class LostError(Exception):
    """Points were lost, or adcheck itself failed."""

    def __init__(self, result: ItemResult) -> None:
        from adcheck.report.lost import plain_story
        from adcheck.report.marks import STATUS, points_of

        head = f"{STATUS[result.status].label}, {points_of(result)}"
        super().__init__(f"{head}\n{plain_story(result)}")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Add the points up."""
    if not config.stash[_FILES]:
        return
    earned, most = 0.0, 0.0
    for reports in terminalreporter.stats.values():
        for report in reports:
            told = dict(getattr(report, "user_properties", ()))
            if getattr(report, "when", "") == "call" and told.get("points"):
                earned, most = earned + float(told["points"]), most + float(told["max_points"])
    from adcheck.language import trn

    line = trn(
        "adcheck: {earned} of {most} point that a machine grades",
        "adcheck: {earned} of {most} points that a machine grades",
        most,
        earned=f"{earned:g}",
        most=f"{most:g}",
    )
    terminalreporter.write_line(line)
