"""``adcheck batch``, ``merge`` and ``export``: a whole course."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adcheck.commands.languages import language_option
from adcheck.commands.parsing import seconds as as_seconds
from adcheck.commands.parsing import seed as as_seed
from adcheck.console import deliver, say
from adcheck.errors import UsageError
from adcheck.language import current
from adcheck.report.escape import escape_line

if TYPE_CHECKING:
    from adcheck.batch.store import Plan, Store
    from adcheck.lms import Gradebook
    from adcheck.lms.choosing import Prefer
    from adcheck.sandbox.isolation import Choice

__all__ = ["batch", "export", "merge"]

_GRADEBOOKS = ("canvas", "moodle", "gradescope", "classroom", "nbgrader", "csv")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="OUT",
    help="The course's folder: pages, grade book, and what the next run goes on from.",
)
@click.option(
    "-a",
    "--assignment",
    "assignments",
    multiple=True,
    metavar="SLUG|FOLDER",
    help="Grade this assignment; may be repeated. Needed, so that everybody is graded alike.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1, max=1000),
    metavar="N",
    help="Grade N submissions at once. Default: one for each processor core.",
)
@click.option(
    "--layout",
    default="auto",
    show_default=True,
    metavar="auto|moodle|canvas|gradescope|classroom|flat|REGEX",
    help="How PATH is laid out. A regular expression has a group named student and is matched "
    "against the start of each path, and then of each file's name.",
)
@click.option(
    "--prefer",
    type=click.Choice(["ipynb", "py"]),
    default="ipynb",
    show_default=True,
    help="What to take of a student who handed in a notebook and a module.",
)
@click.option(
    "--late",
    type=click.Choice(["latest", "skip"]),
    default="latest",
    show_default=True,
    help="Grade late submissions like the others (a rubric's late_penalty is taken off), or list "
    "them without a grade.",
)
@click.option("--seed", default="0", show_default=True, metavar="N|random",
              help="Draw everybody's test inputs from this seed; random draws one, which OUT keeps "
              "for the runs that follow.")  # fmt: skip
@click.option("--timeout", type=as_seconds, metavar="S",
              help="Let each call take S seconds of processor time.")  # fmt: skip
@click.option(
    "--isolation",
    type=click.Choice(["strict", "auto", "weak", "none"]),
    default="strict",
    show_default=True,
    help="How submissions are confined; see adcheck check --help.",
)
@click.option(
    "--feedback",
    type=click.Choice(["score", "hints", "full"]),
    default="hints",
    show_default=True,
    help="How much the students' pages tell.",
)
@language_option
@click.option("--title", metavar="TEXT", help="Of the pages. Default: the assignments' titles.")
@click.option("--list", "dry", is_flag=True, help="Print who handed in what, and grade nothing.")
@click.option("--fresh", is_flag=True, help="Grade everybody again. Marks by hand stay.")
@click.option("--retry", is_flag=True,
              help="Grade again whom a time limit or a fault of our own stopped.")  # fmt: skip
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Grade on the Dask cluster whose scheduler is at ADDRESS, such as tcp://10.0.0.1:8786. "
    "Needs the extra dask.",
)
@click.pass_context
def batch(
    ctx: click.Context,
    path: Path,
    output: Path | None,
    assignments: tuple[str, ...],
    jobs: int | None,
    layout: str,
    prefer: Prefer,
    late: str,
    seed: str,
    timeout: float | None,
    isolation: Choice,
    feedback: str,
    title: str | None,
    dry: bool,
    fresh: bool,
    retry: bool,
    dask: str | None,
) -> None:
    """Grade a whole course.

    PATH is the zip or folder of submissions as an LMS gives it. OUT gets a grade book
    (gradebook.csv), a page and a JSON report for each student (reports/), a page for the class
    (summary.html) and one for marking what a person marks (review.html).

    Each result is kept as it comes. After Ctrl-C or a power cut, the same command goes on where it
    stopped; after a change of submissions, rubric, seed or versions, it grades again what that
    touches.

    \b
    Examples:
      adcheck batch submissions.zip --list
      adcheck batch submissions.zip -o grades -a hvp
      adcheck batch downloads/ -o grades -a hvp -a step_size --jobs 8
      adcheck batch downloads/ -o grades -a hvp --layout '(?P<student>[^_]+)_hw5'
      adcheck batch submissions.zip -o grades -a hvp --retry

    The exit code is 0 if everybody was graded, and 70 if adcheck failed on somebody's files, whose
    points wait then.
    """
    from adcheck.batch.course import Course

    drawn = as_seed(seed)
    course = Course(path, layout=layout, prefer=prefer, late=late)
    if dry:
        with course.roster() as found:
            from adcheck.report.roster import render_roster

            deliver(render_roster(found))
        return
    if output is None:
        raise click.UsageError("name a folder for the results: -o OUT (or only look: --list).")
    if not assignments:
        raise click.UsageError(
            "name what was to be handed in: -a SLUG (adcheck list shows the assignments)."
        )
    from adcheck.batch.course import Options
    from adcheck.batch.jobs import Settings
    from adcheck.model import Feedback

    options = Options(
        settings=Settings(assignments, drawn, timeout, isolation, prefer, current()),
        feedback=Feedback(feedback),
        draw_seed=seed == "random",
        title=title,
        jobs=jobs,
        fresh=fresh,
        retry=retry,
        dask=dask,
    )
    faults = course.grade(output, options)
    ctx.exit(70 if faults else 0)


@click.command()
@click.argument("course", metavar="OUT", type=click.Path(path_type=Path, file_okay=False))
@click.argument("marks", metavar="MANUAL.CSV", type=click.Path(path_type=Path, dir_okay=False))
def merge(course: Path, marks: Path) -> None:
    """Put marks given by hand into a graded course.

    OUT is what `adcheck batch` wrote, MANUAL.CSV what its review.html exported: the columns
    student, item, points, comment, reason. All of it is taken, or nothing. Grade book and pages are
    written anew, and no later run of batch changes a mark.

    \b
    Example:
      adcheck merge grades manual.csv
    """
    from adcheck.batch import outputs

    store, plan = _opened(course)
    try:
        text = marks.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise click.UsageError(f"{marks} cannot be read: {why}.") from error
    marking = store.merge(plan, text)
    if marking.problems:
        for problem in marking.problems:
            say(escape_line(problem, limit=1000))
        count = len(marking.problems)
        raise UsageError(
            f"nothing was taken of {marks}: {count} line{'' if count == 1 else 's'} cannot be."
        )
    taken = sum(map(len, marking.marks.values()))
    say(f"took {taken} mark{'' if taken == 1 else 's'}")
    for path in outputs.write(store, plan):
        say(f"wrote {escape_line(str(path))}")


@click.command()
@click.argument("course", metavar="OUT", type=click.Path(path_type=Path, file_okay=False))
@click.option("--to", type=click.Choice(_GRADEBOOKS), required=True, help="Whose format.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="SHEET",
    help="The sheet that you downloaded from the LMS: it is read, and a filled copy is written. "
    "Canvas and Moodle need it.",
)
@click.option(
    "--column",
    default="",
    metavar="TITLE",
    help="For Canvas the assignment's title or number, where several columns could be meant; for "
    "nbgrader the assignment's name.",
)
@click.option(
    "--decimals",
    type=click.IntRange(0, 5),
    default=2,
    show_default=True,
    help="For Moodle: how many decimals its grades have.",
)
@click.option("--incomplete", is_flag=True,
              help="Write grades, too, that still wait for a person's marks.")  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to FILE."
)
@click.option(
    "--feedback-zip",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the students' pages, too, in the shape that Moodle or Canvas takes back.",
)
def export(
    course: Path,
    to: Gradebook,
    into: Path | None,
    column: str,
    decimals: int,
    incomplete: bool,
    output: Path | None,
    feedback_zip: Path | None,
) -> None:
    """Write a course's grades as an LMS takes them.

    OUT is what `adcheck batch` wrote. The sheet that you downloaded is filled in place of its
    grades: no line or column is added, and who is on one side only is told.

    \b
    Examples:
      adcheck export grades --to canvas --into gradebook.csv -o filled.csv
      adcheck export grades --to moodle --into worksheet.csv -o filled.csv --feedback-zip pages.zip
      adcheck export grades --to csv
    """
    from adcheck.batch import outputs
    from adcheck.files import check_writable, write_file

    if feedback_zip is not None and to not in ("moodle", "canvas"):
        raise click.UsageError("--feedback-zip is for Moodle and Canvas: --to moodle or canvas.")
    for target in (output, feedback_zip):
        if target is not None:
            check_writable(target)
    store, plan = _opened(course)
    sheet = None if into is None else _bytes_of(into)
    options = {"assignment": column, "decimals": decimals, "incomplete": incomplete}
    filled = outputs.filled(to, store, plan, sheet=sheet, **options)
    pages, told = None, list(filled.notes)
    if feedback_zip is not None and to in ("moodle", "canvas"):
        pages = outputs.pages_zip(store, plan, to)
        told += pages.notes
    for problem in told:
        if problem.code in ("not-in-sheet", "not-graded"):
            continue  # these names are cut; below are all
        say(f"{escape_line(problem.where)}: ".removeprefix(": ") + escape_line(problem.message))
    for student in filled.students:
        say(f"graded, and not in the sheet: {escape_line(student.name)}")
    for line in filled.lines:
        say(f"in the sheet, and not graded: {escape_line(line)}")
    say(f"{len(filled.written)} of {len(plan.hand_ins)} grades were written")
    if output is None:
        sys.stdout.buffer.write(filled.data)
        sys.stdout.buffer.flush()
    else:
        write_file(output, filled.data)
        say(f"wrote {escape_line(str(output))}")
    if feedback_zip is not None and pages is not None:
        write_file(feedback_zip, pages.data)
        say(f"wrote {escape_line(str(feedback_zip))}")


def _opened(course: Path) -> tuple[Store, Plan]:
    from adcheck.batch.store import Store

    store = Store(course)
    return store, store.plan()


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}.") from error
