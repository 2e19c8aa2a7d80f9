"""How well workers are confined: what may be asked for, and what the layers amount to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from adcheck.errors import UsageError

__all__ = ["CHOICES", "Choice", "Level", "is_on", "level", "merged", "require"]

Choice: TypeAlias = Literal["auto", "strict", "weak", "none"]
Level: TypeAlias = Literal["strict", "weak", "none"]

CHOICES: Final[tuple[Choice, ...]] = ("auto", "strict", "weak", "none")
"""``auto``: as well as this machine can; ``strict``: well, or not at all; ``weak``: limits, and
nothing that keeps a program from reading files and sending them; ``none``: not even limits of its
own, only the grader's watch."""

STRICT: Final = ("landlock", "seccomp", "rlimits")
"""The layers that keep a hostile program in; the others are there in case one of them fails."""


def level(layers: Mapping[str, str]) -> Level:
    """What layers amount to.

    Args:
        layers: each ``"on"``, ``"on (what)"`` or ``"off: why"``.
    """
    on = [is_on(layers, name) for name in STRICT]
    return "strict" if all(on) else "weak" if any(on) else "none"


def require(choice: Choice, layers: Mapping[str, str]) -> None:
    """Checks that layers are what was asked for.

    Raises:
        UsageError: strict confinement was asked for, and layers of it are off.
    """
    if choice != "strict" or level(layers) == "strict":
        return
    missing = ", ".join(
        f"{name} is {layers.get(name) or layers.get('confinement', 'off')}"
        for name in STRICT
        if not is_on(layers, name)
    )
    raise UsageError(
        f"strict isolation is not possible on this machine: {missing}. Run adcheck in a container "
        "or virtual machine that has it, or grade programs that you trust with --isolation weak"
    )


def merged(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """The layers that two workers have in common: what was off once is off."""
    off = {name: state for name, state in first.items() if not is_on(first, name)}
    return {**first, **second, **off}


def is_on(layers: Mapping[str, str], name: str) -> bool:
    """Whether a layer is on."""
    return layers.get(name, "").partition(" ")[0] == "on"
