"""`adcheck.sandbox.confine.landlock`: what it asks of each kernel, and what it then refuses."""

from __future__ import annotations

import errno
import os
import struct
from pathlib import Path

import pytest

from adcheck.sandbox.confine.landlock import Access, Grant, attributes, handled
from tests.sandbox.confine.child import run

DENIED = os.strerror(errno.EACCES)


@pytest.mark.parametrize(
    ("version", "rights", "network", "scopes"),
    [
        (1, 0x1FFF, None, None),
        (2, 0x3FFF, None, None),
        (3, 0x7FFF, None, None),
        (4, 0x7FFF, 3, None),
        (5, 0xFFFF, 3, None),
        (6, 0xFFFF, 3, 3),
        (7, 0xFFFF, 3, 3),
        (8, 0xFFFF, 3, 3),
        (9, 0x1FFFF, 3, 3),
        (20, 0x1FFFF, 3, 3),
    ],
)
def test_every_right_that_a_kernel_knows_is_refused(
    version: int, rights: int, network: int | None, scopes: int | None
) -> None:
    assert handled(version) == rights
    expected = [word for word in (rights, network, scopes) if word is not None]
    assert attributes(version) == struct.pack(f"<{len(expected)}Q", *expected)


@pytest.mark.parametrize("grant", Grant)
def test_no_grant_lets_run_remove_or_link(grant: Grant) -> None:
    never = Access.EXECUTE | Access.REMOVE_FILE | Access.REMOVE_DIR | Access.REFER
    never |= Access.MAKE_SYM | Access.MAKE_SOCK | Access.MAKE_FIFO | Access.MAKE_DIR
    assert not grant.value & (never | Access.MAKE_CHAR | Access.MAKE_BLOCK | Access.IOCTL_DEV)


@pytest.mark.slow
def test_only_what_rules_grant_is_reached(landlocked: int, tmp_path: Path, server: int) -> None:
    for name in ("read/deep", "write", "list"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("read/deep/a", "list/a", "file", "other"):
        (tmp_path / name).write_text("text")
    told = run("layer", layer="landlock_rules", folder=str(tmp_path), port=server)
    assert told == {
        "on": f"ABI {landlocked}",
        "read": "gave 'text'",
        "read listing": "gave ['deep']",
        "read write": DENIED,
        "list": "gave ['a']",
        "list read": DENIED,
        "file": "gave 'text'",
        "other": DENIED,
        "write": "gave 3",
        "write again": "gave 1",
        "write back": "gave 'x'",
        "remove": DENIED,
        "rename": DENIED,
        "folder": DENIED,
        "execute": DENIED,
        "tcp": DENIED if landlocked >= 4 else told["tcp"],
        "signal": os.strerror(errno.EPERM) if landlocked >= 6 else "gave None",
    }  # fmt: skip
    assert (tmp_path / "other").read_text() == "text"


@pytest.mark.slow
def test_without_no_new_privs_the_kernel_refuses(landlocked: int) -> None:
    told = run("layer", layer="landlock_without_no_new_privs")
    assert told == os.strerror(errno.EPERM)
