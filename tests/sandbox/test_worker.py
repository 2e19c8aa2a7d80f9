"""Workers as they are: real processes, through the door that grading uses."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from adcheck.errors import GraderError
from adcheck.model import (
    Argument,
    Array,
    Call,
    Cause,
    Died,
    Expression,
    Frame,
    Function,
    Instance,
    Key,
    Limits,
    Named,
    Parameter,
    Program,
    Raised,
    Returned,
    Source,
    Transform,
)
from adcheck.sandbox import launch, optional
from adcheck.sandbox.launch import Worker, open_worker
from tests.sandbox.workers import LIMITS, MB, X, ask, plain, raised, result, running

# --------------------------------------------------------------------------- one worker for much

ZOO = """\
import collections
import functools
import sys
import jax
import jax.numpy as jnp
import numpy as np

def nothing(): return None
def text(): return "done"
def whole_number(): return 3
def truth(): return True
def number(): return 2.5
def huge_number(): return 10 ** 30
def complex_number(): return 1 + 2j
def numpy_number(): return np.float32(0.5)
def jax_number(): return jnp.sum(jnp.ones(3))
def vector(): return jnp.arange(3.0)
def single(): return jnp.ones(2, jnp.float32)
def half(): return jnp.ones(2, jnp.float16)
def brain(): return jnp.ones(2, jnp.bfloat16)
def small_integers(): return np.array([1, 2], np.int8)
def unsigned(): return np.array([1, 2], np.uint32)
def truths(): return jnp.array([True, False])
def complexes(): return jnp.ones(1, jnp.complex64)
def strided(): return np.arange(6.0).reshape(2, 3).T[:, ::-1]
def big_endian(): return np.arange(2, dtype=">f8")
def empty(): return jnp.zeros((0, 3))
def numbers(): return [1.0, 2.5]
def integers(): return [1, 2]
def mixed(): return [1, 2.5]
def jax_numbers(): return [jnp.float64(1), jnp.float64(2)]
def nested(): return [[1.0, 2.0], (3.0, 4.0)]
def ragged(): return [[1.0, 2.0], [3.0]]
def with_history(): return jnp.ones(2), [0.5, 0.25]
def named_tuple(): return collections.namedtuple("Pair", "a b")(jnp.ones(1), None)
def no_entries(): return []
def mapping(): return {"a": 1}
def strings(): return np.array(["a", "b"])
def objects(): return np.array([None, 1], dtype=object)
def generator(): return (i for i in range(3))
def longest(): return np.ones(10_000_000, np.float32)
def too_long(): return [0.5] * 10_000_000

class Shy:
    def __repr__(self): raise RuntimeError("no")
class Stubborn:
    def __array__(self, *args, **kwargs): raise RuntimeError("not me")
class Convertible:
    def __array__(self, *args, **kwargs): return np.ones(2)
class Talkative:
    def __repr__(self): return "x" * 10_000
def shy(): return Shy()
def stubborn(): return Stubborn()
def convertible(): return Convertible()
def talkative(): return Talkative()

def double(x): return 2 * x
def in_place(x): x[0] = 1.0
def noisy(x):
    print("hello", x)
    print("there", file=sys.stderr)
    return x
def loss(x): return jnp.sum(x ** 3)
def untraceable(x): return float(x[0]) * 2
def apply(f, x): return f(x)
def slope(f, x): return jax.grad(f)(x)
def is_key(key): return jax.random.normal(key, (2,))
def same_function(f, g): return [hash(f) == hash(g), f == g, {f: 1}[f]]
seen = set()
def same_as_before(f):
    found = f in seen
    seen.add(f)
    return found
def kinds(a, b, c): return [type(a).__name__ == "list", b, c]

partial = functools.partial(double)
compiled = jax.jit(double)
shorter = lambda x: -x
constant = 5
class Callable:
    def __call__(self, x): return x + 1
instance = Callable()

def fails(x):
    y = jnp.ones(3)
    return helper(y)

def helper(y):
    return jnp.dot(y, jnp.ones(4))

def leaves(): sys.exit("bye")
def interrupts(): raise KeyboardInterrupt
class Mute(Exception):
    def __str__(self): raise ValueError("never")
def mute(): raise Mute
def wide(): raise ValueError("\\udc80 " + "x" * 100_000)
def recurses(): return recurses()
def reads(): return input()
def closes(): sys.stdout.close()
def replaces():
    sys.stdout = sys.stderr = None
