"""Namespaces: a user, a network without any interface that is up, and System V memory of its own.

A machine may refuse them (containers, some distributions): the other layers hold without.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from adcheck.sandbox.confine import system

NEW_USER = 0x10000000
NEW_NETWORK = 0x40000000
NEW_IPC = 0x08000000

NOBODY = 65534
"""As whom the process knows itself inside; outside it stays who it was."""


_REASONS = {errno.ENOSPC: "sysctl user.max_user_namespaces allows no more"}


def enter() -> str:
    """Moves this process into namespaces of its own, for good.

    Returns:
        Which: ``"user, network, ipc"``; without the user's where only an administrator is
        allowed to and this process is one.

    Raises:
        LayerError: this system has none, this process has several threads, or all is refused.
    """
    system.require_one_thread()
    user, group = os.geteuid(), os.getegid()
    try:
        with _dumpable():
            system.call("unshare", NEW_USER | NEW_NETWORK | NEW_IPC)
            _map(user, group)
        return "user, network, ipc"
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, f"the kernel refuses them ({error.strerror})")
    try:
        system.call("unshare", NEW_NETWORK | NEW_IPC)
        return "network, ipc"
    except OSError:
        raise system.LayerError(reason) from None


def _map(user: int, group: int) -> None:
    for name, text in (
        ("setgroups", "deny"),  # else an ordinary user may map no group
        ("uid_map", f"{NOBODY} {user} 1"),
        ("gid_map", f"{NOBODY} {group} 1"),
    ):
        Path("/proc/self", name).write_text(text)


@contextlib.contextmanager
def _dumpable() -> Iterator[None]:
    """While it holds, /proc/self belongs to this process's user, who alone may write the maps."""
    before = system.prctl(system.PR_GET_DUMPABLE)
    system.prctl(system.PR_SET_DUMPABLE, 1)
    try:
        yield
    finally:
        # The kernel's third state, 2, cannot be asked for; 0 is the stricter neighbour.
        system.prctl(system.PR_SET_DUMPABLE, int(before == 1))
