"""`adcheck.sandbox.confine.bpf`, run by a machine that is written down here."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from adcheck.sandbox.confine.bpf import (
    ALLOW,
    ARCHITECTURES,
    KILL,
    Clause,
    Rule,
    Test,
    compile_filter,
    encode,
    refuse,
)

EPERM, ENOSYS = refuse(1), refuse(38)
WORD = 2**32 - 1


def evaluate(code: bytes, architecture: int, number: int, arguments: Sequence[int] = ()) -> int:
    """What the kernel answers: the filter run over ``struct seccomp_data``."""
    padded = [argument % 2**64 for argument in (*arguments, *[0] * (6 - len(arguments)))]
    data = struct.pack("<IIQ6Q", number, architecture, 0xDEAD, *padded)
    program = list(struct.iter_unpack("<HBBI", code))
    accumulator, at = 0, 0
    while True:
        operation, yes, no, k = program[at]
        at += 1
        match operation:
            case 0x20:  # BPF_LD | BPF_W | BPF_ABS
                assert k % 4 == 0
                (accumulator,) = struct.unpack_from("<I", data, k)
            case 0x54:  # BPF_ALU | BPF_AND | BPF_K
                accumulator &= k
            case 0x15:  # BPF_JMP | BPF_JEQ | BPF_K
                at += yes if accumulator == k else no
            case 0x25:  # BPF_JMP | BPF_JGT | BPF_K
                at += yes if accumulator > k else no
            case 0x35:  # BPF_JMP | BPF_JGE | BPF_K
                at += yes if accumulator >= k else no
            case 0x06:  # BPF_RET | BPF_K
                return int(k)
            case _:
                raise AssertionError(f"unknown instruction {operation:#x}")


RULES: dict[int, Rule] = {
    5: (Clause(ALLOW),),
    7: (Clause(ALLOW, (Test(1, 42),)), Clause(ALLOW, (Test(1, 43),)), Clause(ENOSYS)),
    9: (Clause(EPERM, (Test(0, 2, mask=6), Test(2, 1, mask=1))), Clause(ALLOW)),
    11: (Clause(ALLOW, (Test(3, 0), Test(3, 0, upper=True))), Clause(EPERM)),
}


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize(
    ("number", "arguments", "verdict"),
    [
        pytest.param(4, [], EPERM, id="no-rule"),
        pytest.param(5, [1, 2, 3], ALLOW, id="always"),
        pytest.param(7, [42, 42], ALLOW, id="first-value"),
        pytest.param(7, [42, 43], ALLOW, id="second-value"),
        pytest.param(7, [42, 44], ENOSYS, id="another-value"),
        pytest.param(7, [0, 42 + 2**32], ALLOW, id="upper-half-not-looked-at"),
        pytest.param(9, [2, 0, 1], EPERM, id="both-bits"),
        pytest.param(9, [WORD - 4, 0, WORD], EPERM, id="both-bits-among-others"),
        pytest.param(9, [6, 0, 1], ALLOW, id="first-differs"),
        pytest.param(9, [2, 0, 2], ALLOW, id="second-differs"),
        pytest.param(11, [9, 9, 9, 0], ALLOW, id="null"),
        pytest.param(11, [9, 9, 9, 1], EPERM, id="low-address"),
        pytest.param(11, [9, 9, 9, 2**32], EPERM, id="high-address"),
        pytest.param(100, [], EPERM, id="newest-known"),
        pytest.param(101, [], ENOSYS, id="newer"),
        pytest.param(2**30 - 1, [], ENOSYS, id="much-newer"),
        pytest.param(2**30 + 5, [], KILL, id="x32"),
        pytest.param(WORD, [], KILL, id="no-number"),
    ],
)
def test_verdicts(machine: str, number: int, arguments: list[int], verdict: int) -> None:
    code = encode(compile_filter(machine, RULES, EPERM, newer=(100, ENOSYS)))
    assert evaluate(code, ARCHITECTURES[machine], number, arguments) == verdict


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize("other", [0x40000003, 0xC000003E, 0xC00000B7, 0x40000028, 0, WORD])
def test_another_architectures_calls_end_the_process(machine: str, other: int) -> None:
    code = encode(compile_filter(machine, RULES, ALLOW))
    expected = ALLOW if other == ARCHITECTURES[machine] else KILL
    assert evaluate(code, other, 5) == expected


def test_without_a_limit_newer_calls_have_the_default() -> None:
    code = encode(compile_filter("x86_64", {}, ALLOW))
    assert evaluate(code, ARCHITECTURES["x86_64"], 10_000) == ALLOW


def test_a_rule_too_long_for_a_jump_is_refused() -> None:
    rule = (*(Clause(ALLOW, (Test(0, value),)) for value in range(100)), Clause(EPERM))
    with pytest.raises(struct.error):
        encode(compile_filter("x86_64", {1: rule}, EPERM))