"""


@pytest.fixture(scope="module")
def zoo() -> Iterator[Worker]:
    with running(ZOO) as worker:
        assert worker.failure is None
        assert worker.layers["rlimits"] == "on"
        yield worker


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nothing", ("NoneType", "None")),
        ("text", ("str", "'done'")),
        ("whole_number", ("int64", 3)),
        ("truth", ("bool", True)),
        ("number", ("float64", 2.5)),
        ("huge_number", ("float64", 1e30)),
        ("complex_number", ("complex128", 1 + 2j)),
        ("numpy_number", ("float32", 0.5)),
        ("jax_number", ("float64", 3.0)),
        ("vector", ("float64", [0.0, 1.0, 2.0])),
        ("single", ("float32", [1.0, 1.0])),
        ("half", ("float16", [1.0, 1.0])),
        ("brain", ("bfloat16", [1.0, 1.0])),
        ("small_integers", ("int8", [1, 2])),
        ("unsigned", ("uint32", [1, 2])),
        ("truths", ("bool", [True, False])),
        ("complexes", ("complex64", [1 + 0j])),
        ("strided", ("float64", [[3.0, 0.0], [4.0, 1.0], [5.0, 2.0]])),
        ("big_endian", ("float64", [0.0, 1.0])),
        ("empty", ("float64", [])),
        ("numbers", ("float64", [1.0, 2.5])),
        ("integers", ("int64", [1, 2])),
        ("mixed", ("float64", [1.0, 2.5])),
        ("jax_numbers", ("float64", [1.0, 2.0])),
        ("nested", [("float64", [1.0, 2.0]), ("float64", [3.0, 4.0])]),
        ("ragged", [("float64", [1.0, 2.0]), ("float64", [3.0])]),
        ("with_history", [("float64", [1.0, 1.0]), ("float64", [0.5, 0.25])]),
        ("named_tuple", [("float64", [1.0]), ("NoneType", "None")]),
        ("no_entries", []),
        ("mapping", ("dict", "{'a': 1}")),
        ("strings", ("array of str32", "array(['a', 'b'], dtype='<U1')")),
        ("objects", ("array of object", "array([None, 1], dtype=object)")),
        ("shy", ("Shy", "(it cannot be shown)")),
        ("convertible", ("float64", [1.0, 1.0])),
        ("talkative", ("Talkative", "x" * 200)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_results_arrive_as_plain_data(zoo: Worker, name: str, value: Any) -> None:
    assert result(ask(zoo, name)) == value


def test_a_generator_is_not_run(zoo: Worker) -> None:
    kind, text = result(ask(zoo, "generator"))
    assert kind == "generator"
    assert text.startswith("<generator object generator.<locals>.<genexpr>")


def test_long_arrays_pass_and_long_lists_are_refused(zoo: Worker) -> None:
    reply = ask(zoo, "longest")
    assert isinstance(reply, Returned)
    assert isinstance(reply.value, Array)
    assert reply.value.data.shape == (10_000_000,)
    refused = raised(ask(zoo, "too_long"))
    assert refused == Raised("OverflowError", "the result has too many entries to be looked at")


@pytest.mark.parametrize(
    "name", ["double", "partial", "compiled", "loss", "apply", "slope", "shorter", "instance"]
)
def test_compiled_and_eager_calls_give_the_same(zoo: Worker, name: str) -> None:
    args: tuple[Argument, ...] = (X,)
    if name in ("apply", "slope"):
        cube = Expression("power", (Expression("x"), 3.0))
        args = (Function(Expression("sum", (cube,))), X)
    eager, compiled = (ask(zoo, name, *args, jit=jit) for jit in (False, True))
    assert result(eager) == result(compiled)
    values = {
        "double": [2.0, 4.0, 6.0], "partial": [2.0, 4.0, 6.0], "compiled": [2.0, 4.0, 6.0],
        "loss": 36.0, "apply": 36.0, "slope": [3.0, 12.0, 27.0], "shorter": [-1.0, -2.0, -3.0],
        "instance": [2.0, 3.0, 4.0],
    }  # fmt: skip
    assert result(eager) == ("float64", values[name])


@pytest.mark.parametrize("jit", [False, True], ids=["eager", "jit"])
def test_gradients_are_taken_by_jax(zoo: Worker, jit: bool) -> None:
    reply = ask(zoo, "loss", X, transform=Transform.GRADIENT, jit=jit)
    assert result(reply) == ("float64", [3.0, 12.0, 27.0])


def test_what_cannot_be_traced_works_eagerly(zoo: Worker) -> None:
    assert result(ask(zoo, "untraceable", X)) == ("float64", 2.0)
    failure = raised(ask(zoo, "untraceable", X, jit=True))
    assert failure.type == "ConcretizationTypeError"
    assert failure.frames[-1].code == "def untraceable(x): return float(x[0]) * 2"


def test_arguments_are_what_they_are_called(zoo: Worker) -> None:
    assert result(ask(zoo, "kinds", (1, 2), 2, 0.5)) == ("float64", [1.0, 2.0, 0.5])
    assert result(ask(zoo, "is_key", Key(0))) != result(ask(zoo, "is_key", Key(1)))
    assert result(ask(zoo, "is_key", Key(1))) == result(ask(zoo, "is_key", Key(1)))
    new = Function(Expression("sum", (Expression("x"),)))
    assert result(ask(zoo, "same_function", new, new)) == ("int64", [0, 0, 1])
    same = replace(new, identity="the first")
    assert result(ask(zoo, "same_function", same, new)) == ("int64", [0, 0, 1])
    assert result(ask(zoo, "same_as_before", same)) == ("bool", False)
    assert result(ask(zoo, "same_as_before", same)) == ("bool", True)
    assert result(ask(zoo, "same_as_before", new)) == ("bool", False)


def test_prints_go_elsewhere(zoo: Worker) -> None:
    assert result(ask(zoo, "noisy", X)) == ("float64", [1.0, 2.0, 3.0])
    deadline = time.monotonic() + 5
    while "there" not in zoo.output and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "hello [1. 2. 3.]\n" in zoo.output
    assert "there\n" in zoo.output


def test_only_the_students_own_frames_are_told(zoo: Worker) -> None:
    failure = raised(ask(zoo, "fails", X))
    lines = ZOO.splitlines()
    at = [lines.index("    return helper(y)"), lines.index("    return jnp.dot(y, jnp.ones(4))")]
    assert failure.type == "TypeError"
    assert failure.message.startswith("dot_general requires contracting dimensions")
    assert failure.frames == (
        Frame(f"hw.py, line {at[0] + 1}", "fails", "return helper(y)"),
        Frame(f"hw.py, line {at[1] + 1}", "helper", "return jnp.dot(y, jnp.ones(4))"),
    )


@pytest.mark.parametrize(
    ("name", "type_", "message"),
    [
        ("leaves", "SystemExit", "bye"),
        ("interrupts", "KeyboardInterrupt", ""),
        ("mute", "Mute", "(its message cannot be shown)"),
        ("wide", "ValueError", "\udc80 " + "x" * 3998),
        ("reads", "EOFError", "EOF when reading a line"),
        ("stubborn", "RuntimeError", "not me"),
        ("constant", "TypeError", "constant cannot be called: it is of type int"),
    ],
)
def test_exceptions_arrive_and_the_worker_goes_on(
    zoo: Worker, name: str, type_: str, message: str
) -> None:
    failure = raised(ask(zoo, name))
    assert (failure.type, failure.message) == (type_, message)
    assert zoo.alive
    assert result(ask(zoo, "number")) == ("float64", 2.5)


def test_an_exception_imports_nothing() -> None:
    text = """
    import sys
    import jax.numpy as jnp
    def f(x): return jnp.dot(x, jnp.ones(4))
    def imported(): return [name for name in sys.modules if name == "IPython"]
    """
    pytest.importorskip("IPython")
    with running(text) as worker:
        assert raised(ask(worker, "f", X, jit=True)).type == "TypeError"
        assert result(ask(worker, "imported")) == []


def test_a_call_with_too_many_arguments_has_no_frames(zoo: Worker) -> None:
    failure = raised(ask(zoo, "double", X, X))
    assert failure.frames == ()
    assert failure.message == "double() takes 1 positional argument but 2 were given"


def test_endless_recursion_is_an_exception(zoo: Worker) -> None:
    failure = raised(ask(zoo, "recurses"))
    assert failure.type == "RecursionError"
    assert len(failure.frames) == 20


def test_arrays_cannot_be_changed_in_place(zoo: Worker) -> None:
    failure = raised(ask(zoo, "in_place", X))
    assert failure.type == "TypeError"
    assert X.tolist() == [1.0, 2.0, 3.0]


def test_a_program_may_lose_its_standard_output() -> None:
    with running(ZOO) as worker:
        for name in ("closes", "replaces"):
            assert result(ask(worker, name)) == ("NoneType", "None")
            assert result(ask(worker, "number")) == ("float64", 2.5)


# --------------------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("body", "limits", "died"),
    [
        pytest.param(
            "while True: pass",
            replace(LIMITS, cpu_seconds=0.5),
            Died(Cause.TIME, "It did not finish within 0.5 seconds."),
            id="endless-loop",
        ),
        pytest.param(
            "while True:\n        try: __import__('time').sleep(1000)\n        except: pass",
            replace(LIMITS, wall_seconds=0.5),
            Died(Cause.TIME, "It did not finish within 0.5 seconds."),
            id="sleep",
        ),
        pytest.param(
            "while True: print('x' * 10_000)",
            replace(LIMITS, output_bytes=MB),
            Died(Cause.OUTPUT, "It printed more than 1 MB."),
            id="flood",
        ),
        pytest.param(
            "__import__('os')._exit(3)",
            LIMITS,
            Died(Cause.CRASH, "It ended the Python process (exit code 3)."),
            id="exit",
        ),
        pytest.param(
            "__import__('ctypes').string_at(0)",
            LIMITS,
            Died(Cause.CRASH, "Python crashed while it ran (SIGSEGV)."),
            id="segmentation-fault",
        ),
    ],
)
def test_a_limit_ends_the_worker_and_is_named(body: str, limits: Limits, died: Died) -> None:
    with running(f"def f():\n    {body}\n") as worker:
        start = time.monotonic()
        assert ask(worker, "f", limits=limits) == died
        assert time.monotonic() - start < 10
        assert not worker.alive
        with pytest.raises(GraderError, match="worker that had ended"):
            ask(worker, "f")


def test_limits_hold_while_the_program_loads() -> None:
    with running("while True: pass\n", limits=replace(LIMITS, cpu_seconds=0.5)) as worker:
        assert worker.failure == Died(Cause.TIME, "It did not finish within 0.5 seconds.")
        assert not worker.alive
    with running("import os; os._exit(0)\n") as worker:
        assert worker.failure == Died(Cause.CRASH, "It ended the Python process (exit code 0).")


HOG = """
import jax.numpy as jnp
import numpy as np

