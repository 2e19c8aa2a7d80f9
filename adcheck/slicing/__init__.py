"""Cutting a program down to what its graded functions need, so that nothing else runs.

A student's file often runs experiments for an hour at its top level. What a function needs is
followed backwards: a name used while a statement runs needs the bindings that reach it there, a
name used inside a function needs its last binding, and whatever changes an object after it was
bound belongs to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from adcheck.model import Place, Program, Sibling, Source, Submission
from adcheck.slicing.doubts import doubtful_places
from adcheck.slicing.needs import Needs, TooManyNeedsError
from adcheck.slicing.outline import Outline, Piece, outline
from adcheck.slicing.patience import OutOfPatienceError, at_most
from adcheck.slicing.precision import names_single_precision
from adcheck.slicing.targets import Targets

__all__ = [
    "SLICE_SECONDS",
    "close_match",
    "defined_names",
    "literals",
    "names_single_precision",
    "place",
    "resolve",
    "slice_program",
    "whole_program",
]

SLICE_SECONDS = 3.0
"""A long notebook takes 0.05; a program made of 20000 functions, each of which calls the next,
takes minutes."""


def slice_program(
    submission: Submission,
    wanted: Mapping[str, Sequence[str]],
    given: Source,
    given_names: Sequence[str],
    seconds: float = SLICE_SECONDS,
) -> Program:
    """Cut a submission down to what its graded functions need.

    Args:
        submission: as it was read.
        wanted: accepted names of each item's function, the canonical one first.
        given: source that the assignment gives.
        given_names: classes in `given` that are supplied where the submission has none.
        seconds: of processor time that this may take, as far as `at_most` can see to it.

    Returns:
        The program to run; the whole one where a slice cannot be made.
    """
    try:
        with at_most(seconds):
            return _sliced(submission, wanted, given, given_names)
    except (RecursionError, TooManyNeedsError, OutOfPatienceError):
        return whole_program(submission, wanted, given, given_names)


def whole_program(
    submission: Submission,
    wanted: Mapping[str, Sequence[str]],
    given: Source,
    given_names: Sequence[str],
) -> Program:
    """Keep everything that a submission runs; arguments as for `slice_program`."""
    found = _targets(submission)
    chosen, aliases, missing = _answers(found, wanted, given_names)
    return Program(
        sources=(*_given_part(given, missing), *submission.sources),
        siblings=submission.siblings,
        targets=chosen,
        aliases=aliases,
        whole=True,
    )


def resolve(submission: Submission, names: Sequence[str]) -> str | None:
    """The first accepted name that the student really defined; stubs count last.

    Args:
        submission: as it was read.
        names: ``"f"``, ``"Class.method"`` or ``"*.method"``, the canonical one first.
    """
    return _targets(submission).resolve(names)


def close_match(submission: Submission, names: Sequence[str]) -> str | None:
    """A function of the student's whose name is close to an accepted one, for a hint."""
    return _targets(submission).close_match(names)


def literals(submission: Submission, target: str) -> tuple[float, ...]:
    """Numbers in a function's source, its defaults, and the constants and functions it names."""
    return _targets(submission).literals(target)


def place(submission: Submission, target: str) -> Place | None:
    """Where a function is defined; None where it stands in a module beside the submission."""
    return _targets(submission).place(target)


def defined_names(submission: Submission) -> tuple[str, ...]:
    """Names of the functions, classes and methods that a submission defines, sorted."""
    return _targets(submission).defined_names()


def _sliced(
    submission: Submission,
    wanted: Mapping[str, Sequence[str]],
    given: Source,
    given_names: Sequence[str],
) -> Program:
    found = _targets(submission)
    chosen, aliases, missing = _answers(found, wanted, given_names)
    roots = [*chosen.values(), *aliases.values()]
    shadowing = {place for name in roots for place in found.shadowing(name)}
    program = found.outline
    if missing:
        program = outline((given, *submission.sources), submission.siblings)
        shift = len(program.pieces) - len(found.outline.pieces)
        shadowing = {(name, index + shift) for name, index in shadowing}
    needs = Needs(program, shadowing)
    needs.require({name.partition(".")[0] for name in [*roots, *missing]})
    left_out = [p for i, p in enumerate(program.pieces) if i not in needs.kept]
    return Program(
        sources=_rendered(program, needs.kept),
        siblings=submission.siblings,
        targets=chosen,
        aliases=aliases,
        doubtful=doubtful_places(program, needs.kept),
        dropped=sum(len(p.statements) for p in left_out if p.label != given.label or not missing),
    )


def _answers(
    found: Targets, wanted: Mapping[str, Sequence[str]], given_names: Sequence[str]
) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Each item's function, the student's own class for each given one, and the given left over."""
    chosen = {item: name for item, names in wanted.items() if (name := found.resolve(names))}
    aliases = _aliases(found, wanted, chosen, given_names)
    return chosen, aliases, [name for name in given_names if name not in aliases]


def _aliases(
    found: Targets,
    wanted: Mapping[str, Sequence[str]],
    chosen: Mapping[str, str],
    given_names: Sequence[str],
) -> dict[str, str]:
    """The student's own class for each given one, where there is one."""
    aliases = {name: name for name in given_names if found.defines(name)}
    for item, target in chosen.items():
        owner, _, method = target.rpartition(".")
        for name in given_names:
            if owner and owner not in given_names and f"{name}.{method}" in wanted[item]:
                aliases[name] = owner
    return aliases


def _given_part(given: Source, names: Sequence[str]) -> tuple[Source, ...]:
    """What the given source needs in order to define `names`."""
    if not names:
        return ()
    program = outline((given,))
    needs = Needs(program)
    needs.require(set(names))
    return _rendered(program, needs.kept)


def _rendered(program: Outline, kept: Collection[int]) -> tuple[Source, ...]:
    """The kept pieces at their own lines; sources of which nothing is kept are left out."""
    pieces: dict[int, list[Piece]] = {}
    for index in sorted(kept):
        piece = program.pieces[index]
        pieces.setdefault(piece.source, []).append(piece)
    return tuple(
        Source(program.sources[number].label, _kept_lines(program.sources[number].text, parts))
        for number, parts in sorted(pieces.items())
    )


def _kept_lines(text: str, pieces: Iterable[Piece]) -> str:
    lines = text.split("\n")
    kept: list[str] = []
    for piece in pieces:
        kept += [""] * (piece.first - 1 - len(kept))
        kept += lines[piece.first - 1 : piece.last]
    return "\n".join(kept) + "\n"


@lru_cache(maxsize=16)
def _targets_of(sources: tuple[Source, ...], siblings: tuple[Sibling, ...]) -> Targets:
    return Targets(outline(sources, siblings))


def _targets(submission: Submission) -> Targets:
    return _targets_of(submission.sources, submission.siblings)
