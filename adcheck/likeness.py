"""Finds submissions that resemble each other more than a homework makes them; pure.

Each program is brought into a form without names, literals and docstrings (`adcheck.normal`), and
fingerprints are taken of it by winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003): of every
few pieces of code in a row one hash is kept, so that any longer passage that two programs share
leaves the same fingerprint in both, wherever it stands. What the starter contains does not count,
and what many students wrote counts little. The result says where to look; a person decides.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from adcheck.course import Alike
from adcheck.language import tr, trn
from adcheck.normal import Token, tokens

__all__ = ["alike"]

_GRAM: Final = 14  # tokens of a fingerprint: about two lines of code
_WINDOW: Final = 6  # any GRAM + WINDOW - 1 tokens in a row leave a fingerprint
_FEWEST: Final = 12  # fingerprints below which a program is too short to be told from another
_MOST: Final = 4000  # fingerprints of one program
_COMMON: Final = 0.2  # share of a class beyond which what they have in common is the homework's
_SMALL: Final = 10  # students below which nothing is common
_LIKE: Final = 0.6  # of independent programs in tests/submissions/right the closest have 0.38
_BLOCK: Final = 4096  # fingerprints that are counted at once
_PLACES: Final = 4


@dataclass(frozen=True)
class _Prints:
    """The fingerprints of one program, each with the function in which it was first found."""

    where: Mapping[int, str]
    whole: int  # a hash of the program as a whole


def alike(
    programs: Mapping[str, Sequence[str]],
    given: Sequence[str] = (),
    *,
    least: float = _LIKE,
) -> tuple[Alike, ...]:
    """Find groups of programs that are suspiciously alike.

    Args:
        programs: by student id, the pieces of Python that are graded, cut down to what the graded
            functions need. Anything at all: what does not parse is passed over line by line, and
            what is very long is cut.
        given: pieces of Python that every student was given.
        least: similarity from which on two programs are called alike.

    Returns:
        The groups, the most similar first. Empty where nothing stands out.
    """
    starter = set(_prints(given, frozenset()).where)
    prints = {student: _prints(texts, starter) for student, texts in sorted(programs.items())}
    compared = {s: p for s, p in prints.items() if len(p.where) >= _FEWEST}
    students = list(compared)
    similarity = _similarity([compared[student] for student in students])
    groups = _groups(similarity, least)
    found = [_told([students[i] for i in group], compared, link) for group, link in groups]
    return tuple(sorted(found, key=lambda group: (-group.similarity, group.students)))


# --------------------------------------------------------------------------- fingerprints


def _prints(texts: Sequence[str], without: frozenset[int] | set[int]) -> _Prints:
    found: dict[int, str] = {}
    whole = 0
    for piece in tokens(texts):
        whole = _hash((str(whole), *(token.text for token in piece)))
        for value, function in _winnowed(piece):
            if value not in without and len(found) < _MOST:
                found.setdefault(value, function)
    return _Prints(found, whole)


def _winnowed(piece: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Of each window of hashes the smallest, the rightmost of equals, each once."""
    texts = [token.text for token in piece]
    hashes = [_hash(texts[i : i + _GRAM]) for i in range(len(texts) - _GRAM + 1)]
    last = -1
    for start in range(max(len(hashes) - _WINDOW + 1, min(len(hashes), 1))):
        window = hashes[start : start + _WINDOW]
        smallest = min(window)
        place = start + len(window) - 1 - window[::-1].index(smallest)
        if place != last:
            last = place
            yield smallest, piece[place].function


def _hash(texts: Iterable[str]) -> int:
    """The same in every run, as Python's own is not."""
    return zlib.crc32("\0".join(texts).encode("utf-8", "surrogatepass"))


# --------------------------------------------------------------------------- comparison


