"""`adcheck check --watch`: what it notices, what it grades again, and how it looks and ends."""

import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from adcheck.watching import Watch

ROOT = Path(__file__).parent.parent
ITEMS = ("hvp.get_params", "hvp.naive_hvp")

WRONG = """
import jax.numpy as jnp


class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        self.weights = []

    def get_params(self):
        return jnp.concatenate([w.ravel() for w in self.weights])


def naive_hvp(hessian, vector):
    return hessian @ vector + 1.0
"""
RIGHT = WRONG.replace(" + 1.0", "")
BROKEN = RIGHT + "\ndef half(\n"


# --------------------------------------------------------------------------- what is noticed


class Editor:
    """Does something to files each time that the watch has a rest."""

    def __init__(self, *steps: object) -> None:
        self._steps = iter(steps)

    def __call__(self, seconds: float) -> None:
        step = next(self._steps, None)
        if callable(step):
            step()


def save(path: Path, text: str = RIGHT, seconds: float = 1000.0) -> None:
    path.write_text(text)
    os.utime(path, (seconds, seconds))


@pytest.fixture
def hw(tmp_path: Path) -> Path:
    path = tmp_path / "hw.py"
    save(path, "", 900.0)
    return path


def test_a_save(hw: Path) -> None:
    watch = Watch(hw, Editor(None, lambda: save(hw)), clock=lambda: 1001.0)
    assert watch.wait() == 1000.0


def test_a_file_put_in_its_place(hw: Path) -> None:
    def replace() -> None:
        save(hw.with_suffix(".tmp"), "", 900.0)  # of the same size and time
        os.replace(hw.with_suffix(".tmp"), hw)

    assert Watch(hw, Editor(replace), clock=lambda: 1001.0).wait() == 1001.0


def test_a_file_that_is_gone_for_a_while(hw: Path) -> None:
    steps = Editor(hw.unlink, None, None, lambda: save(hw))
    assert Watch(hw, steps, clock=lambda: 1001.0).wait() == 1000.0


def test_a_file_that_is_still_being_written(hw: Path) -> None:
    texts: list[str] = []
    steps = Editor(
        lambda: save(hw, "a", 1000.0),
        lambda: save(hw, "ab", 1001.0),
        lambda: save(hw, "abc", 1002.0),
        lambda: texts.append(hw.read_text()),
    )
    assert Watch(hw, steps, clock=lambda: 1002.5).wait() == 1002.0
    assert texts == ["abc"]  # one more look, to see that nothing follows


def test_a_module_beside_it_and_in_a_package(hw: Path) -> None:
    (hw.parent / "package").mkdir()
    for path in (hw.with_name("helper.py"), hw.parent / "package" / "inner.py"):
        assert Watch(hw, Editor(lambda p=path: save(p)), clock=lambda: 1000.5).wait() == 1000.0


def test_other_files_are_none_of_its_business(hw: Path) -> None:
    class StillWaitingError(Exception):
        pass

    def enough() -> None:
        raise StillWaitingError

    others = [hw.with_name("data.csv"), hw.with_name("other.ipynb"), hw.with_name(".hw.py.swp")]
    watch = Watch(hw, Editor(*(lambda p=path: save(p) for path in others), enough))
    with pytest.raises(StillWaitingError):
        watch.wait()


def test_a_folder(tmp_path: Path) -> None:
    save(tmp_path / "hw.ipynb", "{}", 900.0)
    steps = Editor(lambda: save(tmp_path / "hw.ipynb", "{ }"))
    assert Watch(tmp_path, steps, clock=lambda: 1000.5).wait() == 1000.0


def test_what_is_saved_between_two_waits(hw: Path) -> None:
    watch = Watch(hw, Editor(lambda: save(hw, "a")), clock=lambda: 1000.5)
    watch.wait()
    save(hw, "ab", 1003.0)
    assert watch.wait() == 1000.5  # not in the future


# --------------------------------------------------------------------------- a real child


class Watching:
    """A child that watches a file; its words on stderr, a line at a time."""

    def __init__(self, path: Path, *options: str) -> None:
        only = [word for item in ITEMS for word in ("--only", item)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "adcheck", "check", path.name, *only, "--watch", *options],
            cwd=path.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def line(self) -> str:
        """The next line on stderr."""
        assert self._process.stderr is not None
        return self._process.stderr.readline()

    def interrupt(self) -> tuple[int, str, str]:
        """Ctrl-C: the exit code, and whatever was said."""
        self._process.send_signal(signal.SIGINT)
        return self.result()

    def result(self) -> tuple[int, str, str]:
        """The exit code of a child that ends, and whatever was said."""
        stdout, stderr = self._process.communicate(timeout=60)
        return self._process.returncode, stdout, stderr

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    path = tmp_path / "hw.py"
    path.write_text(WRONG)
    child = Watching(path)
    late = threading.Timer(300, child.end)  # who reads its words would wait for ever
    late.start()
    yield child
    late.cancel()
    child.end()


