"""What this machine offers for grading, found out by trying it, and what to do to get more."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import adcheck
from adcheck.errors import GraderError
from adcheck.model import Call, Limits, Program, Returned, Source
from adcheck.sandbox import machine
from adcheck.sandbox.isolation import STRICT, is_on, level
from adcheck.sandbox.launch import Worker, open_worker
from adcheck.sandbox.start import stop

__all__ = ["Examination", "examine"]

_PROGRAM = Program(
    (
        Source(
            "probe.py",
            "import jax, jax.numpy as jnp\n"
            "def version():\n"
            "    return jnp.asarray([int(part) for part in jax.__version__.split('.')[:3]])\n",
        ),
    ),
    targets={"version": "version"},
    whole=True,
)

_ADVICE = {
    "landlock": "Landlock keeps programs from your files and from TCP. It takes Linux 5.13 or "
    "newer with landlock among the names in /sys/kernel/security/lsm, and a container whose "
    "seccomp profile lets its three system calls through (that of Docker 23 and newer does).",
    "seccomp": "The system call filter takes Linux on x86-64 or aarch64.",
    "rlimits": "The limits of memory and files could not be set: raise the hard limits that "
    "'ulimit -H -a' shows.",
    "namespaces": "User namespaces are one layer more, not a condition. Where they are switched "
    "off, 'sysctl kernel.unprivileged_userns_clone=1' (Debian) or "
    "'sysctl kernel.apparmor_restrict_unprivileged_userns=0' (Ubuntu) allows them.",
    "fork server": "Without it each worker takes a second longer to start.",
}
_ELSEWHERE = (
    "Programs are limited in time, memory and output here, and can read files and use the network. "
    "Grade programs by strangers on Linux: in a container, a virtual machine, or WSL 2."
)


@dataclass(frozen=True)
class Examination:
    """What was found.

    Attributes:
        facts: of the machine, by name.
        layers: of a worker's confinement, each ``"on"``, ``"on (what)"`` or ``"off: why"``.
        level: what they amount to: ``"strict"``, ``"weak"`` or ``"none"``.
        advice: what to do to get more, a sentence or a few each.
        failure: why no worker could be started or computed anything; empty if one did.
    """

    facts: Mapping[str, str]
    layers: Mapping[str, str]
    level: str
    advice: tuple[str, ...]
    failure: str = ""

    @property
    def exit_code(self) -> int:
        """0 if strangers' programs can be graded here, 1 if only with less isolation, else 70."""
        return 70 if self.failure else 0 if self.level == "strict" else 1


def examine() -> Examination:
    """Starts workers as grading does, lets one compute something, and looks at how that went."""
    facts = _machine()
    stop()  # so that the time of a first start is told, whatever this process did before
    began = time.monotonic()
    try:
        with_first = open_worker(_PROGRAM, Limits())
        facts["first worker"] = f"{time.monotonic() - began:.1f} s"
        with_first.close()
        began = time.monotonic()
        worker = open_worker(_PROGRAM, Limits())
    except GraderError as error:
        return Examination(facts, {}, "none", (), str(error))
    try:
        facts["another worker"] = f"{1000 * (time.monotonic() - began):.0f} ms"
        failure = _computed(worker, facts)
        layers = dict(worker.layers)
    finally:
        worker.close()
    return Examination(facts, layers, level(layers), tuple(_advice(layers)), failure)


def _machine() -> dict[str, str]:
    share = machine.processors()
    cores = f"{os.cpu_count() or 1}" + (f", of which {share:.2g} are granted" if share < 1 else "")
    memory = machine.memory_limit(Limits().memory_bytes)
    return {
        "adcheck": adcheck.__version__,
        "Python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} on {platform.machine()}",
        "cores": cores,
        "memory for a worker": f"{memory / 1024**3:.1f} GB",
    }


def _computed(worker: Worker, facts: dict[str, str]) -> str:
    """Why the worker cannot compute with JAX; empty if it can."""
    limits = Limits()
    reply = worker.call(Call("version", ()), limits) if worker.alive else worker.failure
    if isinstance(reply, Returned):
        numbers = getattr(reply.value, "data", ())
        facts["JAX"] = ".".join(str(int(number)) for number in numbers)
        return ""
    return f"a worker could not compute with JAX: {reply}"


def _advice(layers: Mapping[str, str]) -> Iterator[str]:
    if sys.platform != "linux":
        yield _ELSEWHERE
        return
    for name in (*STRICT, "namespaces", "fork server"):
        if name in layers and not is_on(layers, name):
            yield _ADVICE[name]