def _similarity(programs: Sequence[_Prints]) -> npt.NDArray[np.float64]:
    """For each pair the share of the smaller program that is in the other one too."""
    count = len(programs)
    common = Counter(value for program in programs for value in program.where)
    most = max(_COMMON * count, 2.0) if count >= _SMALL else float(count)
    telling = [value for value, students in common.items() if 1 < students <= most]
    shared = np.zeros((count, count))
    for start in range(0, len(telling), _BLOCK):
        shared += _shared(programs, telling[start : start + _BLOCK], common)
    sizes = np.array([_size(program, common, most, count) for program in programs])
    # Where nearly all of a program is what many wrote, the little that is left tells nothing.
    enough = np.array([_FEWEST * _weight(2, count)] * count)
    smaller = np.maximum(np.minimum.outer(sizes, sizes), np.minimum.outer(enough, enough))
    similarity = np.divide(shared, smaller, out=np.zeros_like(shared), where=smaller > 0)
    # A solution that half a class passed around is common, and all the same.
    whole = np.array([program.whole for program in programs])
    similarity[whole[:, None] == whole[None, :]] = 1.0
    np.fill_diagonal(similarity, 0.0)
    capped: npt.NDArray[np.float64] = np.minimum(similarity, 1.0)
    return capped


def _shared(
    programs: Sequence[_Prints], values: Sequence[int], common: Mapping[int, int]
) -> npt.NDArray[np.float64]:
    """For each pair of programs, the weight of these fingerprints that both have."""
    column = {value: index for index, value in enumerate(values)}
    has = np.zeros((len(programs), len(values)))
    for row, program in enumerate(programs):
        has[row, [column[value] for value in program.where if value in column]] = 1.0
    weights = np.array([_weight(common[value], len(programs)) for value in values])
    shared: npt.NDArray[np.float64] = (has * weights) @ has.T
    return shared


def _size(program: _Prints, common: Mapping[int, int], most: float, count: int) -> float:
    """The weight of all fingerprints of a program that tell something."""
    counts = [common[value] for value in program.where if common[value] <= most]
    return sum(_weight(students, count) for students in counts)


def _weight(students: int, count: int) -> float:
    """What it tells to have a fingerprint that so many have: the rarer, the more."""
    return math.log((count + 1) / students)


def _groups(similarity: npt.NDArray[np.float64], least: float) -> Iterator[tuple[list[int], float]]:
    """Whoever is linked, directly or through others, with the weakest link of the group."""
    best = {i: i for i in range(len(similarity))}

    def root(i: int) -> int:
        while best[i] != i:
            best[i] = best[best[i]]
            i = best[i]
        return i

    weakest: dict[int, float] = {}
    pairs = np.argwhere(np.triu(similarity) >= least)
    for i, j in sorted(pairs.tolist(), key=lambda pair: -similarity[pair[0], pair[1]]):
        first, second = root(i), root(j)
        if first != second:  # pairs come strongest first, so each link is the weakest so far
            best[second] = first
            weakest[first] = float(similarity[i, j])
    for top, link in weakest.items():
        if root(top) == top:
            yield [i for i in best if root(i) == top], link


def _told(students: Sequence[str], prints: Mapping[str, _Prints], link: float) -> Alike:
    shared = set.intersection(*(set(prints[student].where) for student in students))
    first = prints[students[0]]
    identical = len({prints[student].whole for student in students}) == 1
    if identical:
        how = tr("The same but for names, numbers, texts and comments")
    else:
        fewest = min(len(prints[student].where) for student in students)
        how = trn(
            "{count} of {all} passages that the starter does not explain is the same",
            "{count} of {all} passages that the starter does not explain are the same",
            len(shared),
            count=len(shared),
            all=fewest,
        )
    places = [name for name, _ in Counter(first.where[v] for v in shared).most_common(_PLACES)]
    where = ", ".join(name for name in places if name)
    told = tr("{how}; in {names}", how=how, names=where) if where else how
    return Alike(tuple(students), round(link, 3), f"{told}.")
