"""The errors that end a run, each with its exit code and its one sentence."""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AdcheckError",
    "AmbiguousSubmissionError",
    "AssignmentError",
    "GraderError",
    "SubmissionNotFoundError",
    "UsageError",
]


class AdcheckError(Exception):
    """Base of everything that adcheck raises on purpose.

    The message is one sentence for the person at the terminal: what is wrong, where, what to do.
    """

    exit_code: ClassVar[int] = 70


class UsageError(AdcheckError):
    """The command line, or a file that the course provides, cannot be used as it is."""

    exit_code = 2


class SubmissionNotFoundError(UsageError):
    """Raised when the path given as a submission does not exist or is of no kind we read."""


class AmbiguousSubmissionError(UsageError):
    """Raised when a folder or zip holds several files that could be the submission."""


class AssignmentError(UsageError):
    """Raised when an assignment is unknown, or its rubric or tasks cannot be loaded."""


class GraderError(AdcheckError):
    """Raised when adcheck itself fails: no student is to blame and none loses points by it."""
