"""What a student reads about an item that lost points: message, hint, frames, failing case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from rich.text import Text

from adcheck.model import Counterexample, Frame, ItemResult, PartResult, Status
from adcheck.report.escape import escape_line, escape_lines
from adcheck.report.marks import STATUS, of, points_of
from adcheck.report.words import innermost, shown_inputs

__all__ = ["Line", "is_lost", "plain_story", "story"]

Line: TypeAlias = tuple[int, Text]
"""Columns of indent, and a paragraph."""


def is_lost(item: ItemResult) -> bool:
    """Whether there is something to tell: points lost, or a fault of ours."""
    if item.status is Status.ERROR:
        return True
    return item.status.graded and item.points < item.item.points


def story(item: ItemResult) -> Iterator[Line]:
    """What was wrong with an item, line by line."""
    symbol, word, style, *_ = STATUS[item.status]
    head = Text.assemble(
        (f"{symbol} {item.item.id}: {word}, {points_of(item)}", style),
        f" — {escape_line(item.item.title)}",
    )
    yield 0, head
    if item.message:
        yield from ((2, Text(line)) for line in escape_lines(item.message, limit=600))
    if item.hint:
        yield 2, Text.assemble(("Hint: ", "bold cyan"), " ".join(escape_lines(item.hint)))
    yield from ((2, _frame(frame)) for frame in innermost(item))
    if item.counterexample is not None:
        yield from _counterexample(item.counterexample, item.parts)
    yield from _parts(item)


def plain_story(item: ItemResult) -> str:
    """What was wrong with an item as plain text, the head with its points left out."""
    lines = list(story(item))[1:]
    return "\n".join(" " * (indent - 2) + line.plain for indent, line in lines)


def _frame(frame: Frame) -> Text:
    place = f"{escape_line(frame.where)}, in {escape_line(frame.function)}:"
    return Text.assemble((place, "cyan"), f"  {escape_line(frame.code.strip())}")


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
    case = f"({titles.get(example.part, '')}case {example.case}, seed {example.seed})"
    yield 2, Text.assemble(("Smallest failing case ", "bold"), (case, "dim"))
    for name, text in shown_inputs(example):
        yield from _input(escape_line(name, limit=60), escape_lines(text))
    if not example.expected and not example.got:  # nothing came back
        return
    if example.where:
        yield 4, Text(f"at element {escape_line(example.where)}:")
    indent = 6 if example.where else 4
    if example.expected:
        yield indent, Text.assemble(("expected ", "green"), escape_line(example.expected))
        yield indent, Text.assemble(("got      ", "red"), escape_line(example.got))
    else:
        yield indent, Text.assemble(("got ", "red"), escape_line(example.got))


def _input(name: str, lines: Sequence[str]) -> Iterator[Line]:
    if len(lines) == 1:
        yield 4, Text.assemble((name, "cyan"), f" = {lines[0]}")
        return
    yield 4, Text.assemble((name, "cyan"), " =")
    yield from ((6, Text(line)) for line in lines)
