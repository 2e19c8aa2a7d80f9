"""From a path to what is known of the submission there, without running anything of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from adcheck.model import Program, Submission
from adcheck.slicing import (
    SLICE_SECONDS,
    close_match,
    literals,
    names_single_precision,
    place,
    resolve,
    slice_program,
    whole_program,
)
from adcheck.submission import load_submission
from adcheck.survey import Findings, Programs, Question, Survey

__all__ = ["survey"]

HURRIED_SECONDS = 0.5
"""For each further slice of a program where one came to nothing."""


def survey(path: str, questions: Sequence[Question]) -> Survey:
    """Reads a submission, and takes from it what grading it asks for.

    Args:
        path: as for `adcheck.submission.load_submission`, with the same exceptions.
        questions: one for each assignment.
    """
    submission = load_submission(path)
    findings: dict[str, Findings] = {}
    seconds = SLICE_SECONDS
    for asked in questions:
        findings[asked.slug] = found = _findings(submission, asked, seconds)
        seconds = HURRIED_SECONDS if found.programs.together.whole else seconds
    return Survey(submission, findings)


def _findings(submission: Submission, asked: Question, seconds: float) -> Findings:
    programs = _programs(submission, asked, seconds)
    targets = programs.together.targets
    lost = {id_: names for id_, names in asked.wanted.items() if id_ not in targets}
    close = {id_: close_match(submission, names) for id_, names in lost.items()}
    places = {id_: place(submission, target) for id_, target in targets.items()}
    return Findings(
        programs,
        suggestions={id_: name for id_, name in close.items() if name},
        literals={id_: literals(submission, target) for id_, target in targets.items()},
        holds={id_: _held(submission, programs, id_, asked) for id_ in targets},
        places={id_: found for id_, found in places.items() if found is not None},
    )


def _programs(submission: Submission, asked: Question, seconds: float) -> Programs:
    given = asked.given, asked.given_names
    whole = whole_program(submission, asked.wanted, *given)
    wanted = {id_: names for id_, names in asked.wanted.items() if id_ not in asked.apart}
    together = slice_program(submission, wanted, *given, seconds)
    targets = {id_: whole.targets[id_] for id_ in asked.wanted if id_ in whole.targets}
    together = replace(together, targets={**targets, **together.targets})
    seconds = HURRIED_SECONDS if together.whole else seconds
    alone = {
        id_: slice_program(submission, {id_: names}, *given, seconds)
        for id_, names in asked.wanted.items()
        if id_ in whole.targets
    }
    texts = (*whole.sources, *(sibling.source for sibling in whole.siblings))
    apart = _apart(submission, asked, alone, seconds)
    return Programs(together, alone, whole, names_single_precision(texts), apart)


def _apart(
    submission: Submission, asked: Question, alone: Mapping[str, Program], seconds: float
) -> Program:
    """The slice for the items that are run apart."""
    found = [id_ for id_ in asked.apart if id_ in alone]
    if len(found) < 2:
        return alone[found[0]] if found else Program(())
    wanted = {id_: asked.wanted[id_] for id_ in found}
    return slice_program(submission, wanted, asked.given, asked.given_names, seconds)


def _held(
    submission: Submission, programs: Programs, item: str, asked: Question
) -> tuple[str, ...]:
    """The other items whose functions stand in what one item's function needs."""
    kept = Submission(submission.path, "", "", programs.alone[item].sources, submission.siblings)
    return tuple(
        other
        for other in programs.together.targets
        if other != item and resolve(kept, asked.wanted[other]) is not None
    )
