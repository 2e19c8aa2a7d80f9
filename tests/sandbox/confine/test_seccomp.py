"""The system call filter: on paper for both machines, and in earnest for this one."""

from __future__ import annotations

import errno
import mmap
import os
import re
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from adcheck.sandbox.confine import bpf, calls, seccomp
from adcheck.sandbox.confine.bpf import ALLOW
from tests.sandbox.confine.child import DiedError, run
from tests.sandbox.confine.refused import refused
from tests.sandbox.confine.test_bpf import evaluate

PID = 4321
EPERM, ENOSYS = bpf.refuse(errno.EPERM), bpf.refuse(errno.ENOSYS)

THREAD = 0x3D0F00  # what pthread_create of glibc asks for
MUSL_THREAD = 0x7D0F00
SHARED, PRIVATE, ANONYMOUS = 0x01, 0x02, 0x20
CREATE, TRUNCATE, TEMPORARY, DIRECTORY = 0o100, 0o1000, 0o20000000, 0o200000

EITHER = pytest.mark.parametrize("machine", calls.MACHINES)


def verdict(machine: str, name: str, arguments: Sequence[int] = ()) -> int:
    code = bpf.encode(seccomp.program(machine, PID))
    number = calls.numbers(machine)[name]
    return evaluate(code, bpf.ARCHITECTURES[machine], number, arguments)


@EITHER
@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("read", [0], ALLOW),
        ("futex", [], ALLOW),
        ("exit_group", [], ALLOW),
        ("openat", [-100, 0, os.O_RDONLY], ALLOW),
        ("openat", [-100, 0, os.O_WRONLY | CREATE | TRUNCATE, 0o666], ALLOW),
        ("openat", [-100, 0, os.O_RDONLY, 0o7777], ALLOW),
        ("openat", [-100, 0, os.O_WRONLY | CREATE, 0o4755], EPERM),
        ("openat", [-100, 0, os.O_WRONLY | CREATE, 0o2755], EPERM),
        ("openat", [-100, 0, os.O_WRONLY | CREATE, 0o1777], EPERM),
        ("openat", [-100, 0, os.O_RDONLY | TRUNCATE], EPERM),
        ("openat", [-100, 0, os.O_RDWR | TEMPORARY | DIRECTORY, 0o600], EPERM),
        ("openat2", [-100], ENOSYS),
        ("mmap", [0, 1, 3, PRIVATE | ANONYMOUS], ALLOW),
        ("mmap", [0, 1, 3, SHARED], ALLOW),
        ("mmap", [0, 1, 3, SHARED | ANONYMOUS], EPERM),
        ("mmap", [0, 1, 3, 0x03 | ANONYMOUS], EPERM),
        ("mmap", [0, 1, 3, SHARED | ANONYMOUS | 0x4000], EPERM),
        ("mmap", [0, 1, 3, PRIVATE | ANONYMOUS | 0x40000], EPERM),
        ("mmap", [0, 1, 3, PRIVATE | ANONYMOUS | 0x100], EPERM),
        ("clone", [THREAD], ALLOW),
        ("clone", [MUSL_THREAD], ALLOW),
        ("clone", [signal.SIGCHLD], EPERM),
        ("clone", [0x4111], EPERM),  # vfork
        ("clone", [THREAD & ~0x10000], EPERM),
        ("clone", [THREAD & ~0x400], EPERM),  # a table of descriptors of its own
        ("clone", [THREAD | 0x10000000], EPERM),
        ("clone", [THREAD | 0x20000], EPERM),
        ("clone3", [0, 88], ENOSYS),
        ("kill", [PID, 9], ALLOW),
        ("kill", [PID + 1, 9], EPERM),
        ("kill", [0, 9], EPERM),
        ("kill", [-1, 9], EPERM),
        ("kill", [-PID, 9], EPERM),
        ("tgkill", [PID, 7, 9], ALLOW),
        ("tgkill", [7, 7, 9], EPERM),
        ("prlimit64", [0, 7, 0, 1], ALLOW),
        ("prlimit64", [PID, 7, 0, 1], ALLOW),
        ("prlimit64", [0, 7, 0x7F00_0000_1000, 0], EPERM),
        ("prlimit64", [0, 7, 0x7F00_0000_0000, 0], EPERM),
        ("prlimit64", [1, 7, 0, 1], EPERM),
        ("fcntl", [3, 1], ALLOW),
        ("fcntl", [3, 6], EPERM),  # F_SETLK
        ("fcntl", [3, 8], EPERM),  # F_SETOWN
        ("fcntl", [3, 1031], EPERM),  # F_SETPIPE_SZ
        ("ioctl", [0, 0x5401], ALLOW),
        ("ioctl", [0, 0x5412], EPERM),  # TIOCSTI
        ("ioctl", [0, 0x5401 + 2**32], ALLOW),  # the kernel reads 32 bits too
        ("prctl", [15], ALLOW),
        ("prctl", [4, 1], EPERM),  # PR_SET_DUMPABLE
        ("prctl", [1, 0], EPERM),  # PR_SET_PDEATHSIG
    ],
)
def test_verdicts(machine: str, name: str, arguments: list[int], expected: int) -> None:
    assert verdict(machine, name, arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([0, os.O_RDONLY], ALLOW),
        ([0, os.O_RDWR | TEMPORARY | DIRECTORY, 0o600], EPERM),
        ([0, os.O_WRONLY | CREATE, 0o4755], EPERM),
        ([0, os.O_WRONLY | CREATE, 0o644], ALLOW),
    ],
)
def test_verdicts_on_the_older_open(arguments: list[int], expected: int) -> None:
    assert verdict("x86_64", "open", arguments) == expected


