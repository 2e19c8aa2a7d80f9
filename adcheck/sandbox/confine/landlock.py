"""Landlock: from here on this process reaches only the files that rules grant, and no network.

Whatever the kernel's version of Landlock can refuse is refused: every access to files that no
rule grants, TCP, abstract unix sockets and signals to processes outside. Executing, removing,
renaming, linking and making anything but plain files is granted nowhere. What no version covers
(``stat``, ``chmod``, UDP…) is the system call filter's part.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntFlag

from adcheck.sandbox.confine import system

_CREATE_VERSION = 1  # landlock_create_ruleset: tell the ABI
_PATH_BENEATH = 1  # landlock_add_rule: the type of a rule for paths
_LOG_SAME_EXEC_OFF = 1  # landlock_restrict_self, from ABI 7 on
_NETWORK = 0b11  # bind and connect TCP
_SCOPES = 0b11  # abstract unix sockets, signals


class Access(IntFlag):
    """The kernel's access rights to files."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15
    RESOLVE_UNIX = 1 << 16


_NEWEST_RIGHT = {
    1: Access.MAKE_SYM,
    2: Access.REFER,
    3: Access.TRUNCATE,
    4: Access.TRUNCATE,
    5: Access.IOCTL_DEV,
    9: Access.RESOLVE_UNIX,
}
"""The last right that each ABI knows; those between add none."""

_OF_FILES = int(Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE)


class Grant(Enum):
    """What a rule grants for a file, or for a directory and everything below it."""

    READ = Access.READ_FILE | Access.READ_DIR
    """Reading files, which is what loading a shared library takes, and listing directories."""

    LIST = Access.READ_DIR
    """Listing directories, not reading what is in them."""

    WRITE = READ | Access.WRITE_FILE | Access.MAKE_REG | Access.TRUNCATE
    """Making plain files, reading and writing them. Never removing or renaming them, and no
    folders: so that one look at the directory shows all that has been stored there, and a
    folder 10,000 levels deep cannot wait there for who tidies up."""


@dataclass(frozen=True)
class Rule:
    """One path and what is granted there.

    Attributes:
        path: absolute; links are followed when the rule is put on.
        grant: for the path itself and everything below.
    """

    path: str
    grant: Grant


def abi() -> int:
    """The kernel's version of Landlock.

    Raises:
        LayerError: it has none, or it is switched off.
    """
    try:
        return system.call("landlock_create_ruleset", 0, 0, _CREATE_VERSION)
    except OSError as error:
        raise system.LayerError(f"this kernel has no Landlock ({error.strerror})") from error


def handled(version: int) -> Access:
    """Every right to files that an ABI can refuse."""
    newest = max(known for known in _NEWEST_RIGHT if known <= version)
    return Access((_NEWEST_RIGHT[newest] << 1) - 1)


def attributes(version: int) -> bytes:
    """The kernel's ``struct landlock_ruleset_attr`` that refuses all that an ABI can refuse."""
    network = _NETWORK if version >= 4 else 0
    scopes = _SCOPES if version >= 6 else 0
    size = 8 if version < 4 else 16 if version < 6 else 24
    return struct.pack("=QQQ", handled(version), network, scopes)[:size]


def restrict(rules: Iterable[Rule]) -> str:
    """Puts the rules on, for good.

    Args:
        rules: what remains allowed; paths that do not exist or cannot be opened are skipped.

    Returns:
        The kernel's version of Landlock: ``"ABI 7"``.

    Raises:
        LayerError: the kernel has no Landlock, or this process has several threads.
        OSError: the kernel refuses; without no_new_privs it does.
    """
    system.require_one_thread()
    version = abi()
    refused, known = attributes(version), int(handled(version))
    ruleset = system.call("landlock_create_ruleset", refused, len(refused), 0)
    try:
        for rule in rules:
            _add(ruleset, rule, known)
        # A program that tries every file must not fill the machine's audit log.
        flags = _LOG_SAME_EXEC_OFF if version >= 7 else 0
        system.call("landlock_restrict_self", ruleset, flags)
    finally:
        os.close(ruleset)
    return f"ABI {version}"


def _add(ruleset: int, rule: Rule, known: int) -> None:
    try:
        path = os.open(rule.path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        granted = int(rule.grant.value) & known
        if not stat.S_ISDIR(os.fstat(path).st_mode):
            granted &= _OF_FILES  # the kernel takes no other right for a file
        if granted:
            packed = struct.pack("=Qi", granted, path)
            system.call("landlock_add_rule", ruleset, _PATH_BENEATH, packed, 0)
    finally:
        os.close(path)
