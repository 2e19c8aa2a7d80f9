"""Reading submissions in a process of its own: the grader's side.

What a stranger handed in is parsed here: archives, JSON, source that makes Python's parser swell.
None of that happens in the process that grades. The other side, `adcheck.survey.process`, reads
each submission in a fork of itself that may use little time and memory, and that sees no files but
the submission's. Where a process cannot be forked, reading happens in the grader.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import adcheck.errors
from adcheck.course import Material
from adcheck.errors import AdcheckError, GraderError
from adcheck.language import current, tr, trn
from adcheck.model import Problem, Severity, Submission
from adcheck.records import plain, restored
from adcheck.sandbox import wire
from adcheck.sandbox.machine import processors
from adcheck.sandbox.process import environment
from adcheck.survey import Measured, Question, Survey, nothing

__all__ = [
    "CPU_SECONDS",
    "MEMORY_BYTES",
    "materials",
    "measured",
    "prepare",
    "read",
    "stop",
    "unzipped",
]

CPU_SECONDS = 10
"""That reading may take; a long notebook takes 0.1."""

MEMORY_BYTES = 1024**3
"""That reading may take; a long notebook takes 0.05 GB."""

_WALL_SECONDS = 6.0 * CPU_SECONDS
_MOST_BYTES = 256 * 1024**2  # of an answer
_NO_FOLDER = "/nonexistent"
_START = (
    "import sys; sys.path.insert(0, {root!r}); from adcheck.survey import process; process.main()"
)


def prepare() -> None:
    """Starts the process that reads, which takes a moment: something will soon be read."""
    if _FORKS:
        _here.start()


def read(path: str | Path, questions: Sequence[Question]) -> Survey:
    """Reads a submission, and takes from it what grading it asks for.

    Args:
        path: as for `adcheck.submission.load_submission`, with the same exceptions.
        questions: one for each assignment.

    Raises:
        GraderError: adcheck itself failed.
    """
    if not _FORKS:
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
    if not _FORKS:
        from adcheck.survey.materials import materials as gathered

        return gathered(str(path), wanted)
    answer = _asked({"path": str(path), "materials": {k: list(v) for k, v in wanted.items()}})
    return restored(dict[str, tuple[Material, ...]], answer.get("materials", {}))


def measured(path: str | Path, sizes: Sequence[str], count: int) -> tuple[Measured, ...]:
    """Finds the tables of seconds in what a notebook printed; see `adcheck.survey.measured`.

    Returns:
        Nothing for a submission that takes too long to read.
    """
    if not _FORKS:
        from adcheck.survey.measured import measured as found

        return found(str(path), sizes, count)
    answer = _asked({"path": str(path), "measured": {"sizes": list(sizes), "count": count}})
    return restored(tuple[Measured, ...], answer.get("measured", []))


def unzipped(path: str | Path) -> dict[str, bytes]:
    """The modules and notebooks in a zip, by their paths in it; see `adcheck.survey.zips`.

    Returns:
        Nothing for a zip that cannot be read: `read` says why.
    """
    if not _FORKS:
        from adcheck.survey.zips import unzipped as taken

        return taken(str(path))
    answer = _asked({"path": str(path), "unzip": True})
    return {name: base64.b64decode(data) for name, data in answer.get("files", {}).items()}


def _asked(request: dict[str, Any]) -> dict[str, Any]:
    answer = _here.ask({**request, "folder": _folder(), "language": current()})
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


def stop() -> None:
    """Ends the process; who asks again starts another one."""
    _here.stop()


_FORKS = sys.platform != "win32"


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


class _Process:
    """The process that reads, if it runs; several threads may ask, one after another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """The process that runs, or a new one."""
        if self._process is not None and self._process.poll() is not None:
            self._forget()
        if self._process is None:
            root = str(Path(__file__).resolve().parents[2])
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START.format(root=root)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(_NO_FOLDER),
                start_new_session=True,  # what is typed at the terminal is for the grader
            )
        return self._process

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request."""
        with self._lock:
            process = self.start()
            assert process.stdin is not None
            assert process.stdout is not None
            seconds = _WALL_SECONDS / min(processors(), 1.0)
            late = threading.Event()
            watch = threading.Timer(seconds, _end_late, (process, late))
            watch.start()
            try:
                wire.write_frame(process.stdin, request)
                frame = wire.read_frame(process.stdout, 0, _MOST_BYTES)
            except (wire.FrameError, OSError):
                frame = None
            finally:
                watch.cancel()
            if frame is not None:
                return frame[0]
            _kill(process)
            self._forget()
            if late.is_set():
                why = trn(
                    "that takes longer than {seconds} second",
                    "that takes longer than {seconds} seconds",
                    seconds,
                    seconds=f"{seconds:g}",
                )
                return {"stopped": why}
            return {"fault": "the process that reads submissions ended"}

    def stop(self) -> None:
        """Ends the process."""
        with self._lock:
            if self._process is not None:
                _kill(self._process)
                self._forget()

    def _forget(self) -> None:
        assert self._process is not None
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()
        self._process.wait()
        self._process = None

    def disown(self) -> None:
        """Lets go of it in a copy of the grader."""
        if self._process is not None:
            self._process.returncode = 0


def _end_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and the fork that reads for it."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)


_here = _Process()


def _after_fork() -> None:
    global _here
    _here.disown()
    _here = _Process()


atexit.register(stop)
if sys.platform != "win32":
    os.register_at_fork(after_in_child=_after_fork)
