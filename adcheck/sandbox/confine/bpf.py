"""A compiler of system call filters: from rules per call to the kernel's small machine code.

A filter is a list of instructions of the classic Berkeley packet filter over `struct
seccomp_data`: the call's number, the machine's architecture and the six arguments. It can test
numbers, not follow pointers.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

ALLOW = 0x7FFF0000
KILL = 0x80000000  # the whole process
_ERRNO = 0x00050000

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""What the kernel calls each machine's native system calls (``AUDIT_ARCH_…``)."""

X32 = 0x40000000
"""Calls from here on belong to x86-64's second, 32-bit set: another way to every call."""

# Instructions: load a word, and with a constant, jump on a comparison, return a verdict.
LOAD, AND, JUMP_EQUAL, JUMP_GREATER, JUMP_NOT_LESS, RETURN = 0x20, 0x54, 0x15, 0x25, 0x35, 0x06

_OFFSET_NUMBER, _OFFSET_ARCHITECTURE, _OFFSET_ARGUMENTS = 0, 4, 16
_WORD = 0xFFFFFFFF


class Instruction(NamedTuple):
    """One instruction; a jump skips `yes` or `no` instructions."""

    code: int
    operand: int
    yes: int = 0
    no: int = 0


@dataclass(frozen=True)
class Test:
    """A condition on 32 bits of an argument: ``argument & mask == value``.

    Attributes:
        argument: 0 to 5.
        value: what it must be.
        mask: the bits that are looked at.
        upper: whether the argument's upper half is meant, which only pointers and sizes use.
    """

    __test__ = False  # pytest, this is none of yours

    argument: int
    value: int
    mask: int = _WORD
    upper: bool = False


@dataclass(frozen=True)
class Clause:
    """A verdict for a call whose arguments pass all tests; no test means: always."""

    verdict: int
    tests: tuple[Test, ...] = ()


Rule = Sequence[Clause]
"""The first clause whose tests pass decides; the last one has no tests."""


def refuse(error: int) -> int:
    """The verdict that lets a call fail with an error number."""
    return _ERRNO | error


def compile_filter(
    machine: str, rules: Mapping[int, Rule], default: int, newer: tuple[int, int] | None = None
) -> list[Instruction]:
    """Compiles a filter.

    Args:
        machine: a key of `ARCHITECTURES`; calls of any other kind end the process.
        rules: by the call's number.
        default: the verdict for calls without a rule.
        newer: a number, and the verdict for all calls above it.
    """
    program = [
        Instruction(LOAD, _OFFSET_ARCHITECTURE),
        Instruction(JUMP_EQUAL, ARCHITECTURES[machine], yes=1),
        Instruction(RETURN, KILL),
        Instruction(LOAD, _OFFSET_NUMBER),
        Instruction(JUMP_NOT_LESS, X32, no=1),
        Instruction(RETURN, KILL),
    ]
    if newer is not None:
        number, verdict = newer
        program += [Instruction(JUMP_GREATER, number, no=1), Instruction(RETURN, verdict)]
    for number, rule in rules.items():
        body = [instruction for clause in rule for instruction in _clause(clause)]
        program += [Instruction(JUMP_EQUAL, number, no=len(body)), *body]
    return [*program, Instruction(RETURN, default)]


def encode(program: Sequence[Instruction]) -> bytes:
    """The program as an array of ``struct sock_filter``.

    Raises:
        struct.error: a jump is longer than 255 instructions: a rule has too many clauses.
    """
    return b"".join(struct.pack("=HBBI", i.code, i.yes, i.no, i.operand) for i in program)


def _clause(clause: Clause) -> list[Instruction]:
    """The tests, each of which jumps past the verdict where it fails."""
    tests = [_test(test) for test in clause.tests]
    after = sum(map(len, tests)) + 1
    body: list[Instruction] = []
    for test in tests:
        body += test
        body[-1] = body[-1]._replace(no=after - len(body))
    return [*body, Instruction(RETURN, clause.verdict)]


def _test(test: Test) -> list[Instruction]:
    # Both machines are little-endian: the lower half comes first.
    offset = _OFFSET_ARGUMENTS + 8 * test.argument + (4 if test.upper else 0)
    masked = [] if test.mask == _WORD else [Instruction(AND, test.mask)]
    return [Instruction(LOAD, offset), *masked, Instruction(JUMP_EQUAL, test.value)]
