"""Where hostile programs are graded: what they might take, touch or leave, and whether they did.

A program names what it goes for by placeholders such as ``@CANARY@``, which are replaced in the
copy that is graded: its own environment says nothing of the test.
"""

from __future__ import annotations

import glob
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner

from adcheck.cli import cli
from adcheck.sandbox import launch, start

__all__ = ["Arena", "Run", "run_marked"]

ROOT = Path(__file__).parents[2]
LONG_AGO = 10**18
"""The canary's times, in nanoseconds: whoever touches it makes them new."""

PUBLIC_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue")
BREACH = "BREACH"
"""What a program says when it got what it must not get; what it got comes after it."""

_BIDIRECTIONAL = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True)
class Run:
    """What became of one ``adcheck check``.

    Attributes:
        code: exit code; None where it had to be killed.
        stdout, stderr: all that it printed.
        seconds: elapsed.
        megabytes: of memory that the grader used at most; 0 where it ran in this process.
    """

    code: int | None
    stdout: str
    stderr: str
    seconds: float
    megabytes: float = 0.0

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.stdout)
        return report

    @property
    def items(self) -> dict[str, dict[str, Any]]:
        """What was graded, by id."""
        items = [item for part in self.report["assignments"] for item in part["items"]]
        return {item["id"]: item for item in items if item["status"] not in ("manual", "skipped")}

    def steering(self) -> list[str]:
        """Characters in the output that would steer a terminal or reorder a line."""
        return [
            f"U+{ord(c):04X}"
            for c in self.stdout + self.stderr
            if (unicodedata.category(c) in ("Cc", "Cs") and c != "\n") or c in _BIDIRECTIONAL
        ]

    def commands(self) -> list[str]:
        """Lines that GitHub's runner obeys: ``::x::`` after spaces, ``##[x]`` anywhere."""
        lines = (self.stdout + "\n" + self.stderr).splitlines()
        return [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


@pytest.fixture(scope="module")
def run_marked() -> Iterator[str]:
    """Marks every process that is started from here on, whoever its parents will be.

    A worker's own environment is changed after its start; this is what the fork server, and with
    it each of its descendants, was started with.
    """
    mark = f"/nonexistent/{secrets.token_hex(8)}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VIRTUAL_ENV", mark)
        start.stop()
        yield mark
        start.stop()


class Arena:
    """A place for one test.

    Args:
        folder: empty, of its own.
        process_mark: see `run_marked`.
    """

    def __init__(self, folder: Path, process_mark: str) -> None:
        self._process_mark = process_mark
        self.secret = f"secret-{secrets.token_hex(12)}"
        self.mark = f"hostile{secrets.token_hex(6)}"
        self.key = secrets.randbelow(2**30) + 1
        self.outside, self.handed_in = folder / "outside", folder / "handed_in"
        self._others, self._temporary = folder / "others", folder / "temporary"
        for made in (self.outside, self.handed_in, self._others / "petrov", self._temporary):
            made.mkdir(parents=True)
        self.canary = self.outside / "canary"
        self.canary.write_text(self.secret)
        self.canary.chmod(0o640)
        os.utime(self.canary, ns=(LONG_AGO, LONG_AGO))
        (self._others / "petrov" / "hw.py").write_text(f"ANSWER = {self.secret!r}\n")
        self._listener = _Listener(self.mark)
        self._sandbox = tempfile.tempdir
        tempfile.tempdir = str(self._temporary)
        self._before = self._state()

    def close(self) -> None:
        """Removes what programs left that were let out on purpose."""
        tempfile.tempdir = self._sandbox
        launch._flags[:] = launch.QUICK_COMPILE
        self._listener.close()
        for path in self._marked_files():
            Path(path).unlink()
        for process in self._processes_left():
            process.kill()

    # ------------------------------------------------------------------- handing in

    @property
    def placeholders(self) -> Mapping[str, str]:
        """What each placeholder stands for."""
        return {
            "@CANARY@": str(self.canary),
            "@OUTSIDE@": str(self.outside),
            "@OTHERS@": str(self._others),
            "@SUBMISSION@": str(self.handed_in),
            "@ROOT@": str(ROOT),
            "@HOME@": str(Path.home()),
            "@MARK@": self.mark,
            "@KEY@": str(self.key),
            "@GRADER@": str(os.getpid()),
            "@PORT@": str(self._listener.port),
            "@SOCKET@": self._listener.path,
            "@ESCAPE@": "\x1b",
        }

    def hand_in(self, source: Path, name: str = "") -> Path:
        """Copies a program or notebook, with its placeholders replaced."""
        text = source.read_text("utf-8")
        text = re.sub(r"@[A-Z]+@", lambda found: self.placeholders[found[0]], text)
        path = self.handed_in / (name or source.name)
        path.write_text(text, "utf-8")
        self._before = self._state()
        return path

    def build(self, builder: Callable[[Arena], Path]) -> Path:
        """Has a builder make what cannot be kept as text."""
        path = builder(self)
        self._before = self._state()
        return path

    # ------------------------------------------------------------------- grading

    def check(self, path: Path, *options: str) -> Run:
        """Grades in this process."""
        before = time.monotonic()
        result = CliRunner().invoke(
            cli, ["check", str(path), *options], env={"ADCHECK_HOSTILE_TOKEN": self.secret}
        )
        seconds = time.monotonic() - before
        return Run(result.exit_code, result.stdout, result.stderr, seconds)

    def check_apart(self, path: Path, *options: str, seconds: float = 60.0) -> Run:
        """Grades in a process of its own, which may crash, hang or need much memory."""
        before = time.monotonic()
        command = [sys.executable, "-m", "adcheck", "check", str(path), *options]
        variables = {**os.environ, "TMPDIR": tempfile.gettempdir()}
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={**variables, "ADCHECK_HOSTILE_TOKEN": self.secret},
            start_new_session=True,
        ) as process:
            most = _MostMemory(process.pid)
            try:
                stdout, stderr = process.communicate(timeout=seconds)
                code: int | None = process.returncode
            except subprocess.TimeoutExpired:
                process.kill()
                stdout, stderr = process.communicate()
                code = None
            megabytes = most.megabytes()
        out, err = (text.decode("utf-8", "surrogateescape") for text in (stdout, stderr))
        return Run(code, out, err, time.monotonic() - before, megabytes)

    # ------------------------------------------------------------------- what got out

    def escaped(self, runs: Sequence[Run]) -> dict[str, str]:
        """Whatever got out of confinement, by kind; nothing, as it should be."""
        told = "\n".join(run.stdout + run.stderr for run in runs)
        at = told.find(BREACH)
        found = {
            "secret": self.secret if self.secret in told else "",
            "breach": told[at : at + 200] if at >= 0 else "",
            "connection": ", ".join(self._listener.visitors()),
            "file": ", ".join([*self._marked_files(), *self._differences(), *self._forgotten()]),
            "process": ", ".join(map(str, self._processes_left(patience=2.0))),
            "memory": ", ".join(self._system_v()),
            "flags": " ".join(set(launch.QUICK_COMPILE) - set(launch._flags)),
            "fault": ", ".join(str(run.code) for run in runs if run.code not in (0, 1, 2)),
        }
        return {kind: detail for kind, detail in found.items() if detail}

    def _differences(self) -> list[str]:
        now = self._state()
        changed = [path for path in self._before if now.get(path) != self._before[path]]
        return changed + [path for path in now if path not in self._before]

    def _state(self) -> dict[str, object]:
        """Everything that a program has no business to change, and all about it."""
        paths: list[Path] = []
        for folder in (self.outside, self._others, self.handed_in):
            paths += [folder, *folder.rglob("*")]
        return {str(path): _about(path) for path in paths}

    def _forgotten(self) -> list[str]:
        """Folders of workers that were not removed."""
        return [str(path) for path in self._temporary.glob("adcheck-*")]

    def _marked_files(self) -> list[str]:
        return [path for folder in PUBLIC_FOLDERS for path in glob.glob(f"{folder}/*{self.mark}*")]

    def _processes_left(self, patience: float = 0.0) -> list[psutil.Process]:
        deadline = time.monotonic() + patience
        while (left := list(self._marked_processes())) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left

    def _marked_processes(self) -> Iterator[psutil.Process]:
        server = {child.pid for child in psutil.Process().children()}
        mark = f"VIRTUAL_ENV={self._process_mark}".encode()
        for pid in psutil.pids():
            try:
                marked = mark in Path(f"/proc/{pid}/environ").read_bytes()
            except OSError:
                continue
            if marked and pid not in server | {os.getpid()}:
                yield psutil.Process(pid)

    def _system_v(self) -> Iterator[str]:
        for kind in ("shm", "sem", "msg"):
            path = Path("/proc/sysvipc", kind)
            if path.exists() and any(
                line.split()[0] == str(self.key) for line in path.read_text().splitlines()[1:]
            ):
                yield kind


