"""The kernel's door: system calls by name, what the machine is, and what a layer raises.

Everything goes through `ctypes`, which is imported on first use: this package can be imported
on any system, and its layers say there what they lack.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from typing import TYPE_CHECKING

from adcheck.sandbox.confine import calls

if TYPE_CHECKING:
    import ctypes

PR_SET_PDEATHSIG = 1
PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47


class LayerError(Exception):
    """Raised when a layer of confinement cannot be put on; its message is the reason."""


@functools.cache
def machine() -> str:
    """The machine's name in `calls.MACHINES`.

    Raises:
        LayerError: this is no Linux, or its system calls are not known.
    """
    if sys.platform != "linux":
        raise LayerError(f"this system is {sys.platform}, not linux")
    name = os.uname().machine
    if name not in calls.MACHINES:
        raise LayerError(f"the system calls of {name} are not known")
    if sys.maxsize < 2**32:  # a 32-bit program on a 64-bit kernel makes other calls
        raise LayerError("this Python is a 32-bit program")
    return name


def kernel() -> tuple[int, int]:
    """The kernel's version: ``(6, 12)``."""
    major, minor = re.findall(r"\d+", os.uname().release)[:2]
    return int(major), int(minor)


def call(name: str, *arguments: int | bytes) -> int:
    """Makes a system call.

    Args:
        name: a key of `calls.numbers`.
        arguments: numbers; of bytes, the kernel gets the address, to read from.

    Returns:
        What the kernel returns.

    Raises:
        LayerError: this machine has no such call that is known.
        OSError: the kernel refuses.
    """
    number = calls.numbers(machine()).get(name)
    if number is None:
        raise LayerError(f"this machine has no call {name}")
    library = _libc()
    import ctypes

    converted = [
        ctypes.c_long(argument) if isinstance(argument, int) else ctypes.c_char_p(argument)
        for argument in (number, *arguments)
    ]
    result: int = library.syscall(*converted)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def prctl(option: int, *arguments: int) -> int:
    """Asks the kernel to change or tell something about this process; unused arguments are 0."""
    return call("prctl", option, *arguments, *[0] * (4 - len(arguments)))


def require_one_thread() -> None:
    """Checks that this thread is the process: some layers bind only the thread that asks.

    Raises:
        LayerError: there are others.
    """
    machine()
    threads = len(os.listdir("/proc/self/task"))
    if threads > 1:
        raise LayerError(f"{threads} threads run, and it would bind only one")


@functools.cache
def _libc() -> ctypes.CDLL:
    try:
        import ctypes
    except ImportError as error:  # an interpreter built where libffi was missing
        raise LayerError("this Python was built without ctypes") from error
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library
