"""Reading the table of a timing experiment, in whatever form and under whatever names it comes.

Plain data in, means and deviations by method out. What is recognised is recognised by its name, in
English or Russian; what has no name by its place, in the order of the statement. Where two readings
are possible, both are given: a right table has to be right in one of them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from adcheck.model import Plain

__all__ = ["METHODS", "Timings", "numbers_in", "readings"]

Vector = npt.NDArray[np.float64]
Path = tuple[str, ...]
Columns = dict[Path, list[Plain]]

METHODS = ("full", "naive", "hvp")
"""Full Hessian and product; product alone; efficient product: in the statement's order."""

_EFFICIENT = r"effic|autogr|autodiff|fast|эффект|автогр|автодифф|быстр|jvp|grad|matrix.?free"
_FULL = r"full|total|полн|общ|whole|combin|both|hess.*(plus|and|\+).*|гессиан ?\+|вместе"
_NAIVE = r"naiv|наив|precomp|given|matvec|mat.?vec|only|без гесс|готов|prod|matmul|умнож"
_HESSIAN = r"hess|гесс"
_HVP = r"hvp|произв"

_MEAN = r"mean|avg|average|\bmu\b|μ|средн|матож"
_DEVIATION = r"std|stdev|dev|sigma|σ|\bsd\b|err|откл|ско|стд|погр|разброс|spread"
_DEPTH = (
    r"^(n|ns|l|num|size|sizes|layer|layers|depth|depths|hidden|index|n_?layers?|num_?layers?|"
    r"n_?hidden(_?layers?)?|num_?hidden(_?layers?)?|hidden_?layers?|number_?of_?(hidden_?)?layers?)$"
    r"|сло[йеёи]|глубин"
)
_OTHER = (
    r"min|max|median|медиан|count|runs|params|param|парам|num_|version|unit|seed|var|sem|total_time"
)
_UNITS = (
    (r"(\b|_)(ms|мс|msec|millis?|milliseconds?)(\b|_)|миллисек", 1e-3),
    (r"(\b|_)(us|µs|μs|мкс|usec|microseconds?)(\b|_)|микросек", 1e-6),
)


@dataclass(frozen=True)
class Timings:
    """A table as it was read.

    Attributes:
        ns: numbers of hidden layers; None where the table does not tell.
        means: in seconds, by method; a method that was not found is missing.
        deviations: likewise.
    """

    ns: Vector | None
    means: Mapping[str, Vector]
    deviations: Mapping[str, Vector] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether there are means of all methods."""
        return set(self.means) == set(METHODS)


def readings(table: Plain, ns: Sequence[int]) -> list[Timings]:
    """What a table may say, the most likely first; nothing where it says nothing that is known.

    Args:
        table: what was returned.
        ns: the numbers of hidden layers that were asked for; not two, three, six or seven of them,
            so that rows cannot be taken for anything else.
    """
    for rows in dict.fromkeys((len(ns), *_other_lengths(table))):
        columns = _columns(table, rows)
        if columns:
            found = [t for t in _readings(columns, ns) if t.means]
            if found and found[0].whole:
                return found
    columns = _columns(table, len(ns))
    return [t for t in _readings(columns, ns) if t.means] if columns else []


def numbers_in(table: Plain) -> list[float]:
    """All numbers that a table holds, in its order."""
    match table:
        case bool() | None | str():
            return []
        case int() | float():
            return [float(table)]
        case Mapping():
            return [number for entry in table.values() for number in numbers_in(entry)]
    return [number for entry in table for number in numbers_in(entry)]


def _other_lengths(table: Plain) -> Iterator[int]:
    """Of sequences at the top: a table may have more or fewer rows than were asked for."""
    if isinstance(table, tuple):
        yield len(table)
    elif isinstance(table, Mapping):
        yield from (len(entry) for entry in table.values() if isinstance(entry, tuple))


# --------------------------------------------------------------------------- columns


def _columns(table: Plain, rows: int) -> Columns:
    """The table's columns by the names on the way to them; places count as names of digits."""
    if isinstance(table, tuple) and len(table) == 3 * rows and _are_records(table):
        return _pivoted(_transposed(table), rows)
    if isinstance(table, Mapping):
        by_depth = _by_depth(table, rows)
        if by_depth:
            return by_depth
        long = {k: v for k, v in table.items() if isinstance(v, tuple) and len(v) == 3 * rows}
        if long:
            return _pivoted({(name,): list(column) for name, column in long.items()}, rows)
    return dict(_walked(table, rows, ()))


def _are_records(table: tuple[Plain, ...]) -> bool:
    return all(isinstance(row, Mapping) for row in table)


def _walked(table: Plain, rows: int, path: Path) -> Iterator[tuple[Path, list[Plain]]]:
    if isinstance(table, Mapping):
        for name, entry in table.items():
            yield from _walked(entry, rows, (*path, name))
    elif isinstance(table, tuple) and len(table) == rows:
        columns = _transposed(table)
        yield from ((path + inner, column) for inner, column in columns.items())
    elif isinstance(table, tuple) and len(table) <= 8:
        for place, entry in enumerate(table):
            yield from _walked(entry, rows, (*path, str(place)))


def _transposed(table: tuple[Plain, ...]) -> Columns:
    """The columns of rows that all hold the same."""
    flat = [dict(_leaves(row, ())) for row in table]
    shared = [path for path in flat[0] if all(path in row for row in flat)] if flat else []
    return {path: [row[path] for row in flat] for path in shared}


