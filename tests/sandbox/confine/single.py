"""One layer alone, in a child: what it refuses without the help of the others."""

from __future__ import annotations

import ctypes
import mmap
import os
import socket
import threading
import time
from pathlib import Path
from typing import Any

from adcheck.sandbox.confine import (
    Policy,
    confine,
    landlock,
    namespaces,
    privileges,
    seccomp,
    system,
)
from adcheck.sandbox.confine.landlock import Grant, Rule
from tests.sandbox.confine.refused import NOT_IN_EARNEST, refused


def _told(act: Any) -> str:
    try:
        return f"gave {act()!r}"
    except OSError as error:
        return os.strerror(error.errno or 0)


def _call(number: int, *arguments: int) -> int:
    """A system call by number: 0 or the error's number."""
    libc = ctypes.CDLL(None, use_errno=True)
    ctypes.set_errno(0)
    libc.syscall(*map(ctypes.c_long, (number, *arguments)))
    return ctypes.get_errno()


def landlock_rules(config: dict[str, Any]) -> dict[str, Any]:
    """Reads, writes, removes and connects under rules for two folders."""
    folder = Path(config["folder"])
    rules = [
        Rule(str(folder / "read"), Grant.READ),
        Rule(str(folder / "write"), Grant.WRITE),
        Rule(str(folder / "list"), Grant.LIST),
        Rule(str(folder / "file"), Grant.READ),
        Rule(str(folder / "missing"), Grant.READ),
    ]
    address = "127.0.0.1", config["port"]
    privileges.forbid_new()
    return {
        "on": landlock.restrict(rules),
        "read": _told((folder / "read" / "deep" / "a").read_text),
        "read listing": _told(lambda: os.listdir(folder / "read")),
        "read write": _told(lambda: (folder / "read" / "deep" / "a").write_text("x")),
        "list": _told(lambda: sorted(os.listdir(folder / "list"))),
        "list read": _told((folder / "list" / "a").read_text),
        "file": _told((folder / "file").read_text),
        "other": _told((folder / "other").read_text),
        "write": _told(lambda: (folder / "write" / "new").write_text("new")),
        "write again": _told(lambda: (folder / "write" / "new").write_text("x")),
        "write back": _told((folder / "write" / "new").read_text),
        "remove": _told(lambda: os.unlink(folder / "write" / "new")),
        "rename": _told(lambda: os.rename(folder / "write" / "new", folder / "write" / "b")),
        "folder": _told(lambda: os.mkdir(folder / "write" / "folder")),
        "execute": _told(lambda: os.execv("/bin/sh", ["sh", "-c", "echo null"])),
        "tcp": _told(lambda: socket.create_connection(address)),
        "signal": _told(lambda: os.kill(config["parent"], 0)),
    }


def landlock_without_no_new_privs(config: dict[str, Any]) -> str:
    privileges.drop_capabilities()
    return _told(lambda: landlock.restrict([]))


def filter_numbers(config: dict[str, Any]) -> dict[str, int]:
    """What each call that must be refused answers, with arguments of zero."""
    machine = system.machine()
    privileges.forbid_new()
    seccomp.install(seccomp.program(machine, os.getpid()))
    numbers = refused(machine)
    return {name: _call(numbers[name]) for name in numbers if name not in NOT_IN_EARNEST}


def filter_threads(config: dict[str, Any]) -> dict[str, str]:
    """The filter holds in a thread that runs already."""
    start, told = threading.Event(), {}

    def late() -> None:
        start.wait()
        told["late"] = _told(os.fork)

    thread = threading.Thread(target=late)
    thread.start()
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install(seccomp.program(system.machine(), os.getpid()))
    start.set()
    thread.join()
    return told


def filter_other_entry(config: dict[str, Any]) -> int:
    """A call by another entry into the kernel: ``x32``, or the 32-bit one; must not come back."""
    privileges.forbid_new()
    seccomp.install(seccomp.program(system.machine(), os.getpid()))
    if config["entry"] == "x32":
        x32_getpid = 0x40000000 + 39
        return _call(x32_getpid)
    code = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=7)
    code.write(bytes.fromhex("53b814000000cd805bc3"))  # push rbx; getpid by int 0x80; pop; return
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    return int(ctypes.CFUNCTYPE(ctypes.c_int)(address)())


def own_namespaces(config: dict[str, Any]) -> dict[str, Any]:
    """Which network there is, before and after; and whether a server outside is reached."""
    address = "127.0.0.1", config["port"]
    if config.get("dumpable") == 0:
        system.prctl(system.PR_SET_DUMPABLE, 0)
    before = [os.readlink(f"/proc/self/ns/{name}") for name in ("user", "net", "ipc")]
    on = namespaces.enter()
    after = [os.readlink(f"/proc/self/ns/{name}") for name in ("user", "net", "ipc")]
    return {
        "on": on,
        "new": [a != b for a, b in zip(before, after, strict=True)],
        "interfaces": [name for _, name in socket.if_nameindex()],
        "server": _told(lambda: socket.create_connection(address)),
        "user": [os.getuid(), os.getgid()],
        "dumpable": system.prctl(system.PR_GET_DUMPABLE),
    }


def no_capabilities(config: dict[str, Any]) -> dict[str, str]:
    """The lines on capabilities that the kernel tells afterwards."""
    privileges.drop_capabilities()
    privileges.forbid_new()
    lines = Path("/proc/self/status").read_text().splitlines()
    pairs = (line.split(":\t") for line in lines if line.startswith(("Cap", "NoNewPrivs")))
    return dict(pairs)


def orphan(config: dict[str, Any]) -> dict[str, int]:
    """Starts a process that must end with this one."""
    parent = os.getpid()
    reading, writing = os.pipe()
    if (pid := os.fork()) == 0:
        if config["whole"]:
            confine(Policy(config["private"], (), None, parent))
        else:
            privileges.die_with(parent)
        os.write(writing, b"x")
        for stream in (0, 1, 2):
            os.close(stream)
        time.sleep(60)
        os._exit(0)
    os.read(reading, 1)
    return {"pid": pid}


def late_orphan(config: dict[str, Any]) -> int:
    """Binds itself to a parent that is gone; must not come back."""
    privileges.die_with(parent=1 if os.getppid() != 1 else 2)
    return 0