def at_once(): return np.ones(10 ** 9)
def by_jax(): return jnp.ones(10 ** 9).sum()
def little_by_little():
    kept = []
    while True:
        kept.append(bytearray(10 ** 6))
def fine(): return 1.0
"""


def test_memory_is_bounded() -> None:
    detail = "It asked for more memory than there is: did it form the full Hessian?"
    with running(HOG, limits=replace(LIMITS, memory_bytes=1024 * MB)) as worker:
        assert ask(worker, "at_once") == Died(Cause.MEMORY, detail)
        assert worker.alive  # it was refused, and can go on
        assert ask(worker, "by_jax") == Died(Cause.MEMORY, detail)
        reply = ask(worker, "little_by_little")
        assert isinstance(reply, Died)
        assert reply.cause is Cause.MEMORY
        assert "did it form the full Hessian?" in reply.detail


def test_a_result_beyond_the_limit_is_told() -> None:
    text = "import numpy as np\ndef f(): return np.ones(10 ** 6)\n"
    with running(text, limits=replace(LIMITS, reply_bytes=MB)) as worker:
        told = Died(Cause.OUTPUT, "Its result is too large to be sent.")
        assert ask(worker, "f") == told


# --------------------------------------------------------------------------- hostile programs

FORGED = Died(Cause.CRASH, "The program wrote into the grader's pipe.")

WRITER = """
import json, os, struct
def everywhere(data):
    for descriptor in range(3, 64):
        try: os.write(descriptor, data)
        except OSError: pass
