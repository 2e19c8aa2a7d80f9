"""The process that reads submissions, and the forks of it that do the work.

Asked by `adcheck.survey.reader` over its standard input, it answers on its standard output. Each
fork bounds its own time and memory, and on Linux gives up all files but the submission's and
Python's libraries, the network, and every right to start or change anything.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import os
import signal
import sys
from pathlib import Path
from typing import IO, Any, NoReturn

from adcheck.errors import AdcheckError
from adcheck.language import tr, trn, use
from adcheck.model import Submission
from adcheck.records import plain, restored
from adcheck.sandbox import wire
from adcheck.sandbox.confine import Grant, Policy, Rule, confine, readable
from adcheck.sandbox.reading import CPU_SECONDS, MEMORY_BYTES
from adcheck.survey import Question
from adcheck.survey.taking import survey

__all__ = ["main"]

_MOST_TEXT = 4_000_000
"""Characters of code, which travel several times: as they were read, sliced, and whole."""

_MODULES = {
    "materials": "adcheck.survey.materials",
    "measured": "adcheck.survey.measured",
    "unzip": "adcheck.survey.zips",
}
"""What answers which request, besides what every grading asks: imported once it is asked for."""

_WITH_IPYTHON = 3  # the exit code of a fork that had to import it
_MOST_REQUEST_BYTES = 16 * 1024**2  # the source that an assignment gives comes with each question


def main() -> None:
    """Answers until the grader is gone."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    libraries = readable() if sys.platform == "linux" else ()
    while (frame := wire.read_frame(requests, 0, _MOST_REQUEST_BYTES)) is not None:
        request, server = frame[0], os.getpid()
        use(request["language"])
        tr("This file")  # opens the catalogue, which the forks could not
        for kind in _MODULES.keys() & request.keys():
            importlib.import_module(_MODULES[kind])  # nor could they import it
        pid = os.fork()
        if pid == 0:
            _answer(request, libraries, server, answers)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == _WITH_IPYTHON:  # more notebooks may follow: their forks find it imported
            import IPython.core.inputtransformer2  # noqa: F401
        elif code != 0:
            wire.write_frame(answers, {"stopped": _why(code)})


def _why(code: int) -> str:
    if code == -signal.SIGXCPU or code == -signal.SIGKILL:
        return trn(
            "that takes more than {seconds} second",
            "that takes more than {seconds} seconds",
            CPU_SECONDS,
            seconds=CPU_SECONDS,
        )
    return tr("that takes more than {size} GB of memory", size=f"{MEMORY_BYTES / 1024**3:g}")


# --------------------------------------------------------------------------- in the fork


def _answer(
    request: dict[str, Any], libraries: tuple[Rule, ...], server: int, answers: IO[bytes]
) -> NoReturn:
    code = 1
    try:
        with contextlib.suppress(OSError):  # it may be gone by now
            os.chdir(request["folder"])
        _confined(request["path"], libraries, server)
        wire.write_frame(answers, _surveyed(request))
        code = _WITH_IPYTHON if "IPython" in sys.modules else 0
    finally:
        os._exit(code)


def _confined(path: str, libraries: tuple[Rule, ...], server: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    if sys.platform != "linux":
        return
    place = Path(path)
    folders = [place] if place.is_dir() else [place.parent, place.resolve().parent]
    rules = (*libraries, *(Rule(str(folder), Grant.READ) for folder in folders))
    confine(Policy(None, rules, memory_bytes=MEMORY_BYTES, parent=server))


def _surveyed(request: dict[str, Any]) -> dict[str, Any]:
    try:
        if "materials" in request:
            from adcheck.survey.materials import materials

            return {"materials": plain(materials(request["path"], request["materials"]))}
        if "measured" in request:
            from adcheck.survey.measured import measured

            return {"measured": plain(measured(request["path"], **request["measured"]))}
        if "unzip" in request:
            from adcheck.survey.zips import unzipped

            files = unzipped(request["path"])
            return {"files": {n: base64.b64encode(data).decode() for n, data in files.items()}}
        questions = restored(tuple[Question, ...], request["questions"])
        found = survey(request["path"], questions)
        if _size(found.submission) > _MOST_TEXT:
            size = _MOST_TEXT // 1_000_000
            return {"stopped": tr("it holds more than {size} MB of code", size=size)}
        return {"survey": plain(found)}
    except AdcheckError as error:
        return {"error": type(error).__name__, "message": str(error)}
    except RecursionError:
        return {"stopped": tr("it is nested too deeply")}
    except MemoryError:
        raise
    except Exception as error:
        return {"fault": f"{type(error).__name__}: {error}"}


def _size(submission: Submission) -> int:
    modules = (sibling.source for sibling in submission.siblings)
    return sum(len(source.text) for source in (*submission.sources, *modules))
