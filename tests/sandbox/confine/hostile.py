"""What a confined worker must be refused.

A probe does no harm where it is *not* refused, on a kernel without Landlock or while a layer is
being worked on: signals are signal 0, parents keep the values they have, modules are opened and
left alone.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import importlib
import mmap
import multiprocessing
import os
import resource
import socket
import subprocess
import sys
import termios
from multiprocessing import shared_memory
from pathlib import Path

from tests.sandbox.confine.place import Place, Probe, libc

ROOT = Path(__file__).parents[3]
PROBES: dict[str, Probe] = {}


def must_be_refused(probe: Probe) -> Probe:
    PROBES[probe.__name__] = probe
    return probe


def load() -> None:
    """Does what cannot be done confined, so that nothing but the probes' own acts is refused."""
    libc()
    importlib.import_module("multiprocessing.popen_fork")


def outcomes(place: Place) -> dict[str, str]:
    """Each probe with ``"refused"``, or what became of it."""
    return {name: _outcome(probe, place) for name, probe in PROBES.items()}


def _outcome(probe: Probe, place: Place) -> str:
    try:
        probe(place)
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES):
            return "refused"
        return f"{type(error).__name__}: {error}"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return "done"


def _checked(result: int | None) -> int:
    if result is None or result < 0 or result == 2**64 - 1:
        raise OSError(ctypes.get_errno(), "")
    return result


# --------------------------------------------------------------------------- reading


@must_be_refused
def read_a_file_outside(place: Place) -> None:
    place.secret.read_text()


@must_be_refused
def read_through_a_folder_outside(place: Place) -> None:
    os.listdir(place.outside)


@must_be_refused
def read_by_a_way_around(place: Place) -> None:
    (place.private / os.path.relpath(place.secret, place.private)).read_text()


@must_be_refused
def read_the_root_folder(place: Place) -> None:
    os.listdir("/")


@must_be_refused
def read_the_users(place: Place) -> None:
    Path("/etc/passwd").read_text()


@must_be_refused
def read_the_home(place: Place) -> None:
    os.listdir(os.path.expanduser("~"))


@must_be_refused
def read_adcheck(place: Place) -> None:
    (ROOT / "adcheck" / "__init__.py").read_text()


@must_be_refused
def read_the_checkout(place: Place) -> None:
    os.listdir(ROOT)


@must_be_refused
def read_a_reference(place: Place) -> None:
    (ROOT / "reference" / "hvp.py").read_text()


@must_be_refused
def read_the_tasks(place: Place) -> None:
    (ROOT / "assignments" / "hvp" / "tasks.py").read_text()


@must_be_refused
def read_the_parents_environment(place: Place) -> None:
    Path(f"/proc/{place.parent}/environ").read_bytes()


@must_be_refused
def read_the_parents_memory(place: Place) -> None:
    os.open(f"/proc/{place.parent}/mem", os.O_RDONLY)


@must_be_refused
def list_the_parents_descriptors(place: Place) -> None:
    os.listdir(f"/proc/{place.parent}/fd")


@must_be_refused
def list_the_processes(place: Place) -> None:
    os.listdir("/proc")


@must_be_refused
def read_the_kernels_log(place: Place) -> None:
    os.open("/dev/kmsg", os.O_RDONLY)


@must_be_refused
def map_the_zero_device(place: Place) -> None:
    # shared, it would give memory that no watch sees
    os.open("/dev/zero", os.O_RDWR)


# --------------------------------------------------------------------------- writing


@must_be_refused
def write_a_file_outside(place: Place) -> None:
    place.secret.write_text("changed")


@must_be_refused
def make_a_file_outside(place: Place) -> None:
    (place.outside / "new").write_text("new")


@must_be_refused
def open_a_module_for_writing(place: Place) -> None:
    os.open(os.__file__, os.O_WRONLY)


@must_be_refused
def truncate_outside(place: Place) -> None:
    os.truncate(place.secret, 0)


@must_be_refused
def truncate_while_reading(place: Place) -> None:
    os.open(place.own(), os.O_RDONLY | os.O_TRUNC)


@must_be_refused
def look_at_shared_memory(place: Place) -> None:
    os.listdir("/dev/shm")


@must_be_refused
def make_a_hidden_file(place: Place) -> None:
    os.open(place.private, os.O_TMPFILE | os.O_RDWR)


@must_be_refused
def make_a_file_that_runs_as_its_owner(place: Place) -> None:
    os.open(place.private / "special", os.O_CREAT | os.O_WRONLY, 0o4755)


@must_be_refused
def make_a_folder(place: Place) -> None:
    os.mkdir(place.private / "folder")


@must_be_refused
def remove_a_file(place: Place) -> None:
    os.unlink(place.own())


@must_be_refused
def rename_a_file(place: Place) -> None:
    os.rename(place.own(), place.private / "renamed")


@must_be_refused
def link_to_outside(place: Place) -> None:
    os.symlink(place.secret, place.private / "link")


@must_be_refused
def link_from_outside(place: Place) -> None:
    os.link(place.secret, place.private / "link")


@must_be_refused
def make_a_pipe_with_a_name(place: Place) -> None:
    os.mkfifo(place.private / "pipe")


