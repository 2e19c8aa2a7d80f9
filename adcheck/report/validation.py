"""What `adcheck validate` measured, for people: a row for each item, and below it what is off."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from adcheck.model import ItemValidation, Tally, Validation
from adcheck.report.escape import escape_line, to_ascii
from adcheck.report.terminal import draw

__all__ = ["render_validation"]

_NARROW: Final = 80  # below this there is no room for the closest mistakes
_NARROWEST: Final = 40
_PROSE: Final = 100  # longer lines of text are hard to follow
_PROBLEMS: Final = 30  # more are counted, unless every row is asked for
_SEEDS: Final = 12  # more are told by the first and the last

_GOOD: Final = "green"
_BAD: Final = "red"


def render_validation(
    validation: Validation,
    *,
    verbose: bool = False,
    width: int = 100,
    color: bool = False,
    unicode: bool = True,
) -> str:
    """Render the measurements of an assignment.

    Args:
        validation: what was measured.
        verbose: whether to show a row for each way of answering, and every problem.
        width: columns of the screen.
        color: whether to use colours.
        unicode: whether symbols outside ASCII can be shown.

    Returns:
        The text; its last line ends in a newline.
    """
    width = max(width, _NARROWEST)
    text = draw(_page(validation, verbose, width), width=width, color=color)
    return text if unicode else to_ascii(text)


def _page(validation: Validation, verbose: bool, width: int) -> Iterator[RenderableType]:
    yield Text(escape_line(validation.title), style="bold")
    if validation.items:
        yield _table(validation, width)
    for item in validation.items if verbose else ():
        yield Text()
        yield _rows(validation, item)
    yield Text()
    for line in (*_verdict(validation, verbose), *_small_print(validation)):
        yield Padding(line, (0, max(width - _PROSE, 0), 0, 0))


def _grid(title: str = "") -> Table:
    return Table(
        title=Text(title, style="bold") if title else None,
        title_justify="left",
        box=box.SIMPLE,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="dim",
    )


# --------------------------------------------------------------------------- a row for each item


def _table(validation: Validation, width: int) -> Table:
    table = _grid()
    table.add_column("\nItem", overflow="fold")
    table.add_column("Right\npass", no_wrap=True)
    table.add_column("Worst\nerror", no_wrap=True, justify="right")
    table.add_column("Mistakes\nnamed", no_wrap=True)
    if width >= _NARROW:
        table.add_column("Closest\nmistake", overflow="fold")
        table.add_column("\nIn float32", no_wrap=True)
    table.add_column("Near misses\nfail", no_wrap=True)
    for item in validation.items:
        cells = [Text(escape_line(item.item.id)), _right(item), _worst(item, validation)]
        cells.append(_named(item))
        if width >= _NARROW:
            cells += [_closest(item, validation), _in_single(item)]
        table.add_row(*cells, _near(item))
    return table


def _right(item: ItemValidation) -> Text:
    if not item.right:
        return Text("✗ none", style=_BAD)
    return _share(sum(tally.runs > 0 and not tally.lost for tally in item.right), item.right)


def _worst(item: ItemValidation, validation: Validation) -> Text:
    worst = max((tally.margin for tally in item.right if tally.runs), default=math.inf)
    return _number(worst, worst > validation.most_error and bool(item.right))


def _named(item: ItemValidation) -> Text:
    told = _share(sum(map(_is_named, item.mistakes)), item.mistakes)
    return _with_accepted(told, item.mistakes)


def _near(item: ItemValidation) -> Text:
    failing = sum(t.runs > 0 and not t.passed and not t.others for t in item.near_misses)
    return _with_accepted(_share(failing, item.near_misses), item.near_misses)


def _is_named(mistake: Tally) -> bool:
    return mistake.runs > 0 and mistake.named == mistake.runs


def _share(good: int, of: Sequence[Tally]) -> Text:
    """How many of how many are as they should be."""
    if not of:
        return Text("–")
    told = f"{good}/{len(of)}"
    return Text(f"✓ {told}", style=_GOOD) if good == len(of) else Text(f"✗ {told}", style=_BAD)


def _with_accepted(told: Text, wrong: Sequence[Tally]) -> Text:
    accepted = sum(tally.passed > 0 for tally in wrong)
    return told.append(f"\n  {_some(accepted, 'passes', 'pass')}") if accepted else told


def _closest(item: ItemValidation, validation: Validation) -> Text:
    closest = min(_by_size(item.mistakes), key=lambda tally: tally.margin, default=None)
    if closest is None:
        return Text("–")
    told = _number(closest.margin, closest.margin < validation.least_margin)
    return told.append(f" {escape_line(closest.name)}")


def _in_single(item: ItemValidation) -> Text:
    """The closest mistake of those that rounding does not hide."""
    seen = [tally.single for tally in item.mistakes if 1.0 <= tally.single < math.inf]
    told = _number(min(seen, default=math.inf), False)
    hidden = len(_hidden(item))
    return told.append(f"\n{hidden} hidden", style="dim") if hidden else told


def _by_size(tallies: Sequence[Tally]) -> list[Tally]:
    """Those whose error has a size: no shape, say, that is wrong."""
    return [tally for tally in tallies if tally.runs and math.isfinite(tally.margin)]


def _hidden(item: ItemValidation) -> list[Tally]:
    """Mistakes that single precision cannot tell from a right answer."""
    return [tally for tally in item.mistakes if tally.runs and tally.single < 1.0]


def _number(value: float, off: bool) -> Text:
    """Tolerances in a few characters."""
    return Text(f"✗ {_short(value)}", style=_BAD) if off else Text(_short(value))


def _short(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    if 100 <= value < 10000:
        return f"{value:.0f}"
    digits, _, exponent = f"{value:.2g}".partition("e")
    return f"{digits}e{int(exponent)}" if exponent else digits


# --------------------------------------------------------------------------- a row for each answer


def _rows(validation: Validation, item: ItemValidation) -> Table:
    table = _grid(escape_line(item.item.id))
    table.add_column("", no_wrap=True)
    table.add_column("Kind", no_wrap=True)
    table.add_column("Answer", overflow="fold")
    for title in ("All points", "Named", "Off by", "In float32"):
        table.add_column(title, no_wrap=True, justify="right")
    for tally in item.right:
        bad = not tally.runs or tally.lost > 0 or tally.margin > validation.most_error
        table.add_row(*_row("right", tally, bad), "", _short(tally.margin), "")
    for tally in item.mistakes:
        bad = not _is_named(tally) or tally.margin < validation.least_margin
        single = _short(tally.single) + (" hidden" if tally.single < 1.0 else "")
        named = f"{tally.named}/{tally.runs}"
        table.add_row(*_row("mistake", tally, bad), named, _short(tally.margin), single)
    for tally in item.near_misses:
        bad = not tally.runs or tally.passed > 0 or bool(tally.others)
        named = str(sum(tally.others.values()) or "")
        table.add_row(*_row("near miss", tally, bad), named, _short(tally.margin), "")
    return table


def _row(kind: str, tally: Tally, bad: bool) -> tuple[Text | str, ...]:
    symbol = Text("✗", style=_BAD) if bad else Text("✓", style=_GOOD)
    variants = f" ({tally.variants} variants)" if tally.variants > 1 else ""
    name = escape_line(tally.name) + variants
    return symbol, kind, Text(name), f"{tally.passed}/{tally.runs}"


# --------------------------------------------------------------------------- below the tables


def _verdict(validation: Validation, verbose: bool) -> Iterator[Text]:
    problems = validation.problems
    if not validation.items:
        yield Text("No item of it is graded by a machine: there is nothing to measure.")
        return
    if problems:
        head = (f"✗ {_some(len(problems), 'thing is', 'things are')} off. ", "bold red")
    else:
        head = ("✓ Nothing is off. ", "bold green")
    yield Text.assemble(head, _totals(validation))
    confusions = [*_confusions(validation)]
    if confusions:
        yield Text.assemble(("Confused: ", "bold"), "; ".join(confusions), ".")
    shown = len(problems) if verbose else _PROBLEMS
    for problem in problems[:shown]:
        yield Text.assemble(("✗ ", _BAD), f"{escape_line(problem, limit=600)}.")
    if len(problems) > shown:
        yield Text(f"… and {len(problems) - shown} more; --verbose shows all.")
    yield Text()


def _totals(validation: Validation) -> str:
    right = [tally for item in validation.items for tally in item.right]
    mistakes = [tally for item in validation.items for tally in item.mistakes]
    near = [tally for item in validation.items for tally in item.near_misses]
    rejected, accepted = sum(t.lost for t in right), sum(t.passed for t in (*mistakes, *near))
    named, judged = sum(t.named for t in mistakes), _runs(mistakes)
    every = "every known mistake is named"
    return (
        f"{_some(rejected, 'false reject', 'false rejects')} of {_runs(right)} right answers, "
        f"{_some(accepted, 'false accept', 'false accepts')} of {judged + _runs(near)} wrong ones "
        f"({judged} known mistakes, {_runs(near)} near misses); "
        f"{every if named == judged else f'{named} of {judged} known mistakes are named'}."
    )


def _runs(tallies: Sequence[Tally]) -> int:
    return sum(tally.runs for tally in tallies)


def _confusions(validation: Validation) -> Iterator[str]:
    """Which answer was named as which other mistake, and how often."""
    for item in validation.items:
        for tally in item.wrong:
            for other, count in tally.others.items():
                what = f"{escape_line(tally.name)} named {escape_line(other)}"
                yield f"{what} {_some(count, 'time', 'times')} ({escape_line(item.item.id)})"


def _small_print(validation: Validation) -> Iterator[Text]:
    if validation.items:
        yield _dim(
            "Errors are in tolerances. A right answer may be off by "
            f"{validation.most_error:g}; a known mistake has to be off by "
            f"{validation.least_margin:g} on its best case."
        )
    hidden: dict[str, list[str]] = {}
    for item in validation.items:
        for tally in _hidden(item):
            hidden.setdefault(escape_line(tally.name), []).append(escape_line(item.item.id))
    if hidden:
        told = ", ".join(f"{name} ({', '.join(ids)})" for name, ids in hidden.items())
        yield _dim(f"Hidden, being too small to see in float32: {told}.")
    if len(validation.near_seeds) < len(validation.seeds):
        yield _dim(
            f"Near misses were judged with {len(validation.near_seeds)} of the "
            f"{len(validation.seeds)} seeds: {', '.join(map(str, validation.near_seeds))}."
        )
    yield _dim(f"{_which(validation.seeds)}; {validation.seconds:.1f} s.")


def _which(seeds: Sequence[int]) -> str:
    if len(seeds) == 1:
        return f"Seed {seeds[0]}"
    if tuple(seeds) == tuple(range(seeds[0], seeds[-1] + 1)):
        return f"Seeds {seeds[0]} to {seeds[-1]}"
    told = [*map(str, seeds[:_SEEDS]), *(["…"] if len(seeds) > _SEEDS else [])]
    return f"Seeds {', '.join(told)}"


def _dim(text: str) -> Text:
    return Text(text, style="dim")


def _some(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