def frame(**header):
    encoded = json.dumps({"arrays": [], **header}).encode()
    return b"ADC1" + struct.pack("<I", len(encoded)) + encoded
"""


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("everywhere(b'garbage' * 100)", id="garbage"),
        pytest.param("everywhere(b'ADC1' + b'\\xff' * 4)", id="header-of-4-GB"),
        pytest.param("everywhere(frame())", id="no-answer"),
        pytest.param("everywhere(frame(raised=5))", id="odd-exception"),
        pytest.param(
            "everywhere(frame(value={'array': -1, 'dtype': 'float64'}, seconds=1, observed={}))",
            id="no-such-array",
        ),
        pytest.param("everywhere(frame(arrays=[['<f8', [2 ** 50, 0, 2 ** 50]]]))", id="empty"),
        pytest.param("[everywhere(frame()) for _ in range(1000)]", id="flood-of-frames"),
    ],
)
def test_writing_into_the_graders_pipe_gains_nothing(body: str) -> None:
    with running(f"{WRITER}\ndef f():\n    {body}\n    while True: pass\n") as worker:
        reply = ask(worker, "f", limits=replace(LIMITS, cpu_seconds=3))
        if "2 ** 50" in body:
            assert reply == Died(Cause.OUTPUT, "Its result is too large to be sent.")
        else:
            assert reply == FORGED
        assert not worker.alive


@pytest.mark.parametrize("header", ["raised=5", "raised={'frames': 7}"])
def test_writing_into_the_graders_pipe_while_loading(header: str) -> None:
    with running(f"{WRITER}\neverywhere(frame({header}))\n") as worker:
        assert worker.failure == FORGED


def test_writing_to_the_usual_descriptors_is_printing() -> None:
    text = """
    import os, sys
    os.write(1, b"ADC1 garbage")
    sys.__stdout__.write("more of it")
    def f():
        os.write(1, b"ADC1 garbage")
        os.write(0, b"x") if os.access("/dev/fd/0", os.W_OK) else None
        os.close(1)
        return 1.0
    def read():
        return sys.stdin.read()
    """
    with running(text) as worker:
        assert result(ask(worker, "read")) == ("str", "''")
        reply = ask(worker, "f")
        assert worker.failure is None
        if isinstance(reply, Returned):
            assert plain(reply.value) == ("float64", 1.0)
        else:
            assert raised(reply).type == "OSError"


def test_closing_the_graders_pipe_ends_the_worker() -> None:
    text = "import os\ndef f():\n    os.closerange(3, 64)\n    return 1.0\n"
    with running(text) as worker:
        reply = ask(worker, "f")
        assert isinstance(reply, Died)
        assert reply.cause is Cause.CRASH


def test_processes_that_a_program_starts_end_with_it() -> None:
    text = """
    import subprocess, sys, os
    def f():
        sleeper = "import time; time.sleep(1000)"
        return [subprocess.Popen([sys.executable, "-c", sleeper]).pid for _ in range(2)]
    def orphans():
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
        print(child.pid, flush=True)
        os._exit(0)
    """
    with running(text, isolation="weak") as worker:
        _, started = result(ask(worker, "f"))
        assert all(psutil.pid_exists(pid) for pid in started)
        assert isinstance(ask(worker, "orphans"), Died)
        started.append(int(worker.output.split()[-1]))
    gone_by = time.monotonic() + 5
    while any(running_still(pid) for pid in started) and time.monotonic() < gone_by:
        time.sleep(0.05)
    assert not [pid for pid in started if running_still(pid)]


def running_still(pid: int) -> bool:
    with contextlib.suppress(psutil.Error):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


def test_the_graders_secrets_are_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    text = """
    import os, sys
    def environment(): return repr(sorted(os.environ))
    def secret(): return os.environ.get("SECRET_TOKEN")
    def folder(): return os.getcwd() + " " + os.path.expanduser("~")
    def path(): return repr(sys.path)
    def ours(): import reference
    """
    with running(text) as worker:
        assert result(ask(worker, "secret")) == ("NoneType", "None")
        assert "SECRET" not in result(ask(worker, "environment"))[1]
        here, home = result(ask(worker, "folder"))[1].strip("'").split()
        assert here == home
        assert Path(here).is_dir()
        assert Path(here) != tmp_path
        _, path = result(ask(worker, "path"))
        assert str(tmp_path) not in path
        assert raised(ask(worker, "ours")).type == "ModuleNotFoundError"
        process = worker._watched
        assert process.is_running()
    assert not Path(here).exists()
    assert not process.is_running()
    worker.close()  # twice is no harm


# --------------------------------------------------------------------------- loading


def test_a_program_that_raises_while_loading() -> None:
    with running("import jax\n\ndef f():\n    return 1 / 0\n\nf()\nx = 1\n") as worker:
        assert worker.failure == Raised(
            "ZeroDivisionError",
            "division by zero",
            (
                Frame("hw.py, line 6", "<module>", "f()"),
                Frame("hw.py, line 4", "f", "return 1 / 0"),
            ),
        )
        assert worker.alive


def test_a_slice_stops_at_the_first_exception_and_the_whole_goes_on() -> None:
    cells = ("a = 1\n", "b = missing\nc = 3\n", "def f(): return __name__, b'' and 0\nd = 4\n")
    with running(*cells) as worker:
        frames = (Frame("cell 2, line 1", "<module>", "b = missing"),)
        expected = Raised("NameError", "name 'missing' is not defined", frames)
        assert worker.failure == expected
        failure = raised(ask(worker, "f"))
        assert failure.message == "f is not defined once the program has run"
    with running(*cells, whole=True) as worker:
        assert worker.failure == expected
        assert result(ask(worker, "f"))[0] == ("str", "'__main__'")


def test_a_slice_is_not_the_main_module() -> None:
    text = "import sys\nif __name__ == '__main__':\n    sys.exit()\ndef f(): return __name__\n"
    with running(text) as worker:
        assert worker.failure is None
        assert result(ask(worker, "f")) == ("str", "'submission'")
    with running(text, "x = 1\n", whole=True) as worker:
        assert raised(worker.failure if isinstance(worker.failure, Raised) else None) == Raised(
            "SystemExit", "", (Frame("cell 1, line 3", "<module>", "sys.exit()"),)
        )


IMPORTS = """
import numpy as np
import nowhere_to_be_found as nowhere
import nowhere_else.deeper
import jax.not_there
import jax.numpy.not_there.either, jax.numpy as jnp
from nowhere_to_be_found import plot, style as styled
from jax.numpy import there_was_this_once
from nowhere_to_be_found import *
import numpy.linalg
nowhere.options.display = 3
try:
    import nowhere_to_be_found
    answer = "absent was there"