def _about(path: Path) -> object:
    try:
        status = path.lstat()
    except FileNotFoundError:  # that is what some try
        return None
    kept = (status.st_mode, status.st_uid, status.st_gid, status.st_nlink)
    if not path.is_file() or path.is_symlink():
        return kept
    return (*kept, status.st_size, status.st_mtime_ns, os.listxattr(path))


class _MostMemory:
    """Watches how much memory a process uses, without those that it starts."""

    def __init__(self, pid: int) -> None:
        self._most = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(pid,), daemon=True)
        self._thread.start()

    def megabytes(self) -> float:
        """The most that was seen; ends the watch."""
        self._ended.set()
        self._thread.join()
        return self._most / 1024**2

    def _watch(self, pid: int) -> None:
        while not self._ended.wait(0.02):
            try:
                self._most = max(self._most, psutil.Process(pid).memory_info().rss)
            except psutil.Error:
                return


class _Listener:
    """Sockets of every kind that nobody should come to; the kernel keeps who came."""

    def __init__(self, name: str) -> None:
        self._folder = tempfile.mkdtemp(prefix="listener-")  # short: these paths must be
        self.path = f"{self._folder}/socket"
        stream, datagram = socket.SOCK_STREAM, socket.SOCK_DGRAM
        self._sockets = {
            "TCP": socket.socket(socket.AF_INET, stream),
            "UDP": socket.socket(socket.AF_INET, datagram),
            "unix": socket.socket(socket.AF_UNIX, stream),
            "abstract": socket.socket(socket.AF_UNIX, stream),
        }
        self._sockets["TCP"].bind(("127.0.0.1", 0))
        self.port = self._sockets["TCP"].getsockname()[1]
        self._sockets["UDP"].bind(("127.0.0.1", self.port))
        self._sockets["unix"].bind(self.path)
        self._sockets["abstract"].bind(f"\0{name}")
        for listening in self._sockets.values():
            listening.setblocking(False)
            if listening.type == stream:
                listening.listen()

    def visitors(self) -> list[str]:
        """The kinds of sockets to which somebody came."""
        return [kind for kind, listening in self._sockets.items() if _visited(listening)]

    def close(self) -> None:
        for listening in self._sockets.values():
            listening.close()
        shutil.rmtree(self._folder)


def _visited(listening: socket.socket) -> bool:
    try:
        if listening.type == socket.SOCK_STREAM:
            listening.accept()[0].close()
        else:
            listening.recv(1)
    except BlockingIOError:
        return False
    return True
