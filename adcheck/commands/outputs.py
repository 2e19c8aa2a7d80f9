"""Where reports go, in which formats, and what the exit code then says."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from click.shell_completion import CompletionItem

from adcheck.console import Page, deliver, page_of, say
from adcheck.report import FORMATS, PRINTED, Format, render

if TYPE_CHECKING:
    from adcheck.model import Report

__all__ = ["Goal", "Output", "exit_options", "format_options", "settle"]

SUMMARY_BYTES: Final = 1024**2
"""That GitHub takes of a step's summary; of a longer one it shows nothing."""

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Output:
    """One format, and the file it goes to; None for stdout."""

    format: Format
    path: Path | None = None

    def write(self, report: Report, stdout: Any) -> None:
        """Render a report and write or print it.

        Args:
            report: what was graded.
            stdout: the stream that it may be printed on, for what that can show.
        """
        page = Page() if self.path is not None else page_of(stdout)
        text = render(report, self.format, width=page.width, color=page.color, unicode=page.unicode)
        deliver(text, self.path, as_utf8=self.format not in PRINTED)
        if self.format == "github":
            _add_summary(report)


@dataclass(frozen=True)
class Goal:
    """The least that must be earned: points, or a share of those that a machine graded."""

    value: float
    percent: bool = False

    def exit_code(self, report: Report) -> int:
        """0 if it is reached, 1 if not, 70 if adcheck itself failed somewhere."""
        if report.exit_code not in (0, 1):
            return report.exit_code
        earned = sum(item.points for item in report.items if item.status.graded)
        least = self.value * report.auto_max / 100 if self.percent else self.value
        return 0 if earned >= least - 1e-9 else 1  # a third of three points is one


class _OutputType(click.ParamType[Output]):
    name = "FORMAT[=FILE]"

    def convert(self, value: Any, param: Any, ctx: Any) -> Output:
        if isinstance(value, Output):
            return value
        name, equals, file = str(value).partition("=")
        format_ = next((known for known in FORMATS if known == name), None)
        if format_ is None:
            known = ", ".join(map(repr, FORMATS))
            self.fail(f"{name!r} is not one of {known}.", param, ctx)
        if equals and not file:
            self.fail(f"{value!r} names no file after the equals sign.", param, ctx)
        return Output(format_, Path(file) if file and file != "-" else None)

    def shell_complete(self, ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in FORMATS if name.startswith(incomplete)]


class _GoalType(click.ParamType[Goal]):
    name = "X|X%"

    def convert(self, value: Any, param: Any, ctx: Any) -> Goal:
        if isinstance(value, Goal):
            return value
        text = str(value)
        try:
            number = float(text.removesuffix("%"))
        except ValueError:
            number = math.nan
        if not 0 <= number < math.inf:
            self.fail(f"{text!r} is neither points, as in 8, nor a share, as in 80%.", param, ctx)
        return Goal(number, text.endswith("%"))


def format_options(command: _F) -> _F:
    """Add ``--format`` and ``--output`` to a command that makes a report."""
    command = click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write the report to FILE, whole or not at all, instead of printing it.",
    )(command)
    return click.option(
        "--format",
        "formats",
        type=_OutputType(),
        multiple=True,
        metavar="FORMAT[=FILE]",
        help="How the report is put: table (the default) or markdown for people, html for a "
        "browser, json for programs, junit, github, classroom or gradescope for these. With "
        "=FILE it goes to that file. May be repeated.",
    )(command)


def exit_options(command: _F) -> _F:
    """Add the options that say when a command succeeds."""
    command = click.option(
        "--exit-zero",
        is_flag=True,
        help="Exit with 0 even where points were lost, so that a CI job does not fail for them.",
    )(command)
    return click.option(
        "--min-score",
        type=_GoalType(),
        metavar="X|X%",
        help="Exit with 0 if at least X points, or X% of those that a machine grades, were earned.",
    )(command)


def settle(formats: Sequence[Output], output: Path | None) -> tuple[Output, ...]:
    """Where everything goes.

    Args:
        formats: as they were given.
        output: the file named by ``--output``.

    Raises:
        UsageError: of click, for what cannot be; of adcheck, for a file that cannot be written.
    """
    outputs = tuple(formats) or (Output("table"),)
    output = None if output == Path("-") else output
    if output is not None:
        if len(outputs) > 1 or outputs[0].path is not None:
            raise click.UsageError("-o goes with one format; write --format FORMAT=FILE instead.")
        outputs = (Output(outputs[0].format, output),)
    printed = [one.format for one in outputs if one.path is None]
    if len(printed) > 1:
        raise click.UsageError(
            f"{' and '.join(printed)} cannot both be printed; give one a file, as in "
            f"--format {printed[-1]}=FILE."
        )
    from adcheck.files import check_writable

    for one in outputs:
        if one.path is not None:
            check_writable(one.path)
    return outputs


def _add_summary(report: Report) -> None:
    """Append the report to the page that GitHub shows for a job."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    from adcheck.report.md import render_markdown

    path = Path(name)
    try:
        taken = path.stat().st_size if path.exists() else 0
        text = render_markdown(report, most=SUMMARY_BYTES - taken)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        say(f"the job's summary was not written: {error.strerror or error}")
