"""How well workers are confined: what the levels mean, and what a program reaches at the best."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click
import pytest

import adcheck
from adcheck import grade
from adcheck.assignment import _root
from adcheck.errors import UsageError
from adcheck.model import Program, Raised, Source
from adcheck.sandbox import isolation
from adcheck.sandbox.explain import CONFINED
from adcheck.sandbox.isolation import CHOICES, Choice, Level, level, merged, require
from adcheck.sandbox.launch import Worker, open_worker
from tests.sandbox.conftest import NO_LANDLOCK
from tests.sandbox.workers import LIMITS, X, ask, raised, result, running

Change = Callable[[str], None]

# --------------------------------------------------------------------------- out of reach

PACKAGE = Path(adcheck.__file__).parent
SECRETS = {
    "users": "/etc/passwd",
    "machine": "/etc/machine-id",
    "reference": next((_root() / "reference").glob("*.py")),
    "rubric": next((_root() / "assignments").glob("*/rubric.toml")),
    "tasks": next((_root() / "assignments").glob("*/tasks.py")),
    "grader": PACKAGE / "grading.py",
    "worker": PACKAGE / "sandbox" / "worker.py",
    "tests": __file__,
    "environment": "/proc/self/environ",
}
"""Files; those that this machine does not have cannot be read either."""

PLACES = {"home": Path.home(), "root": "/", "assignments": _root() / "assignments", "temp": "/tmp"}

HOSTILE = """
import ctypes, multiprocessing, os, signal, socket, subprocess, sys
import jax.numpy as jnp

def f(x): return jnp.sum(x ** 2)
def write(): open("/tmp/adcheck-was-here", "w")
def remove(): os.remove("/etc/passwd")
def connect(): socket.create_connection(("127.0.0.1", PORT), timeout=5)
def resolve(): socket.getaddrinfo("localhost", PORT)
def send(): socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", PORT))
def listen(): socket.create_server(("127.0.0.1", 0))
def fork(): return os.fork()
def start(): return subprocess.run([sys.executable, "-c", ""])
def pool(): return multiprocessing.get_context("fork").Process(target=print).start()
def execute(): os.execv(sys.executable, [sys.executable, "-c", ""])
def kill_the_server(): os.kill(os.getppid(), signal.SIGKILL)
def kill_the_grader(): os.kill(GRADER, signal.SIGKILL)
def kill_everything(): os.kill(-1, signal.SIGKILL)
def peek(): open(f"/proc/{os.getppid()}/environ", "rb").read()
def trace():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, os.getppid(), 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
def store():
    import tempfile
    with open("mine", "w+") as file, tempfile.NamedTemporaryFile("w", delete=False) as other:
        other.write("mine")
        file.write("mine")
        file.seek(0)
        return float(len(file.read()))
