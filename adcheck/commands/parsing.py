"""What several commands read from their command line, and how it is settled what is meant."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from adcheck.model import Assignment, Item

__all__ = ["complete_slug", "seconds", "seed", "select"]

_LARGEST_SEED: Final = 2**63 - 1


def seed(text: str) -> int:
    """A whole number from 0, or ``random``, which draws one."""
    if text == "random":
        import secrets

        return secrets.randbelow(10**9)
    try:
        number = int(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither a whole number nor 'random'.") from None
    if not 0 <= number <= _LARGEST_SEED:
        raise click.BadParameter(f"{text} is not between 0 and {_LARGEST_SEED}.")
    return number


def seconds(text: str) -> float:
    """A finite number of seconds above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise click.BadParameter(f"{text!r} is no number of seconds above 0.")
    return number


def complete_slug(ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
    """Slugs of assignments, for a shell's completion; folders are completed as files are."""
    from adcheck.assignment import available

    slugs = [a.slug for a in available() if a.slug.startswith(incomplete)]
    # folders first: click's script for bash forgets at one of them what it was told before
    return [CompletionItem(incomplete, type="dir"), *map(CompletionItem, slugs)]


def select(
    assignments: tuple[str, ...], only: tuple[str, ...]
) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Settle which assignments and which items a command line means.

    Returns:
        The assignments as they were given, or None to let the submission decide; and item ids.
    """
    if not only:
        return assignments or None, ()
    from adcheck.assignment import available, load_assignment

    known = tuple(map(load_assignment, assignments)) if assignments else available()
    ids = tuple(dict.fromkeys(id_ for name in only for id_ in _item_ids(name, known)))
    chosen = tuple(a.slug for a in known if any(item.id in ids for item in a.items))
    return assignments or chosen, ids


def _item_ids(name: str, assignments: Sequence[Assignment]) -> list[str]:
    """The ids of the items that a person may mean by an id or a function's name."""
    items = [item for assignment in assignments for item in assignment.items]
    found = [item.id for item in items if name in _names(item)]
    if found:
        return found
    from difflib import get_close_matches

    close = get_close_matches(name, sorted({word for item in items for word in _names(item)}), n=1)
    advice = f"did you mean {close[0]!r}?" if close else "items: " + ", ".join(i.id for i in items)
    raise click.BadParameter(f"there is no item {name!r}; {advice}", param_hint="'--only'")


def _names(item: Item) -> set[str]:
    plain = [name for name in item.names if not name.startswith("*")]
    return {item.id, item.id.rpartition(".")[2], item.function, *plain} - {""}
