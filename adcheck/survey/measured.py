"""Which of a notebook's saved tables are measured seconds over growing sizes.

Sizes, means and deviations are told by their names, and by their place only in a table that has no
names and just as many columns as were asked for. Of a table that may be read in another way nothing
is said.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from adcheck.survey import Measured
from adcheck.survey.cells import saved_cells, text_of
from adcheck.survey.tables import Table, in_html, in_literals, in_text

__all__ = ["measured"]

LONGEST_OUTPUT = 60_000  # characters; a table of 20 rows takes 5,000 as HTML
MOST_CHARACTERS = 1_000_000  # of all outputs together that are looked at
MOST_MEASURED = 12
FEWEST_SIZES = 4
LONGEST_NAME = 30  # of a column, as it is shown
_LARGEST: Final = 1e9

_MEAN: Final = re.compile(r"mean|avg|average|\bmu\b|μ|средн|середн|матож|матспод")
_NO_MEAN: Final = re.compile(
    r"std|dev|\bsd\b|sigma|σ|err|\bse\b|sem\b|\bci\b|±|\+ ?/? ?-|var|разброс|розкид|откл|"
    r"відхил|ско\b|стд|погр|похиб|дисперс|min|max|median|медиан|медіан|count|runs?\b|param|парам|"
    r"ratio|speed|отнош|seed|mem|byte|flop|\blow|high|\bsum\b|weights|index"
)

Column = tuple[float, ...]


def measured(path: str, sizes: Sequence[str], count: int) -> tuple[Measured, ...]:
    """Finds the tables of seconds in what a notebook's code cells printed.

    Args:
        path: of the submission; nothing is found in anything but a notebook.
        sizes: accepted names of the column of sizes.
        count: how many times were to be measured for each size.

    Returns:
        One for each cell that has any.
    """
    found: list[Measured] = []
    left = MOST_CHARACTERS
    for number, cell in enumerate(saved_cells(Path(path)) or (), 1):
        if cell.get("cell_type") != "code" or len(found) == MOST_MEASURED:
            continue
        outputs = [text for text in _outputs(cell) if len(text[1]) <= LONGEST_OUTPUT]
        left -= sum(len(text) for _, text in outputs)
        if left < 0:
            break
        tables = itertools.chain.from_iterable(_tables(*output) for output in outputs)
        read = (_seconds(table, sizes, count) for table in tables)
        first = next(filter(None, read), None)
        if first is not None:
            found.append(Measured(number, *first))
    return tuple(found)


def _outputs(cell: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """What a cell printed, pages before text: they are the same tables, with more certainty."""
    outputs = cell.get("outputs")
    pages, texts = [], []
    for output in outputs if isinstance(outputs, list) else ():
        if not isinstance(output, dict):
            continue
        data = output.get("data")
        bundle = data if isinstance(data, dict) else {}
        pages.append((True, text_of(bundle.get("text/html"))))
        texts.append((False, text_of(output.get("text", bundle.get("text/plain")))))
    return [*pages, *texts]


def _tables(is_page: bool, text: str) -> Iterator[Table]:
    if is_page:
        yield from in_html(text)
    else:
        yield from in_literals(text)
        yield from in_text(text)


# --------------------------------------------------------------------------- what the columns are


def _seconds(
    table: Table, names: Sequence[str], count: int
) -> tuple[Column, tuple[tuple[str, Column], ...]] | None:
    """The sizes and the means of a table, if it leaves no doubt which they are."""
    columns = [_positive(column) for column in zip(*table.rows, strict=True)]
    if not table.names:
        return _by_place(columns, count)
    accepted = {_words(name) for name in names}
    for place, name in enumerate(table.names):
        sizes = columns[place]
        if sizes is not None and _are_sizes(sizes) and _names_sizes(name, accepted):
            others = [
                (other, column)
                for index, (other, column) in enumerate(zip(table.names, columns, strict=True))
                if index != place and other and column is not None
            ]
            means = _means(others, count)
            shown = tuple((title[:LONGEST_NAME], column) for title, column in means)
            return (sizes, shown) if means else None
    return None


def _by_place(
    columns: Sequence[Column | None], count: int
) -> tuple[Column, tuple[tuple[str, Column], ...]] | None:
    whole = [column for column in columns if column is not None]
    if len(columns) != count + 1 or len(whole) != len(columns) or not _are_sizes(whole[0]):
        return None
    if any(_are_whole(column) for column in whole[1:]):
        return None
    return whole[0], tuple(("", column) for column in whole[1:])


def _means(columns: Sequence[tuple[str, Column]], count: int) -> tuple[tuple[str, Column], ...]:
    """The columns of means; none where it is not certain which they are."""
    free = [(name, column) for name, column in columns if not _NO_MEAN.search(_spoken(name))]
    means = [(name, column) for name, column in free if _MEAN.search(_spoken(name))]
    if not means:
        means = [(name, column) for name, column in free if not _are_whole(column)]
        if len(means) != count:
            return ()
    twice = len({name for name, _ in means}) < len(means)
    return () if twice or len(means) > 2 * count else tuple(means)


def _names_sizes(name: str, accepted: set[tuple[str, ...]]) -> bool:
    """Whether a column's name holds an accepted one; those of a letter or two are the whole."""
    words = _words(name)
    if _NO_MEAN.search(_spoken(name)) or _MEAN.search(_spoken(name)):
        return False
    return any(
        words == known if sum(map(len, known)) <= 2 else set(known) <= set(words)
        for known in accepted
    )


def _words(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W\d]+", _spoken(name)))


def _spoken(name: str) -> str:
    """A name in words: ``hidden layers`` of ``hiddenLayers`` and ``hidden_layers``."""
    apart = re.sub(r"([a-zа-яёіїєґ])([A-ZА-ЯЁІЇЄҐ])", r"\1 \2", name)
    return apart.replace("_", " ").lower()


def _positive(column: Sequence[float | None]) -> Column | None:
    """A column of positive numbers, or None."""
    numbers = tuple(number for number in column if number is not None and 0 < number < _LARGEST)
    return numbers if len(numbers) == len(column) else None


def _are_sizes(column: Column) -> bool:
    grows = all(one < other for one, other in itertools.pairwise(column))
    return len(column) >= FEWEST_SIZES and _are_whole(column) and grows


def _are_whole(column: Column) -> bool:
    return all(number == int(number) for number in column)
