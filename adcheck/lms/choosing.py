"""Which of a student's files are graded: the latest attempt, and no helper modules."""

from __future__ import annotations

import math
import posixpath
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Literal, TypeAlias

from adcheck.language import tr, trn
from adcheck.lms.claims import Claim, note, warning
from adcheck.lms.imports import helpers
from adcheck.lms.names import attempt_of
from adcheck.model import Problem, Severity

__all__ = ["Choice", "Prefer", "choose"]

Prefer: TypeAlias = Literal["ipynb", "py"]

_CODE: Final = (".ipynb", ".py")
# A minute: files that are copied or unpacked together have times that tell nothing.
_SAME_TIME: Final = 60.0
_NOT_SUBMISSIONS: Final = frozenset({"conftest.py", "setup.py", "__init__.py", "__main__.py"})
_NOT_LOOKED_INTO: Final = frozenset({"node_modules", "site-packages", "venv", "env"})
_SHOWN: Final = 4


@dataclass(frozen=True)
class Choice:
    """What is graded of what a student handed in.

    Attributes:
        paths: as `adcheck.course.HandIn.paths`.
        problems: what there is to say of the choice.
    """

    paths: tuple[str, ...]
    problems: tuple[Problem, ...]


def choose(folder: Path, claims: Sequence[Claim], prefer: Prefer = "ipynb") -> Choice:
    """Choose among the files of one student.

    Args:
        folder: that the paths start from.
        claims: all files of one student.
        prefer: which kind comes first where there are both.
    """
    told = dict.fromkeys(c.told for c in claims if c.told is not None)
    told |= dict.fromkeys(c.file.refused for c in claims if c.file.refused is not None)
    there = [c for c in claims if c.readable and c.inner and c.file.refused is None]
    likely = [c for c in there if _is_candidate(c.inner)]
    latest, superseded = _latest(likely or [c for c in there if _is_read(c.inner)])
    code = _shallowest([c for c in latest if not _is_zip(c)])
    code = _without_helpers(folder, code)
    zips = _shallowest([c for c in latest if _is_zip(c)])
    chosen = sorted(code, key=lambda c: (_suffix(c.inner) != f".{prefer}", c.inner)) + zips
    problems = [*told, *superseded, *_about(chosen)]
    if not chosen:
        problems.append(_nothing(claims, there))
    return Choice(tuple(c.file.path for c in chosen), tuple(problems))


def _is_candidate(inner: str) -> bool:
    *folders, name = inner.lower().split("/")
    test = name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))
    return (
        _is_read(name)
        and name not in _NOT_SUBMISSIONS
        and not test
        and _NOT_LOOKED_INTO.isdisjoint(folders)
    )


def _is_read(inner: str) -> bool:
    return _suffix(inner) in (*_CODE, ".zip")


def _latest(claims: Sequence[Claim]) -> tuple[list[Claim], list[Problem]]:
    """Of files that are attempts at one, the last; and what is said of the others."""
    first = {_stem_and_suffix(c.inner) for c in claims}
    groups: defaultdict[tuple[str, str], list[tuple[int, Claim]]] = defaultdict(list)
    for claim in claims:
        stem, suffix = _stem_and_suffix(claim.inner)
        base, number, certain = attempt_of(posixpath.basename(stem))
        base = posixpath.join(posixpath.dirname(stem), base)
        same = certain or (base, suffix) in first
        groups[(base if same else stem, suffix)].append((number if same else 0, claim))
    chosen, problems = [], []
    for group in groups.values():
        newest = max(claim.file.modified for _, claim in group)
        ranked = sorted(group, key=lambda one: _rank(one[0], one[1], newest))
        chosen.append(ranked[-1][1])
        problems += [_superseded(claim, ranked[-1][1]) for _, claim in ranked[:-1]]
    return chosen, problems


def _rank(number: int, claim: Claim, newest: float) -> tuple[int, float, int, float, str]:
    when = claim.file.modified
    old = newest - when > _SAME_TIME
    return claim.attempt, when if old else math.inf, number, when, claim.file.path


def _superseded(claim: Claim, by: Claim) -> Problem:
    old, new = claim.inner, by.inner
    if old == new:
        old, new = claim.file.path, by.file.path
    message = tr(
        "{file} was taken, for it is the latest; {other} is an earlier attempt at it.",
        file=new,
        other=old,
    )
    return note("earlier-attempt", message, claim.file.path)


def _shallowest(claims: Sequence[Claim]) -> list[Claim]:
    depth = min((c.inner.count("/") for c in claims), default=0)
    return sorted((c for c in claims if c.inner.count("/") == depth), key=lambda c: c.inner)


def _without_helpers(folder: Path, claims: Sequence[Claim]) -> list[Claim]:
    """A module that a neighbour imports is no submission of its own."""
    helping: set[str] = set()
    for place in {posixpath.dirname(c.inner) for c in claims}:
        beside = [c for c in claims if posixpath.dirname(c.inner) == place]
        named = {posixpath.basename(c.inner): c.file.path for c in beside}
        helping |= {named[name] for name in helpers(folder, named)}
    return [c for c in claims if c.file.path not in helping]


def _about(chosen: Sequence[Claim]) -> list[Problem]:
    if len(chosen) < 2:
        return []
    taken, *others = chosen
    rest = _list([c.inner for c in others])
    message = tr(
        "{file} was taken; what was handed in too: {others}.", file=taken.inner, others=rest
    )
    kinds = [_suffix(c.inner) for c in chosen]
    if len(set(kinds)) == len(kinds):
        return [note("several-kinds", message, taken.file.path)]
    return [warning("several-files", message, taken.file.path)]


def _nothing(claims: Sequence[Claim], there: Sequence[Claim]) -> Problem:
    names = _list([c.inner for c in there])
    if names:
        message = tr(
            "There is nothing to grade: only {names} was handed in; a .py or .ipynb file is "
            "needed.",
            names=names,
        )
    elif any(c.file.refused is not None for c in claims):
        message = tr(
            "There is nothing to grade: no file that could be unpacked was handed in; a .py or "
            ".ipynb file is needed."
        )
    elif any(c.told is not None and not c.readable for c in claims):
        message = tr(
            "There is nothing to grade: no file, only text or a link was handed in; a .py or "
            ".ipynb file is needed."
        )
    else:
        message = tr(
            "There is nothing to grade: no file was handed in; a .py or .ipynb file is needed."
        )
    return Problem(Severity.ERROR, "nothing-to-grade", message)


def _list(names: Sequence[str]) -> str:
    shown = list(names[:_SHOWN])
    if len(names) > _SHOWN:
        more = len(names) - _SHOWN
        shown.append(trn("{count} more", "{count} more", more, count=more))
    if len(shown) < 2:
        return "".join(shown)
    return tr("{names} and {last}", names=", ".join(shown[:-1]), last=shown[-1])


def _is_zip(claim: Claim) -> bool:
    return _suffix(claim.inner) == ".zip"


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _stem_and_suffix(inner: str) -> tuple[str, str]:
    return posixpath.splitext(inner)[0], _suffix(inner)