except ImportError:
    answer = "its own"

get_ipython().run_line_magic("matplotlib", "inline")

def f(x: nowhere.Array | None) -> nowhere.frames["a"]: return x
def own_branch(): return answer
def jax_is_there(x): return jax.numpy.sum(x) + numpy.linalg.norm(x) * 0
def uses(): return nowhere.DataFrame({})
def uses_deeper(): return nowhere_else.deeper.thing()
def uses_name(): return plot([1.0])
def uses_once(): return there_was_this_once(3)
def iterates(): return [x for x in nowhere.things]
def inside():
    import nowhere_to_be_found
def derives():
    class Module(nowhere.Module): pass
def shell(): return get_ipython().system("ls")
"""


def test_what_is_not_installed_does_harm_only_where_it_is_used() -> None:
    with running(IMPORTS) as worker:
        assert worker.failure is None
        assert result(ask(worker, "f", X)) == ("float64", [1.0, 2.0, 3.0])
        assert result(ask(worker, "own_branch")) == ("str", "'its own'")
        assert result(ask(worker, "jax_is_there", X)) == ("float64", 6.0)
        assert result(ask(worker, "shell")) == ("NoneType", "None")
        message = "No module named 'nowhere_to_be_found'"
        for name in ("uses", "uses_name", "iterates", "inside", "derives"):
            failure = raised(ask(worker, name))
            assert (failure.type, failure.message) == ("ModuleNotFoundError", message)
            assert failure.frames[0].function == name
        assert raised(ask(worker, "uses_deeper")).message == "No module named 'nowhere_else'"
        once = raised(ask(worker, "uses_once"))
        assert once.type == "ImportError"
        assert once.message.startswith("cannot import name 'there_was_this_once'")


def test_modules_beside_the_submission_are_imported() -> None:
    text = """
    import utils
    import tools.deep as deep
    from tools import *
    from tools.deep import second as other

    def f(): return [utils.first(), deep.second(), third(), other()]
    def fails(): return utils.fails()
    def name(): return utils.__name__ + " " + tools_name()
    """
    siblings = {
        "utils": "from tools.deep import second\ndef first(): return second() / 2\n"
        "def fails(): raise ValueError('here')\n",
        "tools": "__all__ = ['third', 'tools_name']\nfrom . import deep\nfrom .deep import second\n"
        "def third(): return second() + 1\ndef tools_name(): return __package__\n",
        "tools.deep": "def second(): return 2.0\n",
    }
    with running(text, siblings=siblings, packages=["tools"]) as worker:
        assert worker.failure is None
        assert result(ask(worker, "f")) == ("float64", [1.0, 2.0, 3.0, 2.0])
        assert result(ask(worker, "name")) == ("str", "'utils tools'")
        assert [frame.where for frame in raised(ask(worker, "fails")).frames] == [
            "hw.py, line 8",
            "utils.py, line 3",
        ]


@pytest.mark.parametrize("module", ["tqdm", "tqdm.auto"])
def test_progress_bars_do_no_harm(module: str) -> None:
    text = f"""
    from {module} import tqdm, trange
    def f():
        total = 0.0
        for i in tqdm(range(3), desc="steps"):
            total += i
        with tqdm(total=3) as bar:
            bar.update(1)
            bar.set_description("loss")
        return [total + sum(trange(3)), len(tqdm([1, 2]))]
    """
    with running(text) as worker:
        assert result(ask(worker, "f")) == ("float64", [6.0, 2.0])


def test_where_tqdm_is_missing_something_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "tqdm"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    before = dict(sys.modules)
    try:
        optional.stand_in_for_tqdm()
        namespace: dict[str, Any] = {}
        code = "from tqdm.auto import tqdm\nfrom tqdm import trange\nimport tqdm.notebook as _\n"
        exec(code, namespace)
        bar = namespace["tqdm"]([1, 2], desc="steps")
        assert (list(bar), len(bar)) == ([1, 2], 2)
        assert list(namespace["trange"](2, 4)) == [2, 3]
        with bar as entered:
            assert entered.set_postfix(loss=1.0) is None
    finally:
        for name in set(sys.modules) - set(before):
            del sys.modules[name]


@pytest.mark.parametrize(("x64", "dtype"), [(True, "float64"), (False, "float32")])
def test_precision_is_chosen_when_the_worker_starts(x64: bool, dtype: str) -> None:
    text = """
    import jax
    import jax.numpy as jnp
    def f(x): return x + 1
    def made(): return jnp.ones(2)
    def switches(x):
        jax.config.update("jax_enable_x64", not jax.config.jax_enable_x64)
        return 2 * jnp.ones(1)
    """
    with running(text, x64=x64) as worker:
        assert result(ask(worker, "f", X)) == (dtype, [2.0, 3.0, 4.0])
        assert result(ask(worker, "made")) == (dtype, [1.0, 1.0])
        assert result(ask(worker, "switches", X))[0] != dtype


# --------------------------------------------------------------------------- objects

MODELS = """
import dataclasses
import jax
import jax.numpy as jnp