def _leaves(row: Plain, path: Path) -> Iterator[tuple[Path, Plain]]:
    if isinstance(row, Mapping):
        for name, entry in row.items():
            yield from _leaves(entry, (*path, name))
    elif isinstance(row, tuple):
        for place, entry in enumerate(row[:8]):
            yield from _leaves(entry, (*path, str(place)))
    else:
        yield path, row


def _by_depth(table: Mapping[str, Plain], rows: int) -> Columns:
    """A mapping from the numbers of layers to what was measured."""
    if len(table) != rows or not all(re.fullmatch(r"\d+", name) for name in table):
        return {}
    columns = _transposed(tuple(table.values()))
    return {("n",): [float(name) for name in table], **columns}


def _pivoted(columns: Columns, rows: int) -> Columns:
    """A row for each number of layers from one for each of these and each method."""
    by_path = {
        path: [_method(entry) if isinstance(entry, str) else None for entry in column]
        for path, column in columns.items()
    }
    path = next((path for path, named in by_path.items() if set(named) == set(METHODS)), None)
    if path is None:
        return {}
    named = by_path[path]
    pivoted: Columns = {}
    for method in METHODS:
        places = [place for place, name in enumerate(named) if name == method]
        for other, entries in columns.items():
            if other == path:
                continue
            name = other if re.search(_DEPTH, " ".join(other).lower()) else (method, *other)
            pivoted[name] = [entries[place] for place in places]
    return {name: column for name, column in pivoted.items() if len(column) == rows}


# --------------------------------------------------------------------------- meanings


def _method(name: str) -> str | None:
    text = re.sub(r"([a-zа-я])([A-ZА-Я])", r"\1_\2", name).lower()
    if re.search(_EFFICIENT, text):
        return "hvp"
    for pattern, method in ((_FULL, "full"), (_NAIVE, "naive"), (_HESSIAN, "full"), (_HVP, "hvp")):
        if re.search(pattern, text):
            return method
    return None


def _statistic(name: str) -> str | None:
    text = re.sub(r"([a-zа-я])([A-ZА-Я])", r"\1_\2", name).lower().replace("_", " ")
    if re.search(_DEVIATION, text):
        return "deviation"
    return "mean" if re.search(_MEAN, text) else None


def _unit(name: str) -> float:
    return next((unit for pattern, unit in _UNITS if re.search(pattern, name.lower())), 1.0)


@dataclass(frozen=True)
class _Column:
    """One column of times, as far as its name tells what it is."""

    path: Path
    values: Vector
    method: str | None
    statistic: str | None


def _readings(columns: Columns, ns: Sequence[int]) -> Iterator[Timings]:
    numeric = {path: _vector(column) for path, column in columns.items()}
    depths: Vector | None = None
    times: list[_Column] = []
    for path, values in numeric.items():
        if values is None:
            continue
        name = " ".join(part for part in path if not part.isdigit())
        method, statistic = _method(name), _statistic(name)
        is_asked = np.array_equal(values, np.asarray(ns, float))  # no time is, in any script
        if (re.search(_DEPTH, name.lower().strip()) and statistic is None) or is_asked:
            depths = values if depths is None else depths
        elif statistic is None and re.search(_OTHER, name.lower()):
            continue
        else:
            times.append(_Column(path, values * _unit(name), method, statistic))
    for assigned in _assigned(times):
        means = {m: values for (m, s), values in assigned.items() if s == "mean"}
        deviations = {m: values for (m, s), values in assigned.items() if s == "deviation"}
        yield Timings(depths, means, deviations)


def _vector(column: Sequence[Plain]) -> Vector | None:
    if not all(isinstance(e, int | float) and not isinstance(e, bool) for e in column):
        return None
    return np.asarray(column, np.float64)


Assigned = dict[tuple[str, str], Vector]


def _assigned(times: Sequence[_Column]) -> Iterator[Assigned]:
    """Which column is which, where names tell it, and by its place where they do not."""
    if all(c.method for c in times):
        yield _by_method(times)
    elif not any(c.method for c in times):
        named = [c for c in times if c.statistic is not None]
        if len(named) == len(times) and times:
            yield _by_statistic(times)
        elif len(times) == 6:
            by_method = itertools.product(METHODS, ("mean", "deviation"))
            by_statistic = [(m, s) for s in ("mean", "deviation") for m in METHODS]
            first, second = list(by_method), by_statistic
            outer = {c.path[-2] for c in times if len(c.path) > 1}
            if len(outer) == 2:  # two groups of three
                first, second = second, first
            for order in (first, second):
                yield {what: c.values for what, c in zip(order, times, strict=True)}
        elif len(times) == 3:
            yield {(m, "mean"): c.values for m, c in zip(METHODS, times, strict=True)}
    else:
        yield _by_method([c for c in times if c.method])


def _by_method(times: Sequence[_Column]) -> Assigned:
    """Of each method: what is called a mean or a deviation, and what has no name in that order."""
    assigned: Assigned = {}
    for method in METHODS:
        own = [c for c in times if c.method == method]
        for column in own:
            if column.statistic is not None:
                assigned.setdefault((method, column.statistic), column.values)
        free = [s for s in ("mean", "deviation") if (method, s) not in assigned]
        unnamed = [c for c in own if c.statistic is None]
        for statistic, column in zip(free, unnamed, strict=False):
            assigned[method, statistic] = column.values
    return assigned


def _by_statistic(times: Sequence[_Column]) -> Assigned:
    assigned: Assigned = {}
    for statistic in ("mean", "deviation"):
        own = [c for c in times if c.statistic == statistic]
        if len(own) == len(METHODS):
            assigned |= {(m, statistic): c.values for m, c in zip(METHODS, own, strict=True)}
    return assigned