@EITHER
def test_what_must_be_refused_is(machine: str) -> None:
    code = bpf.encode(seccomp.program(machine, PID))
    architecture = bpf.ARCHITECTURES[machine]
    told = {n: evaluate(code, architecture, number) for n, number in refused(machine).items()}
    assert {name: answer for name, answer in told.items() if answer != EPERM} == {}


@EITHER
def test_calls_newer_than_the_table_are_absent(machine: str) -> None:
    code = bpf.encode(seccomp.program(machine, PID))
    numbers = range(calls.LAST_KNOWN + 1, calls.LAST_KNOWN + 100)
    answers = {evaluate(code, bpf.ARCHITECTURES[machine], number) for number in numbers}
    assert answers == {ENOSYS}


@EITHER
def test_every_call_is_a_known_one(machine: str) -> None:
    known = {name for each in calls.MACHINES for name in calls.numbers(each)}
    assert set(seccomp.rules(PID)) <= known
    numbers = calls.numbers(machine)
    assert len(set(numbers.values())) == len(numbers)
    assert max(numbers.values()) <= calls.LAST_KNOWN


@pytest.mark.parametrize(
    ("machine", "header"),
    [
        ("x86_64", "x86_64-linux-gnu/asm/unistd_64.h"),
        ("aarch64", "asm-generic/unistd.h"),
    ],
)
def test_numbers_are_the_kernels(machine: str, header: str) -> None:
    path = Path("/usr/include", header)
    if not path.is_file():
        pytest.skip(f"the kernel's headers are not installed here: no {path}")
    defined = re.findall(r"#define __NR(3264)?_(\w+)\s+(\d+)\b", path.read_text())
    expected = {name: int(number) for _, name, number in defined}
    if machine == "aarch64":  # the header's name for it
        expected["newfstatat"] = expected["fstatat"]
    for table in (calls.numbers(machine), refused(machine)):
        assert {n: (k, expected[n]) for n, k in table.items() if expected.get(n, k) != k} == {}


# --------------------------------------------------------------------------- in earnest


@pytest.mark.slow
def test_calls_are_refused(linux: None) -> None:
    told = run("layer", layer="filter_numbers")
    assert {name: answer for name, answer in told.items() if answer != errno.EPERM} == {}


@pytest.mark.slow
def test_threads_that_run_already_are_bound_too(linux: None) -> None:
    assert run("layer", layer="filter_threads") == {"late": os.strerror(errno.EPERM)}


@pytest.mark.slow
@pytest.mark.parametrize("entry", ["x32", "32-bit"])
def test_another_entry_into_the_kernel_ends_the_process(linux: None, entry: str) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("only x86-64 has other entries into the kernel")
    with pytest.raises(DiedError) as died:
        run("layer", layer="filter_other_entry", entry=entry)
    assert died.value.code == -signal.SIGSYS


def test_flags_are_what_python_knows() -> None:
    assert mmap.MAP_SHARED | mmap.MAP_ANONYMOUS == SHARED | ANONYMOUS
    assert os.O_TMPFILE & ~os.O_DIRECTORY == TEMPORARY
    assert (os.O_CREAT, os.O_TRUNC) == (CREATE, TRUNCATE)