class MLP:
    def __init__(self, key, sizes):
        keys = jax.random.split(key, len(sizes) - 1)
        self.sizes = sizes
        self.weights = [jax.random.normal(k, s) for k, s in zip(keys, zip(sizes, sizes[1:]))]
    def get_params(self):
        return jnp.concatenate([w.ravel() for w in self.weights])

@dataclasses.dataclass(frozen=True)
class Frozen:
    key: object
    sizes: list
    weights: list = ()
    def get_params(self): return self.weights[0]

class Fixed(MLP):
    def __init__(self, key, sizes): self._held = [jnp.ones((2, 1))]
    weights = property(lambda self: self._held)

class Renamed(MLP):
    def __init__(self, key, sizes): self.layers = [jnp.zeros(s) for s in zip(sizes, sizes[1:])]
    def get_params(self): return jnp.concatenate([w.ravel() for w in self.layers])

class Slotted:
    __slots__ = ("weights",)
    def __init__(self, key, sizes): self.weights = None
    def get_params(self): return self.weights[0]

class Computed(MLP):
    @property
    def get_params(self): return self.weights[0][:, 0]

class Picky:
    def __init__(self, key): raise AttributeError("no sizes here")

def total(model): return sum(jnp.sum(w) for w in model.weights)
def sizes(model): return model.sizes
"""


def model(cls: str = "MLP", **attributes: Argument) -> Instance:
    weights: Argument = (np.array([[3.0], [4.0]]),)
    return Instance(cls, (Key(0), (2, 1)), {"weights": weights} | attributes)


@pytest.fixture(scope="module")
def models() -> Iterator[Worker]:
    classes = ("MLP", "Frozen", "Fixed", "Renamed", "Slotted", "Computed", "Picky")
    targets = {name: f"{name}.get_params" for name in classes}
    with running(MODELS, targets=targets, aliases={"Given": "Renamed"}) as worker:
        yield worker


@pytest.mark.parametrize(
    ("cls", "params"),
    [
        ("MLP", [3.0, 4.0]),
        ("Frozen", [[3.0], [4.0]]),
        ("Renamed", [3.0, 4.0]),
        ("Slotted", [[3.0], [4.0]]),
    ],
)
def test_attributes_are_set_on_whatever_the_class_is(models: Worker, cls: str, params: Any) -> None:
    reply = ask(models, cls, model(cls))
    assert result(reply) == ("float64", params)
    assert isinstance(reply, Returned)
    assert reply.observed == {}


def test_a_property_is_no_function(models: Worker) -> None:
    failure = raised(ask(models, "Computed", model("Computed")))
    assert failure.message == "Computed.get_params cannot be called: it is of type ArrayImpl"


def test_what_cannot_be_set_is_observed(models: Worker) -> None:
    reply = ask(models, "Fixed", model("Fixed"))
    assert isinstance(reply, Returned)
    assert plain(reply.value) == ("float64", [1.0, 1.0])
    assert {name: plain(value) for name, value in reply.observed.items()} == {
        "weights": [("float64", [[1.0], [1.0]])]
    }


def test_objects_are_arguments_of_functions_too(models: Worker) -> None:
    for jit in (False, True):
        assert result(ask(models, "total", model(), jit=jit)) == ("float64", 7.0)
    assert result(ask(models, "sizes", model())) == ("int64", [2, 1])
    assert result(ask(models, "MLP", model("Given"))) == ("float64", [3.0, 4.0])  # by its alias


def test_every_call_gets_a_fresh_object(models: Worker) -> None:
    first = result(ask(models, "MLP", Instance("MLP", (Key(1), (2, 1)))))
    assert first != result(ask(models, "MLP", Instance("MLP", (Key(2), (2, 1)))))
    assert first == result(ask(models, "MLP", Instance("MLP", (Key(1), (2, 1)))))


@pytest.mark.parametrize(
    ("cls", "type_"), [("Picky", "TypeError"), ("Nobody", "KeyError")], ids=["picky", "unknown"]
)
def test_a_class_that_cannot_be_made_is_the_students_trouble(
    models: Worker, cls: str, type_: str
) -> None:
    assert raised(ask(models, "MLP", model(cls))).type == type_


# --------------------------------------------------------------------------- named arguments

TUNERS = """
import functools
def canonical(a, x, beta=1e-3, num_steps=100): return [beta, num_steps]
def swapped(a, x, n_iters=100, lr=1e-3): return [lr, n_iters]
def keyword_only(a, x, *, LR=0.1, steps=5): return [LR, steps]
def by_type(a, x, how_often=100, how_far=1e-3): return [how_far, how_often]
def by_place(a, x, first, second): return [first, second]
def positional_only(a, x, beta, num_steps, /): return [beta, num_steps]
def positional_others(a, x, first=0.1, second=5, /): return [first, second]
def one_known(a, x, other, num_steps): return [other, num_steps]
def with_more(a, x, verbose=False, beta=0.1, num_steps=5): return [beta, num_steps, verbose]
def rest(a, x, **options): return [options["beta"], options["num_steps"]]
def anything(*args, **kwargs): return canonical(*args, **kwargs)
def stars(*args): return list(args[2:])
def neither(a, x): return x
bound = functools.partial(swapped, lr=0.125)
"""

NAMED = (Named(("beta", "lr"), 0.25), Named(("num_steps", "steps", "n_iters"), 7))


@pytest.fixture(scope="module")
def tuners() -> Iterator[Worker]:
    with running(TUNERS) as worker:
        yield worker


@pytest.mark.parametrize(
    "name",
    ["canonical", "swapped", "keyword_only", "by_type", "by_place", "positional_only",
     "positional_others", "one_known", "rest", "anything", "stars", "bound"],
)  # fmt: skip
def test_named_arguments_find_their_place(tuners: Worker, name: str) -> None:
    assert result(ask(tuners, name, X, X, named=NAMED)) == ("float64", [0.25, 7.0])


def test_arguments_in_between_keep_their_defaults(tuners: Worker) -> None:
    assert result(ask(tuners, "with_more", X, X, named=NAMED)) == ("float64", [0.25, 7.0, 0.0])


def test_arguments_that_are_not_taken_are_told(tuners: Worker) -> None:
    failure = raised(ask(tuners, "neither", X, X, named=NAMED))
    assert failure.message == "neither() got an unexpected keyword argument 'beta'"


def test_parameters_are_described(tuners: Worker) -> None:
    assert tuners.parameters("with_more", LIMITS) == (
        Parameter("a", "positional", False),
        Parameter("x", "positional", False),
        Parameter("verbose", "positional", True),
        Parameter("beta", "positional", True, 0.1),
        Parameter("num_steps", "positional", True, 5),
    )
    kinds = [p.kind for p in tuners.parameters("anything", LIMITS) or ()]
    assert kinds == ["*", "**"]
    assert [p.kind for p in tuners.parameters("keyword_only", LIMITS) or ()][2:] == ["keyword"] * 2


# --------------------------------------------------------------------------- what a call costs

COSTLY = """\
import sys
import jax
import jax.numpy as jnp

