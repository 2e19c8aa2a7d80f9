"""The page on which a person marks what no machine can, one submission at a time.

It works from a file, without a network: marks are kept in the browser's storage and leave it as
``manual.csv``, which `adcheck.marking` reads.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from markupsafe import Markup

from adcheck.course import Entry, Mark, Material, MaterialKind
from adcheck.language import place, tr, trn
from adcheck.report.escape import escape_line
from adcheck.report.html import asset, code, document_lines, policy
from adcheck.report.markdown import markdown
from adcheck.report.marks import format_points
from adcheck.report.standing import Row, standing

__all__ = ["levels", "render", "render_lines"]

_FEWEST: Final = 0.5  # points are halved, not quartered
_MOST_LEVELS: Final = 11
_STEPS: Final = (_FEWEST, 1, 2, 5, 10, 20, 50, 100)
_MEDIA: Final = ("image/png", "image/jpeg")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_CRITERION: Final = re.compile(r"\d+(\.\d+)? \w+: ")


def render(entries: Sequence[Entry], *, title: str = "") -> str:
    """Render the page for marking by hand.

    Args:
        entries: of the course; those without a report have nothing to mark and are left out.
        title: of the page; by default it says what the page is for.

    Returns:
        A whole page of HTML with its one script in it, which loads nothing.
    """
    return "".join(render_lines(entries, title=title))


def render_lines(entries: Sequence[Entry], *, title: str = "") -> Iterator[str]:
    """The same line by line: with all that a class has handed in, the page may be large."""
    script = asset("table.js") + asset("review.js")
    shown = [entry for entry in entries if standing(entry)]
    return document_lines(
        "review.html.j2",
        policy=policy(script),
        script=script,
        title=title or tr("Marking"),
        submissions=[(entry, *_split(entry)) for entry in shown],
        left_out=len(entries) - len(shown),
        data=_data(shown),
        criteria=_criteria,
        levels=levels,
        shown=_shown,
        name=lambda entry: entry.hand_in.student.name or entry.hand_in.student.id,
    )


def levels(most: float) -> list[float]:
    """The points that are offered as buttons: from none to all, in steps that are easy to give."""
    step = next((step for step in _STEPS if most < step * _MOST_LEVELS), most)
    count = int(most / step)
    offered = [step * index for index in range(count + 1)]
    return offered if offered[-1] == most else [*offered, most]


def _split(entry: Entry) -> tuple[list[Row], list[Row]]:
    """The items that a person marks, and those that the machine decided on."""
    rows = [row for section in standing(entry) for row in section.rows]
    by_machine = [row for row in rows if row.result.status.graded]
    return [row for row in rows if not row.result.status.graded], by_machine


# --------------------------------------------------------------------------- for the script


def _data(entries: Sequence[Entry]) -> dict[str, Any]:
    submissions = [_submission(entry) for entry in entries]
    key = f"adcheck-marks-{_batch(entries)}"
    return {"key": key, "submissions": submissions, "words": _words()}


def _words() -> dict[str, str | dict[str, str]]:
    """What the script says, in the language that is spoken."""
    return {
        "none": tr("No points yet: not exported."),
        "number": tr("Points are a number such as 2 or 1.5."),
        "most": tr("At most {points}."),
        "reason": tr("Changing the machine's mark needs a reason."),
        "unkept": tr(
            "This browser does not keep the marks: export them before you close the page."
        ),
        "by_hand": tr("{points} by hand"),
        "left": _forms(
            lambda n: trn(
                "{count} mark left, in {open} of {all}", "{count} marks left, in {open} of {all}", n
            )
        ),
        "given": tr("Every mark is given"),
        "press": tr("Every mark is given. Export them: press e."),
        "exported": _forms(lambda n: trn("{count} mark exported.", "{count} marks exported.", n)),
        "unfinished": tr("Left out, because they are not finished:"),
        "no_table": tr("This is no table of marks: its columns should be {columns}."),
        "nobody": tr("there is no such student or item here."),
        "row": tr("Row {number}: {fault}"),
        "no_points": tr("the points are missing."),
        "nothing": tr("Nothing was imported:"),
        "imported": _forms(lambda n: trn("{count} mark imported.", "{count} marks imported.", n)),
    }


def _forms(of: Callable[[int], str]) -> dict[str, str]:
    """A text in each form, by what browsers call them in the languages that there are."""
    return {"one": of(1), "few": of(2), "many": of(5), "other": of(2)}


def _submission(entry: Entry) -> dict[str, Any]:
    student = entry.hand_in.student
    rows = [row for section in standing(entry) for row in section.rows]
    return {
        "student": student.id,
        "name": escape_line(student.name or student.id, limit=80),
        "items": [_item(row) for row in rows],
        "marks": {item: _mark(mark) for item, mark in entry.marks.items()},
    }


def _item(row: Row) -> dict[str, Any]:
    status = row.result.status
    return {
        "id": row.result.item.id,
        "most": row.most,
        "machine": status.graded,  # changing it needs a reason
        "waits": status.pending,
    }


def _mark(mark: Mark) -> dict[str, str]:
    points = format_points(mark.points)
    return {"points": points, "comment": mark.comment, "reason": mark.reason}


def _batch(entries: Sequence[Entry]) -> str:
    """The same for the same submissions: marks of another batch are not shown here."""
    which = [
        [entry.hand_in.student.id, entry.report.sha256, *(i.item.id for i in entry.report.items)]
        for entry in entries
        if entry.report
    ]
    return hashlib.sha256(json.dumps(sorted(which)).encode()).hexdigest()[:24]


# --------------------------------------------------------------------------- for people


def _criteria(guide: str) -> list[str]:
    """A guide in paragraphs; ``1 point: ...`` begins one, and a line of its own ends none.

    So it does in other languages: ``1 балл: ...``.
    """
    paragraphs: list[list[str]] = [[]]
    for line in guide.split("\n"):
        if not line.strip() or _CRITERION.match(line):
            paragraphs.append([])
        paragraphs[-1].append(line.strip())
    return [" ".join(filter(None, lines)) for lines in paragraphs if any(lines)]


def _shown(material: Material) -> Markup:
    """A piece of material, whatever it may be, as something harmless."""
    match material.kind:
        case MaterialKind.MARKDOWN:
            return Markup('<div class="markdown">{}</div>').format(markdown(material.content))
        case MaterialKind.IMAGE:
            return _picture(material)
        case MaterialKind.CODE | MaterialKind.TEXT:
            return Markup('<pre tabindex="0"><code>{}</code></pre>').format(code(material.content))


def _picture(material: Material) -> Markup:
    content = "".join(material.content.split())
    if material.media_type not in _MEDIA or not _BASE64.fullmatch(content):
        return Markup('<p class="quiet">{}</p>').format(tr("A picture that cannot be shown."))
    alt = tr("Picture, {place}", place=escape_line(place(material.where)))
    return Markup('<img alt="{}" src="data:{};base64,{}">').format(
        alt, material.media_type, content
    )
