"""Confinement of a worker by itself: what it gives up before it reads a student's program.

Everything here runs in the worker, needs no administrator and no helper program, and cannot be
undone. On Linux the layers overlap, so that one that is missing is made up for by others:

========== ===================================================================
parent     the kernel kills the worker as soon as its parent ends
namespaces a network without interfaces, a user without rights over others
rlimits    memory, sizes and numbers of files, threads
privileges no capabilities, and never new ones
landlock   files: only what a `Policy` names; no TCP
seccomp    system calls: only what computing takes
========== ===================================================================

Before `confine`, import every module of adcheck that the worker will use: they cannot be read
afterwards. Close every descriptor that is none of the worker's business: what is open stays
open. Start no thread: some layers bind only one.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable

from adcheck.sandbox import limits
from adcheck.sandbox.confine import landlock, namespaces, privileges, seccomp, system
from adcheck.sandbox.confine.landlock import Grant, Rule
from adcheck.sandbox.confine.paths import readable
from adcheck.sandbox.confine.policy import Policy

__all__ = ["LAYERS", "Grant", "Policy", "Rule", "confine", "readable"]

LAYERS = (
    "namespaces",
    "parent",
    "rlimits",
    "capabilities",
    "no_new_privs",
    "landlock",
    "seccomp",
)
"""The layers in the order in which they are put on: each needs what the next one takes away."""


def confine(policy: Policy) -> dict[str, str]:
    """Puts every layer on that this system has, for good; never raises.

    Args:
        policy: what remains allowed.

    Returns:
        Each of `LAYERS` with ``"on"``, ``"on (what)"`` or ``"off: why"``, in that order. Whether
        that is enough, the caller decides.
    """
    report = {"namespaces": _state(namespaces.enter)}
    report["parent"] = _state(lambda: _die_with(policy.parent))
    report["rlimits"] = _state(lambda: _limits(policy, report["namespaces"].startswith(_OWN_USER)))
    report["capabilities"] = _state(privileges.drop_capabilities)
    report["no_new_privs"] = _state(privileges.forbid_new)
    # Asked for a folder, tempfile would try some out by removing a file, which is refused.
    tempfile.tempdir = policy.private
    report["landlock"] = _state(lambda: landlock.restrict(_rules(policy)))
    report["seccomp"] = _state(_filter)
    return report


_OWN_USER = "on (user"


def _state(layer: Callable[[], str | None]) -> str:
    """Puts one layer on and tells how that went."""
    try:
        told = layer()
    except Exception as error:  # whatever it is: the layer is off, and that is the news
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return f"off: {reason or type(error).__name__}"
    return f"on ({told})" if told else "on"


def _die_with(parent: int | None) -> None:
    if parent is None:
        raise system.LayerError("it may outlive its parent")
    privileges.die_with(parent)


def _limits(policy: Policy, own_user: bool) -> None:
    # Before Linux 5.14 a namespace's tasks were counted together with all of the user's.
    tasks = policy.tasks if own_user and system.kernel() >= (5, 14) else None
    state = limits.apply(policy.memory_bytes, open_files=policy.open_files, tasks=tasks)["rlimits"]
    if state != "on":
        raise system.LayerError(state.removeprefix("off: "))


def _rules(policy: Policy) -> tuple[Rule, ...]:
    own = () if policy.private is None else (Rule(policy.private, Grant.WRITE),)
    return (*own, *policy.readable)


def _filter() -> str:
    return seccomp.install(seccomp.program(system.machine(), os.getpid()))