def hvp(f, x, v): return jax.jvp(jax.grad(f), (x,), (v,))[1]
def by_hessian(f, x, v): return jax.hessian(f)(x) @ v
def loss(x): return jnp.sum(x ** 3)
def steps(x, beta=0.9, num_steps=10):
    for _ in range(num_steps):
        x = beta * x
    return x, [0.5, 0.25]
def until_small(x): return jax.lax.while_loop(lambda x: x[0] > 1, lambda x: x / 2, x)
def looks(x): return x if x[0] > 1 else -x
def leaves(x): sys.exit("bye")
def prints(x):
    print("hello")
    return x + 1

class Model:
    def __init__(self, key, sizes):
        self.weights = [jax.random.normal(key, sizes)]
        assert isinstance(self.weights[0], jax.core.Tracer), "there was no need to draw them"
    def outputs(self, x): return x @ self.weights[0]
class Closed:
    def __init__(self, *args): raise TypeError("no")
def of_model(model, x): return model.outputs(x)
"""
CUBES = Function(Expression("sum", (Expression("power", (Expression("x"), 3.0)),)))


def cost(
    worker: Worker, name: str, *args: Argument, limits: Limits = LIMITS, **more: Any
) -> float | None:
    return worker.cost(Call(name, args, **more), limits)


@pytest.fixture(scope="module")
def costly() -> Iterator[Worker]:
    targets = {name: name for name in ("of_model", "nowhere")}
    with running(COSTLY, targets=targets | {"outputs": "Model.outputs"}) as worker:
        assert worker.failure is None
        yield worker


def test_a_call_is_counted_as_it_would_be_made(costly: Worker) -> None:
    # cubes, and a sum; three for each product by the rate, whose number is an argument
    assert cost(costly, "loss", X) == 6
    assert cost(costly, "steps", X) == 30
    assert cost(costly, "steps", X, named=(Named(("num_steps",), 4),)) == 12
    assert cost(costly, "steps", X, named=(Named(("num_steps",), 4),), jit=True) == 12
    slope = cost(costly, "loss", X, transform=Transform.GRADIENT)
    assert slope is not None
    assert 6 < slope < 24


def test_nothing_is_drawn_for_a_count(costly: Worker) -> None:
    model = Instance("Model", (Key(0), (3, 4)), {"weights": (np.ones((3, 4)),)})
    assert cost(costly, "of_model", model, X) == 2 * 3 * 4
    assert cost(costly, "outputs", model, X) == 2 * 3 * 4


def test_a_product_by_way_of_the_hessian_shows(costly: Worker) -> None:
    few, many = np.ones(10), np.ones(1000)
    direct, larger = cost(costly, "hvp", CUBES, few, few), cost(costly, "hvp", CUBES, many, many)
    formed = cost(costly, "by_hessian", CUBES, many, many)
    assert direct is not None
    assert larger is not None
    assert larger == pytest.approx(100 * direct, rel=0.01)
    assert formed is not None
    assert formed > 100 * larger


@pytest.mark.parametrize("name", ["looks", "until_small", "leaves", "nowhere"])
def test_what_cannot_be_counted_has_no_cost_and_the_worker_goes_on(
    costly: Worker, name: str
) -> None:
    assert cost(costly, name, X) is None
    assert result(ask(costly, "prints", X)) == ("float64", [2.0, 3.0, 4.0])


def test_arguments_that_cannot_be_made_have_no_cost(costly: Worker) -> None:
    assert cost(costly, "of_model", Instance("Closed", (), {}), X) is None
    assert cost(costly, "of_model", Instance("Nowhere", (), {}), X) is None
    assert cost(costly, "loss") is None
    assert costly.alive


@pytest.mark.parametrize(
    "body",
    ["while True: x = x", "__import__('os')._exit(0)", "everywhere(b'garbage' * 100)"],
    ids=["endless-loop", "exit", "garbage"],
)
def test_a_worker_that_ends_over_a_count_tells_none(body: str) -> None:
    with running(f"{WRITER}\ndef f(x):\n    {body}\n    while True: pass\n") as worker:
        start = time.monotonic()
        assert cost(worker, "f", X, limits=replace(LIMITS, cpu_seconds=1.5)) is None
        assert time.monotonic() - start < 10
        assert not worker.alive


@pytest.mark.parametrize("forged", ["operations=-1", "operations='few'", "raised=5", "fault='?'"])
def test_a_count_that_a_program_makes_up_is_none_if_it_is_no_number(forged: str) -> None:
    with running(f"{WRITER}\ndef f(x): everywhere(frame({forged}))\n") as worker:
        assert cost(worker, "f", X) is None


# --------------------------------------------------------------------------- starting


@pytest.mark.parametrize("when", ["loading", "called"])
def test_flags_that_this_jaxlib_does_not_know_are_left_out(
    monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    known = "--xla_backend_optimization_level=0"
    monkeypatch.setattr(launch, "_flags", [known, "--xla_there_is_no_such_flag=1"])
    loading = "import jax\nx = jax.numpy.ones(3) + 1\ndef f(): return x\n"
    called = "import jax\ndef f(): return jax.numpy.ones(3) + 1\n"
    with running(loading if when == "loading" else called) as worker:
        assert worker.failure is None
        assert result(ask(worker, "f")) == ("float64", [2.0, 2.0, 2.0])
    assert launch._flags == [known]


def test_what_a_program_says_of_flags_decides_nothing() -> None:
    before = list(launch._flags)
    said = "Unknown flags in XLA_FLAGS: " + " ".join(before)
    with running(f"import os\ndef f():\n    os.write(2, b'{said}')\n    os._exit(1)\n") as worker:
        assert ask(worker, "f") == Died(Cause.CRASH, "It ended the Python process (exit code 1).")
    assert launch._flags == before


def test_a_count_survives_a_flag_that_this_jaxlib_does_not_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launch, "_flags", ["--xla_there_is_no_such_flag=1"])
    with running("def f(x): return 2 * x\n") as worker:
        assert cost(worker, "f", X) == 3
    assert launch._flags == []


def test_the_users_own_flags_come_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLA_FLAGS", "--xla_backend_optimization_level=1")
    with running("import os\ndef f(): return os.environ['XLA_FLAGS']\n") as worker:
        _, flags = result(ask(worker, "f"))
        assert flags.strip("'").split()[-1] == "--xla_backend_optimization_level=1"


# --------------------------------------------------------------------------- stand-ins


def test_stand_ins_answer_for_a_replaced_function_and_all_that_was_made_of_it() -> None:
    text = """
        import jax

        def loss(a, x):
            return 0.0

        slope = jax.grad(loss)

        class Model:
            def flat(self):
                return 0.0

        def use(a, x):
            return slope(a, x), loss(a, x), Model().flat()
    """
    body = Expression("mul", (Expression("sum", (Expression("x"),)), Expression("y")))
    flat = np.array([5.0, 6.0])
    targets = {"a.loss": "loss", "a.flat": "Model.flat", "a.use": "use"}
    source = Source("hw.py", textwrap.dedent(text))
    replaced = Program((source,), targets=targets, stand_ins=("a.loss", "a.flat"))
    worker = open_worker(replaced, LIMITS)
    try:
        call = Call(
            "a.use", (X, np.array(2.0)), stand_ins={"a.loss": Function(body), "a.flat": flat}
        )
        reply = worker.call(call, LIMITS)
    finally:
        worker.close()
    assert isinstance(reply, Returned)
    assert isinstance(reply.value, tuple)
    slope, loss, held = [item.data for item in reply.value if isinstance(item, Array)]
    np.testing.assert_array_equal(slope, [2.0, 2.0, 2.0])
    np.testing.assert_array_equal(loss, 12.0)
    np.testing.assert_array_equal(held, flat)