@must_be_refused
def change_a_mode(place: Place) -> None:
    os.chmod(place.own(), 0o777)


@must_be_refused
def change_a_mode_by_descriptor(place: Place) -> None:
    with open(place.own()) as own:
        os.fchmod(own.fileno(), 0o777)


@must_be_refused
def change_a_mode_outside(place: Place) -> None:
    os.chmod(place.secret, 0o600)


@must_be_refused
def change_an_owner(place: Place) -> None:
    os.chown(place.own(), os.getuid(), os.getgid())


@must_be_refused
def change_a_time(place: Place) -> None:
    os.utime(place.own())


@must_be_refused
def change_a_time_outside(place: Place) -> None:
    os.utime(place.secret)


@must_be_refused
def change_an_attribute(place: Place) -> None:
    os.setxattr(place.own(), "user.note", b"text")


@must_be_refused
def lock_a_file(place: Place) -> None:
    with open(place.own()) as own:
        fcntl.flock(own, fcntl.LOCK_EX)


@must_be_refused
def lock_a_range(place: Place) -> None:
    with open(place.own(), "r+") as own:
        fcntl.lockf(own, fcntl.LOCK_EX)


@must_be_refused
def leave_the_folder(place: Place) -> None:
    os.chdir("/")


# --------------------------------------------------------------------------- network


@must_be_refused
def connect_tcp(place: Place) -> None:
    socket.socket(socket.AF_INET).connect(("127.0.0.1", 9))


@must_be_refused
def send_udp(place: Place) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9))


@must_be_refused
def open_a_unix_socket(place: Place) -> None:
    socket.socket(socket.AF_UNIX)


@must_be_refused
def open_a_netlink_socket(place: Place) -> None:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)


@must_be_refused
def open_a_pair_of_sockets(place: Place) -> None:
    socket.socketpair()


# --------------------------------------------------------------------------- processes


@must_be_refused
def fork(place: Place) -> None:
    if os.fork() == 0:
        os._exit(0)


@must_be_refused
def run_a_program(place: Place) -> None:
    subprocess.run([sys.executable, "-c", ""])


@must_be_refused
def become_a_program(place: Place) -> None:
    os.execv(sys.executable, [sys.executable, "-c", ""])


@must_be_refused
def spawn(place: Place) -> None:
    os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})


@must_be_refused
def start_a_process_of_python(place: Place) -> None:
    multiprocessing.get_context("fork").Process(target=print).start()


@must_be_refused
def kill_the_parent(place: Place) -> None:
    os.kill(place.parent, 0)


@must_be_refused
def kill_everything(place: Place) -> None:
    os.kill(-1, 0)


@must_be_refused
def kill_the_group(place: Place) -> None:
    os.kill(0, 0)


@must_be_refused
def watch_the_parent(place: Place) -> None:
    os.pidfd_open(place.parent)


@must_be_refused
def limit_the_parent(place: Place) -> None:
    resource.prlimit(place.parent, resource.RLIMIT_CORE, (0, 0))


@must_be_refused
def read_the_parents_limits(place: Place) -> None:
    resource.prlimit(place.parent, resource.RLIMIT_NOFILE)


@must_be_refused
def slow_the_parent_down(place: Place) -> None:
    os.setpriority(os.PRIO_PROCESS, place.parent, os.getpriority(os.PRIO_PROCESS, place.parent))


@must_be_refused
def move_the_parent(place: Place) -> None:
    os.sched_setaffinity(place.parent, os.sched_getaffinity(place.parent))


@must_be_refused
def own_a_descriptors_signals(place: Place) -> None:
    with open(place.own()) as own:
        fcntl.fcntl(own, fcntl.F_SETOWN, place.parent)


@must_be_refused
def type_into_the_terminal(place: Place) -> None:
    fcntl.ioctl(0, termios.TIOCSTI, b"x")


@must_be_refused
def raise_a_limit(place: Place) -> None:
    _checked(libc().prlimit(0, resource.RLIMIT_CORE, (ctypes.c_ulong * 2)(1, 1), None))


@must_be_refused
def get_privileges_back(place: Place) -> None:
    os.setuid(0)


@must_be_refused
def be_open_to_others(place: Place) -> None:
    pr_set_dumpable = 4
    _checked(libc().prctl(pr_set_dumpable, 1, 0, 0, 0))


# --------------------------------------------------------------------------- memory


@must_be_refused
def share_memory(place: Place) -> None:
    mmap.mmap(-1, 1 << 20)


@must_be_refused
def share_memory_by_name(place: Place) -> None:
    shared_memory.SharedMemory(create=True, size=1 << 20).unlink()


@must_be_refused
def make_a_file_of_memory(place: Place) -> None:
    os.memfd_create("x")


@must_be_refused
def share_memory_of_system_v(place: Place) -> None:
    _checked(libc().shmget(0, 1 << 20, 0o1600))


@must_be_refused
def map_huge_pages(place: Place) -> None:
    map_hugetlb = 0x40000
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | map_hugetlb
    _checked(libc().mmap(None, ctypes.c_size_t(1 << 21), 3, flags, -1, 0))
