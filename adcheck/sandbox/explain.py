"""What limits and confinement come to look like, told to the student as what they are."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
from collections.abc import Mapping
from dataclasses import replace

from adcheck.language import mark, tr, trn
from adcheck.model import Cause, Died, Raised
from adcheck.sandbox import isolation
from adcheck.sandbox.limits import FILE_BYTES, OPEN_FILES

__all__ = ["ended", "explained", "memory_sentence"]

_NO_MORE_THREADS = "can't start new thread"
_REFUSED = (errno.EPERM, errno.EACCES)

CONFINED = mark("adcheck runs homework without network, other programs and other files.")
"""What a student reads whose program tried more than to compute."""


def explained(raised: Raised, layers: Mapping[str, str]) -> Raised | Died:
    """The limit that an exception tells of, or the exception, with a reason where we are it.

    Args:
        raised: untrusted.
        layers: of the worker's confinement.
    """
    if raised.type == "MemoryError" or raised.message.startswith("RESOURCE_EXHAUSTED"):
        told = tr("It asked for more memory than there is: did it form the full Hessian?")
        return Died(Cause.MEMORY, told)
    if raised.type == "OSError":
        if raised.message.startswith(f"[Errno {errno.EMFILE}]"):
            return Died(Cause.OUTPUT, _files_sentence())
        if raised.message.startswith(f"[Errno {errno.EFBIG}]"):
            size = f"{FILE_BYTES / 1024**2:g}"
            told = tr("It wrote more than {size} MB into one file.", size=size)
            return Died(Cause.OUTPUT, told)
    if raised.type == "RuntimeError" and raised.message == _NO_MORE_THREADS:
        return Died(Cause.MEMORY, tr("It started more threads than it may."))
    if isolation.is_on(layers, "seccomp") and _is_refusal(raised.message):
        return replace(raised, message=f"{raised.message}. {tr(CONFINED)}")
    return raised


def ended(code: int | None, output: str, memory_bytes: int) -> Died:
    """What a process that ended by itself ended of.

    Args:
        code: its exit code, or a signal's number, negative; None if only its pipe was closed.
        output: the last of what it printed; untrusted.
        memory_bytes: what it might use.
    """
    out_of_memory = any(sign in output for sign in ("bad_alloc", "Out of memory", "MemoryError"))
    if out_of_memory or code == -getattr(signal, "SIGKILL", 9):
        return Died(Cause.MEMORY, memory_sentence(memory_bytes))
    if code is None:
        return Died(Cause.CRASH, tr("The program closed the grader's pipe."))
    if code < 0:
        with contextlib.suppress(ValueError):
            name = signal.Signals(-code).name
            told = tr("Python crashed while it ran ({signal}).", signal=name)
            return Died(Cause.CRASH, told)
    return Died(Cause.CRASH, tr("It ended the Python process (exit code {code}).", code=code))


def memory_sentence(limit: int) -> str:
    """What a student reads whose program used too much memory."""
    return tr(
        "It used more than {size} GB of memory: did it form the full Hessian?",
        size=f"{limit / 1024**3:.1f}",
    )


def _files_sentence() -> str:
    return trn(
        "It kept more than {count} file open: does it close them?",
        "It kept more than {count} files open: does it close them?",
        OPEN_FILES,
        count=OPEN_FILES,
    )


def _is_refusal(message: str) -> bool:
    return any(f"[Errno {number}] {os.strerror(number)}" in message for number in _REFUSED)
