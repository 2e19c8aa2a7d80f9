"""What a student reads about an item that lost points: message, hint, frames, failing case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from rich.text import Text

from adcheck.language import place, tr
from adcheck.model import Counterexample, Frame, ItemResult, PartResult, Status
from adcheck.report.escape import escape_line, escape_lines
from adcheck.report.marks import STATUS, of, points_of
from adcheck.report.words import innermost, shown_inputs

__all__ = ["Line", "in_frame", "is_lost", "plain_story", "story"]

Line: TypeAlias = tuple[int, Text]
"""Columns of indent, and a paragraph."""


def is_lost(item: ItemResult) -> bool:
    """Whether there is something to tell: points lost, or a fault of ours."""
    if item.status is Status.ERROR:
        return True
    return item.status.graded and item.points < item.item.points


def story(item: ItemResult) -> Iterator[Line]:
    """What was wrong with an item, line by line."""
    shown = STATUS[item.status]
    head = Text.assemble(
        (f"{shown.symbol} {item.item.id}: {shown.label}, {points_of(item)}", shown.style),
        f" — {escape_line(item.item.title)}",
    )
    yield 0, head
    if item.message:
        yield from ((2, Text(line)) for line in escape_lines(item.message, limit=600))
    if item.hint:
        yield 2, Text.assemble((f"{tr('Hint:')} ", "bold cyan"), " ".join(escape_lines(item.hint)))
    yield from ((2, _frame(frame)) for frame in innermost(item))
    if item.counterexample is not None:
        yield from _counterexample(item.counterexample, item.parts)
    yield from _parts(item)


def plain_story(item: ItemResult) -> str:
    """What was wrong with an item as plain text, the head with its points left out."""
    lines = list(story(item))[1:]
    return "\n".join(" " * (indent - 2) + line.plain for indent, line in lines)


def _frame(frame: Frame) -> Text:
    where = in_frame(frame)
    return Text.assemble((f"{where}:", "cyan"), f"  {escape_line(frame.code.strip())}")


def in_frame(frame: Frame) -> str:
    """Where a line stands that raised."""
    where, function = escape_line(place(frame.where)), escape_line(frame.function)
    return tr("{place}, in {function}", place=where, function=function)


def _parts(item: ItemResult) -> Iterator[Line]:
    """How the points are shared out, where the parts did not all fare alike."""
    news = [part.message if part.message not in item.message else "" for part in item.parts]
    if len({part.status for part in item.parts}) < 2 and not any(news):
        return
    for part, message in zip(item.parts, news, strict=True):
        symbol, _, style, *_ = STATUS[part.status]
        earned = (of(part.points, part.max_points), style)
        told = f": {escape_line(message)}" if message else ""
        yield 2, Text.assemble((symbol, style), f" {escape_line(part.title)} ", earned, told)


def _counterexample(example: Counterexample, parts: Sequence[PartResult]) -> Iterator[Line]:
    titles = {part.id: f"{escape_line(part.title)}, " for part in parts if len(parts) > 1}
    case = tr("case {case}, seed {seed}", case=example.case, seed=example.seed)
    case = f"({titles.get(example.part, '')}{case})"
    yield 2, Text.assemble((f"{tr('Smallest failing case')} ", "bold"), (case, "dim"))
    for name, text in shown_inputs(example):
        yield from _input(escape_line(name, limit=60), escape_lines(text))
    if not example.expected and not example.got:  # nothing came back
        return
    if example.where:
        yield 4, Text(tr("at element {where}:", where=escape_line(example.where)))
    indent = 6 if example.where else 4
    expected, got = tr("expected"), tr("got")
    if example.expected:
        widest = max(len(expected), len(got))
        expected, got = expected.ljust(widest), got.ljust(widest)
        yield indent, Text.assemble((f"{expected} ", "green"), escape_line(example.expected))
    yield indent, Text.assemble((f"{got} ", "red"), escape_line(example.got))


def _input(name: str, lines: Sequence[str]) -> Iterator[Line]:
    if len(lines) == 1:
        yield 4, Text.assemble((name, "cyan"), f" = {lines[0]}")
        return
    yield 4, Text.assemble((name, "cyan"), " =")
    yield from ((6, Text(line)) for line in lines)
