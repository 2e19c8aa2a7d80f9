"""What a process gives up about itself: outliving its parent, capabilities, ever new ones."""

from __future__ import annotations

import os
import signal
import struct

from adcheck.sandbox.confine import system

_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION = 0x20080522
_MOST_CAPABILITIES = 64


def die_with(parent: int) -> None:
    """Has the kernel kill this process as soon as its parent ends.

    The kernel watches the parent's *thread* that started this process: start it from one that
    lives as long as the parent.

    Args:
        parent: the process id that the parent is known by; if it is gone already, this process
            ends here.

    Raises:
        LayerError: this system cannot.
    """
    system.machine()
    system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def drop_capabilities() -> None:
    """Gives up every capability: effective, permitted, inheritable, ambient, and the bounding set.

    Without the capability to shrink the bounding set it stays as it is: what is in it can come
    back only through a program's file, which no_new_privs rules out.

    Raises:
        LayerError: this system has none, or this process has several threads.
        OSError: the kernel refuses.
    """
    system.require_one_thread()
    system.prctl(system.PR_CAP_AMBIENT, _AMBIENT_CLEAR_ALL)
    for capability in range(_MOST_CAPABILITIES):
        try:
            system.prctl(system.PR_CAPBSET_DROP, capability)
        except OSError:  # past the last one, or not allowed
            break
    nothing = bytes(2 * 3 * 4)
    system.call("capset", struct.pack("=Ii", _CAPABILITY_VERSION, 0), nothing)


def forbid_new() -> None:
    """Rules out new privileges for good, and closes the process to others of the same user.

    Raises:
        LayerError: this system cannot, or this process has several threads.
        OSError: the kernel refuses.
    """
    system.require_one_thread()
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    system.prctl(system.PR_SET_DUMPABLE, 0)
