"""The system call filter: what a worker that computes with JAX calls, and nothing else.

Everything that is not listed here fails with EPERM: sockets, other processes, programs, memory
that no watch sees, owners, modes and times of files, namespaces, the kernel's interfaces.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterable

from adcheck.sandbox.confine import bpf, calls, system
from adcheck.sandbox.confine.bpf import ALLOW, Clause, Rule, Test

_REFUSED = bpf.refuse(errno.EPERM)
_ABSENT = bpf.refuse(errno.ENOSYS)  # as an older kernel answers: callers fall back
_SET_MODE_FILTER = 1
_ALL_THREADS = 1

# Flags and commands, which are the same on both machines.
_MAP_SHARED_ANONYMOUS = 0x21
_MAP_GROWS_DOWN = 0x100
_MAP_HUGE_PAGES = 0x40000
_O_CREATE, _O_TRUNCATE, _O_ACCESS_MODE, _O_TEMPORARY = 0o100, 0o1000, 0o3, 0o20000000
_MODE_SPECIAL = (0o4000, 0o2000, 0o1000)
_CLONE_THREAD = 0x10F00  # VM | FS | FILES | SIGHAND | THREAD
_CLONE_OPTIONS = 0x17C0000  # SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID, DETACHED, CHILD_SETTID

_FCNTL = {
    0: "F_DUPFD",
    1: "F_GETFD",
    2: "F_SETFD",
    3: "F_GETFL",
    4: "F_SETFL",
    1030: "F_DUPFD_CLOEXEC",
    1032: "F_GETPIPE_SZ",
}
_IOCTL = {
    0x5401: "TCGETS",  # is it a terminal?
    0x802C542A: "TCGETS2",
    0x5413: "TIOCGWINSZ",
    0x541B: "FIONREAD",
    0x5421: "FIONBIO",
    0x5450: "FIONCLEX",
    0x5451: "FIOCLEX",
}
_PRCTL = {
    2: "PR_GET_PDEATHSIG",
    3: "PR_GET_DUMPABLE",
    15: "PR_SET_NAME",
    16: "PR_GET_NAME",
    21: "PR_GET_SECCOMP",
    23: "PR_CAPBSET_READ",
    39: "PR_GET_NO_NEW_PRIVS",
    0x53564D41: "PR_SET_VMA",  # names a mapping
}

_UNCHECKED = """
read write readv writev pread64 pwrite64 preadv pwritev lseek close close_range ftruncate
stat lstat fstat newfstatat statx statfs fstatfs access faccessat faccessat2
readlink readlinkat getcwd getdents getdents64 dup dup2 dup3
poll ppoll select pselect6 epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2
alarm pause getitimer setitimer nanosleep clock_nanosleep restart_syscall
brk munmap mprotect mremap madvise msync mbind get_mempolicy membarrier
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack
futex set_robust_list set_tid_address rseq arch_prctl exit exit_group
sched_yield sched_getaffinity sched_getparam sched_getscheduler
sched_get_priority_max sched_get_priority_min getpriority
clock_gettime clock_getres gettimeofday time times getrusage getcpu
getpid getppid gettid getpgid getpgrp getsid getuid geteuid getgid getegid getresuid getresgid
getgroups uname sysinfo getrandom getrlimit
"""
"""Calls that reach nothing beyond the process and what Landlock lets it open."""


def rules(pid: int) -> dict[str, Rule]:
    """What is allowed, by the call's name.

    Args:
        pid: of the process to be confined, which may signal itself and nobody else.
    """
    return {
        **{name: (Clause(ALLOW),) for name in _UNCHECKED.split()},
        "open": _plain_files(flags=1, mode=2),
        "openat": _plain_files(flags=2, mode=3),
        # Shared anonymous memory stays allocated where the memory watch sees none of it; huge
        # pages are not counted to anyone; what grows down is not counted as data.
        "mmap": _unless(
            *(
                (Test(3, flag, flag),)
                for flag in (_MAP_SHARED_ANONYMOUS, _MAP_HUGE_PAGES, _MAP_GROWS_DOWN)
            )
        ),
        "clone": (
            Clause(ALLOW, (Test(0, _CLONE_THREAD, 0xFFFFFFFF & ~_CLONE_OPTIONS),)),
            Clause(_REFUSED),
        ),
        "kill": _only(0, [pid]),
        "tgkill": _only(0, [pid]),
        "fcntl": _only(1, _FCNTL),
        "ioctl": _only(1, _IOCTL),
        "prctl": _only(0, _PRCTL),
        "prlimit64": _reading_own_limits(pid),
        # Their flags lie in memory, where a filter cannot look.
        "clone3": (Clause(_ABSENT),),
        "openat2": (Clause(_ABSENT),),
    }


def program(machine: str, pid: int) -> list[bpf.Instruction]:
    """The filter for a machine; see `rules`."""
    numbers = calls.numbers(machine)
    numbered = {numbers[name]: rule for name, rule in rules(pid).items() if name in numbers}
    return bpf.compile_filter(machine, numbered, _REFUSED, (calls.LAST_KNOWN, _ABSENT))


def install(filter_: list[bpf.Instruction]) -> str:
    """Puts a filter on all threads of this process, for good.

    Args:
        filter_: compiled for this machine.

    Returns:
        Its size: ``"281 instructions"``.

    Raises:
        LayerError: this machine has no filter, or one thread could not be bound.
        OSError: the kernel refuses; without no_new_privs it does.
    """
    system.machine()
    import ctypes

    code = bpf.encode(filter_)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(filter_), ctypes.addressof(buffer))
    thread = system.call("seccomp", _SET_MODE_FILTER, _ALL_THREADS, header)
    if thread:
        raise system.LayerError(f"thread {thread} could not be bound")
    return f"{len(filter_)} instructions"


def _only(argument: int, values: Iterable[int]) -> Rule:
    """Allowed with one of these values; the kernel reads 32 bits of these arguments."""
    return (*(Clause(ALLOW, (Test(argument, value),)) for value in values), Clause(_REFUSED))


def _unless(*cases: tuple[Test, ...]) -> Rule:
    """Allowed, but for these cases."""
    return (*(Clause(_REFUSED, tests) for tests in cases), Clause(ALLOW))


def _plain_files(*, flags: int, mode: int) -> Rule:
    """Opens plain files that a look at the directory shows, with plain modes.

    Reading with truncation is refused because Landlock below ABI 3 lets it pass.
    """
    create = Test(flags, _O_CREATE, _O_CREATE)
    return _unless(
        (Test(flags, _O_TEMPORARY, _O_TEMPORARY),),
        (Test(flags, _O_TRUNCATE, _O_TRUNCATE | _O_ACCESS_MODE),),
        *((create, Test(mode, bit, bit)) for bit in _MODE_SPECIAL),
    )


def _reading_own_limits(pid: int) -> Rule:
    nothing_new = (Test(2, 0), Test(2, 0, upper=True))  # the pointer to new limits is NULL
    return (
        *(Clause(ALLOW, (Test(0, own), *nothing_new)) for own in (0, pid)),
        Clause(_REFUSED),
    )
