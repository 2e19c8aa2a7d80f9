"""Reading submissions in a process of its own: the grader's side.

What a stranger handed in is parsed here: archives, JSON, source that makes Python's parser swell.
None of that happens in the process that grades. The other side, `adcheck.survey.process`, reads
each submission in a fork of itself that may use little time and memory, and that sees no files but
the submission's. Where a process cannot be forked, reading happens in the grader.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import adcheck.errors
from adcheck.errors import AdcheckError, GraderError
from adcheck.language import current, tr
from adcheck.model import Problem, Severity, Submission
from adcheck.records import plain, restored
from adcheck.sandbox import reading
from adcheck.sandbox.reading import FORKS
from adcheck.survey import Measured, Question, Survey, nothing

if TYPE_CHECKING:
    from adcheck.course import Material

__all__ = ["materials", "measured", "read", "unzipped"]


def read(path: str | Path, questions: Sequence[Question]) -> Survey:
    """Reads a submission, and takes from it what grading it asks for.

    Args:
        path: as for `adcheck.submission.load_submission`, with the same exceptions.
        questions: one for each assignment.

    Raises:
        GraderError: adcheck itself failed.
    """
    if not FORKS:
        from adcheck.survey.taking import survey

        return survey(str(path), questions)
    answer = _asked({"path": str(path), "questions": plain(tuple(questions))})
    if "survey" in answer:
        return restored(Survey, answer["survey"])
    return nothing(_unread(path, answer["stopped"]), questions)


def materials(
    path: str | Path, wanted: Mapping[str, Sequence[str]]
) -> dict[str, tuple[Material, ...]]:
    """Gathers what a person looks at who marks items; see `adcheck.survey.materials`.

    Returns:
        By item; nothing for a submission that takes too long to read.
    """
    if not FORKS:
        from adcheck.survey.materials import materials as gathered

        return gathered(str(path), wanted)
    from adcheck.course import Material

    answer = _asked({"path": str(path), "materials": {k: list(v) for k, v in wanted.items()}})
    return restored(dict[str, tuple[Material, ...]], answer.get("materials", {}))


def measured(path: str | Path, sizes: Sequence[str], count: int) -> tuple[Measured, ...]:
    """Finds the tables of seconds in what a notebook printed; see `adcheck.survey.measured`.

    Returns:
        Nothing for a submission that takes too long to read.
    """
    if not FORKS:
        from adcheck.survey.measured import measured as found

        return found(str(path), sizes, count)
    answer = _asked({"path": str(path), "measured": {"sizes": list(sizes), "count": count}})
    return restored(tuple[Measured, ...], answer.get("measured", []))


def unzipped(path: str | Path) -> dict[str, bytes]:
    """The modules and notebooks in a zip, by their paths in it; see `adcheck.survey.zips`.

    Returns:
        Nothing for a zip that cannot be read: `read` says why.
    """
    if not FORKS:
        from adcheck.survey.zips import unzipped as taken

        return taken(str(path))
    answer = _asked({"path": str(path), "unzip": True})
    return {name: base64.b64decode(data) for name, data in answer.get("files", {}).items()}


def _asked(request: dict[str, Any]) -> dict[str, Any]:
    answer = reading.ask({**request, "folder": _folder(), "language": current()})
    if "error" in answer:
        raise _error(answer["error"], answer["message"])
    if "fault" in answer:
        raise GraderError(f"adcheck failed while it read {request['path']}: {answer['fault']}")
    return answer


def _folder() -> str:
    """Where relative paths start; the process may have been started elsewhere."""
    try:
        return os.getcwd()
    except FileNotFoundError:  # it is gone, and nothing starts there
        return "/"


def _error(name: str, message: str) -> AdcheckError:
    kind = getattr(adcheck.errors, name, GraderError)
    error: AdcheckError = kind(message)
    return error


def _unread(path: str | Path, why: str) -> Submission:
    name = Path(path).name
    message = tr(
        "{file} was not read: {why}. Hand in the homework alone, without data or output.",
        file=name,
        why=why,
    )
    problem = Problem(Severity.ERROR, "too-complex", message, name)
    return Submission(str(path), name, "", (), (), (problem,))