@pytest.mark.slow
def test_a_session(watching: Watching, tmp_path: Path) -> None:
    path = tmp_path / "hw.py"
    assert " graded in " in watching.line()

    path.write_text(RIGHT)
    line = watching.line()
    assert " graded again: hvp.naive_hvp; " in line
    assert line.endswith(" s after saving. Watching hw.py; Ctrl-C ends it.\n")

    path.write_text(f"# one line more\n\n{RIGHT}")
    assert " nothing had to run again; " in watching.line()

    path.write_text(BROKEN)
    assert " nothing had to run again; " in watching.line()

    (tmp_path / "hw.py~").write_text(RIGHT)
    os.replace(tmp_path / "hw.py~", path)  # as vim and others save
    assert " nothing had to run again; " in watching.line()

    path.write_text(RIGHT.replace("w.ravel()", "w.T.ravel()"))
    # every function may meet a model of the student's class, which is another one now
    assert " graded again: hvp.get_params, hvp.naive_hvp; " in watching.line()

    code, stdout, stderr = watching.interrupt()
    assert (code, stderr) == (130, "\n")
    reports = stdout.split("\nSeed 0. ")
    scores = [r.partition("Score ")[2].partition(" / ")[0] for r in reports[:-1]]
    assert scores == ["2", "4", "4", "0", "4", "2"]
    assert "hw.py, line" in reports[3]  # where it does not parse
    assert "column by column" in reports[5]
    assert "\x1b" not in stdout


@pytest.mark.slow
def test_a_file_that_does_not_exist_is_wrong_usage(tmp_path: Path) -> None:
    child = Watching(tmp_path / "hw.py")
    try:
        assert "hw.py does not exist" in child.line()
        assert child.result() == (2, "", "")
    finally:
        child.end()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # another test may have imported JAX
def test_on_a_terminal_the_report_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    path = tmp_path / "hw.py"
    path.write_text(WRONG)
    with terminal(path, {"TERM": "xterm"}) as screen:
        first = screen.until("Ctrl-C ends it.")
        assert first.count("\x1b[2J\x1b[H") == 1
        path.write_text(RIGHT)
        second = screen.until("Ctrl-C ends it.")
        assert second.count("\x1b[2J\x1b[H") == 1
        shown = second.partition("\x1b[2J\x1b[H")[2]
        assert shown.index("Product with a given Hessian") < shown.index("graded again: hvp.naive")
        screen.write(b"\x03")
        assert screen.ends() == 130
        assert "Traceback" not in screen.rest


class Screen:
    """The other side of a terminal."""

    def __init__(self, descriptor: int, process: "subprocess.Popen[bytes]") -> None:
        self._descriptor, self._process = descriptor, process
        self.rest = ""

    def until(self, words: str) -> str:
        """All that is shown up to some words."""
        deadline = time.monotonic() + 120
        while words not in self.rest:
            assert time.monotonic() < deadline, self.rest
            assert self._read(), self.rest
        shown, found, self.rest = self.rest.partition(words)
        return shown + found

    def write(self, keys: bytes) -> None:
        os.write(self._descriptor, keys)

    def ends(self) -> int:
        while self._read():
            pass
        return self._process.wait(60)

    def _read(self) -> bool:
        select.select([self._descriptor], [], [], 120)
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:  # Linux says so of a terminal that nobody writes to any more
            return False
        self.rest += data.decode("utf-8", "replace")
        return bool(data)


@contextlib.contextmanager
def terminal(path: Path, env: Mapping[str, str]) -> Iterator[Screen]:
    """A child that watches a file on a terminal of its own."""
    ours, theirs = pty.openpty()
    only = [word for item in ITEMS for word in ("--only", item)]
    process = subprocess.Popen(
        [sys.executable, "-m", "adcheck", "check", path.name, *only, "--watch"],
        cwd=path.parent,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        start_new_session=True,
        preexec_fn=_own_terminal,
    )
    os.close(theirs)
    try:
        yield Screen(ours, process)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _own_terminal() -> None:
    """Makes the terminal the one from which Ctrl-C comes."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