"""
REFUSED = [
    "write", "remove", "connect", "resolve", "send", "listen", "fork", "start", "pool", "execute",
    "kill_the_server", "kill_the_grader", "kill_everything", "peek", "trace",
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile(strict: None) -> Iterator[Worker]:
    reads = [f"def read_{k}(): open({str(path)!r}).read()" for k, path in SECRETS.items()]
    lists = [f"def list_{k}(): os.listdir({str(path)!r})" for k, path in PLACES.items()]
    with socket.create_server(("127.0.0.1", 0)) as server:
        known = f"PORT, GRADER = {server.getsockname()[1]}, {os.getpid()}"
        with running("\n".join([known, HOSTILE, *reads, *lists]), isolation="strict") as worker:
            assert worker.failure is None
            yield worker


@pytest.mark.parametrize(
    "name", [*REFUSED, *(f"read_{name}" for name in SECRETS), *(f"list_{name}" for name in PLACES)]
)
def test_is_refused_and_the_worker_goes_on(hostile: Worker, name: str) -> None:
    failure = raised(ask(hostile, name))
    assert failure.type in ("PermissionError", "FileNotFoundError", "gaierror")
    if failure.type == "PermissionError":
        assert failure.message.endswith(f". {CONFINED}")
    assert hostile.alive


def test_a_confined_worker_computes_and_stores_in_its_folder(hostile: Worker) -> None:
    assert result(ask(hostile, "f", X, jit=True)) == ("float64", 14.0)
    assert result(ask(hostile, "store")) == ("float64", 4.0)


def test_what_is_hidden_cannot_be_imported(strict: None) -> None:
    with running("def f():\n    import adcheck.grading\n", isolation="strict") as worker:
        assert raised(ask(worker, "f")).type == "PermissionError"


@pytest.mark.parametrize("hide", [True, False])
def test_more_can_be_hidden_among_libraries(strict: None, hide: bool) -> None:
    program = Program((Source("hw.py", "import click\n"),))
    hidden = [str(Path(click.__file__).parent)] if hide else []
    worker = open_worker(program, LIMITS, isolation="strict", hidden=hidden)
    worker.close()
    assert isinstance(worker.failure, Raised) is hide


def test_a_refusal_while_loading_is_explained_too(strict: None) -> None:
    with running("open('/etc/passwd')\n", isolation="strict") as worker:
        assert isinstance(worker.failure, Raised)
        assert worker.failure.message == (
            f"[Errno 13] Permission denied: '/etc/passwd'. {CONFINED}"
        )


# --------------------------------------------------------------------------- levels


def test_confinement_is_as_strict_as_it_can_be_by_default(strict: None) -> None:
    with running("x = 1\n") as worker:
        assert level(worker.layers) == "strict"
        assert worker.layers["parent"] == worker.layers["no_new_privs"] == "on"


@pytest.mark.parametrize("choice", ["weak", "none"])
def test_less_can_be_asked_for(choice: Choice) -> None:
    text = """
    import os, sys, subprocess
    import jax.numpy as jnp
    def f(x): return jnp.sum(x ** 2)
    def read(): return len(open(os.__file__).read()) > 0
    def start(): return subprocess.run([sys.executable, "-c", ""]).returncode
    """
    with running(text, isolation=choice) as worker:
        assert level(worker.layers) == choice
        assert result(ask(worker, "f", X, jit=True)) == ("float64", 14.0)
        assert result(ask(worker, "read")) == ("bool", True)
        assert result(ask(worker, "start")) == ("int64", 0)


MISSING = (
    "strict isolation is not possible on this machine: landlock is off: this kernel has no "
    "Landlock (Function not implemented). Run adcheck in a container or virtual machine that has "
    "it, or grade programs that you trust with --isolation weak"
)


def test_without_landlock_strict_is_refused_before_anything_is_run(
    strict: None, elsewhere: Change, tmp_path: Path
) -> None:
    elsewhere(NO_LANDLOCK)
    mark = tmp_path / "mark"
    with (
        pytest.raises(UsageError, match="strict isolation") as caught,
        running(f"open({str(mark)!r}, 'w')\n", isolation="strict"),
    ):
        pass
    assert str(caught.value) == MISSING
    assert caught.value.exit_code == 2
    assert not mark.exists()


def test_without_landlock_the_rest_is_put_on_and_told(
    strict: None, elsewhere: Change, tmp_path: Path
) -> None:
    elsewhere(NO_LANDLOCK)
    path = tmp_path / "hw.py"
    path.write_text("import jax.numpy as jnp\ndef gd_loss(alphas, x0): return jnp.sum(x0)\n")
    told = grade(path, only=["step_size.gd_loss"]).isolation
    assert told.level == "weak"
    assert told.layers["landlock"].startswith("off: this kernel has no Landlock")
    assert told.layers["seccomp"].startswith("on (")
    with pytest.raises(UsageError, match="strict isolation is not possible"):
        grade(path, only=["step_size.gd_loss"], isolation="strict")


def test_elsewhere_than_on_linux_isolation_is_weak_and_told(
    elsewhere: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As far as that can be tried here: what differs is decided by the system's name."""
    elsewhere("import sys, jax.numpy\nsys.platform = 'darwin'")
    monkeypatch.setattr(sys, "platform", "darwin")
    with running("import jax.numpy as jnp\ndef f(x): return jnp.sum(x ** 2)\n") as worker:
        assert result(ask(worker, "f", X)) == ("float64", 14.0)
        assert dict(worker.layers) == {
            "rlimits": "on",
            "confinement": "off: this system is darwin, not linux",
        }
    with pytest.raises(UsageError, match="landlock is off: this system is darwin, not linux"):
        open_worker(Program(()), LIMITS, isolation="strict")


def test_other_words_are_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one of auto, strict, weak, none, and not 'tight'"):
        grade(tmp_path, isolation="tight")  # type: ignore[arg-type]


ALL = {"landlock": "on (ABI 7)", "seccomp": "on (281 instructions)", "rlimits": "on"}


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (ALL, "strict"),
        (ALL | {"namespaces": "off: the kernel refuses them"}, "strict"),
        (ALL | {"landlock": "off: this kernel has none"}, "weak"),
        (ALL | {"rlimits": "off: RLIMIT_AS refused"}, "weak"),
        ({"rlimits": "on", "confinement": "off: not asked for"}, "weak"),
        ({"rlimits": "off: not asked for"}, "none"),
        ({"landlock": "one day", "seccomp": "", "rlimits": "off"}, "none"),
        ({}, "none"),
    ],
)
def test_the_level_is_what_is_on(layers: Mapping[str, str], expected: Level) -> None:
    assert level(layers) == expected


@pytest.mark.parametrize("choice", CHOICES)
def test_only_strict_asks_for_layers(choice: Choice) -> None:
    require(choice, ALL)
    if choice != "strict":
        require(choice, {})


def test_everything_that_is_missing_is_named() -> None:
    elsewhere = {"rlimits": "on", "confinement": "off: this system is darwin, not linux"}
    with pytest.raises(UsageError) as caught:
        require("strict", elsewhere)
    darwin = "off: this system is darwin, not linux"
    assert f"landlock is {darwin}, seccomp is {darwin}. Run" in str(caught.value)


def test_what_was_off_once_is_off() -> None:
    off = {"landlock": "off: why", "seccomp": "on"}
    assert merged(ALL, off) == {**ALL, **off}
    assert merged(off, ALL) == {**ALL, "landlock": "off: why"}
    assert merged({}, ALL) == ALL
    assert isolation.is_on(merged(ALL, ALL), "landlock")
