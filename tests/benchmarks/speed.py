"""How fast grading is, beside what a student or a course would run instead; ratios in one run.

    python tests/benchmarks/speed.py --runs 5 --batches 20x1 20x2 100x2 500x2 -o speed.json

Each command is a process of its own, and all of them take turns, so that they meet the same
machine. Prints a Markdown table of medians and of their ratios to the first row, then how many
right submissions a batch grades in a minute and in how much memory, then where the time of one
submission goes; and writes the numbers with ``-o``. A ratio is what counts: seconds belong to the
machine.

*Cold* is the first run in a folder, *warm* one that finds what earlier runs left behind: for the
bare script JAX's persistent compilation cache, for adcheck nothing, since it compiles next to
nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parent.parent.parent
SUBMISSIONS = ROOT / "tests" / "submissions"
RIGHT = SUBMISSIONS / "right" / "renamed_arguments.py"
WRONG = SUBMISSIONS / "wrong" / "hessian_params_ignored.ipynb"
EXPERIMENT = SUBMISSIONS / "right" / "plain.py"
NOTEBOOK = SUBMISSIONS / "right" / "colab_full_experiment.ipynb"

CALLS = """
import jax, jax.numpy as jnp
import hw
jax.config.update("jax_enable_x64", True)
for number, sizes in enumerate([[2, 2, 1], [2, 3, 1], [3, 2, 2, 1]]):
    model = hw.MLP(jax.random.PRNGKey(number), sizes)
    params = call(lambda: model.get_params())
    v = jnp.ones_like(params)
    x = jnp.ones(sizes[0])
    hessian = call(lambda p: hw.calculate_hessian(model, p), params)
    call(hw.naive_hvp, hessian, v)
    call(lambda x, v: hw.hvp(lambda y: jnp.sum(jnp.sin(y) ** 2), x, v), params, v)
    alphas, x0 = jnp.linspace(0.05, 0.5, 10), jnp.arange(1.0, 4.0 + number)
    call(hw.gd_loss, alphas, x0)
    print(plainly(hw.tune_step_sizes, alphas, x0))
"""
"""Each function once for three sizes: the least that says anything about a submission."""

EAGER = "def call(f, *a): return f(*a)\nplainly = call\n" + CALLS
JITTED = (
    "import jax\ndef call(f, *a): return jax.jit(f)(*a)\ndef plainly(f, *a): return f(*a)\n" + CALLS
)

PYTEST = """
import jax, jax.numpy as jnp, numpy as np, pytest
import hw
jax.config.update("jax_enable_x64", True)
SIZES = [[2, 2, 1], [2, 3, 1], [3, 2, 2, 1]]

def flat(model): return jnp.concatenate([w.ravel() for w in model.weights])
def network(p, sizes, x):
    at = 0
    for a, b in zip(sizes[:-1], sizes[1:]):
        w = p[at:at + a * b].reshape(b, a); at += a * b
        x = jax.nn.gelu(w @ x) if b != sizes[-1] else w @ x
    return jnp.sum(x)

@pytest.mark.parametrize("sizes", SIZES)
def test_get_params(sizes):
    model = hw.MLP(jax.random.PRNGKey(0), sizes)
    assert np.size(model.get_params()) == sum(a * b for a, b in zip(sizes[:-1], sizes[1:]))

@pytest.mark.parametrize("sizes", SIZES)
def test_hessian(sizes):
    model = hw.MLP(jax.random.PRNGKey(0), sizes)
    p = model.get_params()
    hessian = hw.calculate_hessian(model, p)
    np.testing.assert_allclose(hessian, np.asarray(hessian).T, atol=1e-9)

@pytest.mark.parametrize("n", [2, 4, 6])
def test_naive_hvp(n):
    h = np.eye(n) + np.ones((n, n)); v = np.arange(1.0, n + 1)
    np.testing.assert_allclose(hw.naive_hvp(jnp.asarray(h), jnp.asarray(v)), h @ v)

@pytest.mark.parametrize("n", [2, 4, 6])
def test_hvp(n):
    f = lambda y: jnp.sum(jnp.sin(y) ** 2); x = jnp.linspace(0.1, 1, n); v = jnp.ones(n)
    np.testing.assert_allclose(hw.hvp(f, x, v), jax.hessian(f)(x) @ v, rtol=1e-6)

@pytest.mark.parametrize("n", [3, 4, 5])
def test_gd_loss(n):
    a, x0 = np.linspace(0.05, 0.5, 10), np.arange(1.0, n + 1)
    np.testing.assert_allclose(hw.gd_loss(jnp.asarray(a), jnp.asarray(x0)), 0.5 * np.sum(
        (x0 * np.prod(1 - a)) ** 2), rtol=1e-6)

@pytest.mark.parametrize("n", [3, 4, 5])
def test_tune(n):
    a, x0 = jnp.linspace(0.05, 0.5, 10), jnp.arange(1.0, n + 1)
    assert hw.gd_loss(hw.tune_step_sizes(a, x0), x0) < hw.gd_loss(a, x0)
"""
"""Six checks with three cases each, as a course writes them with what everybody has."""


def commands(folder: Path) -> Mapping[str, list[str]]:
    """What is timed, by the name of its row; the files that it needs are written."""
    shutil.copy(RIGHT, folder / "hw.py")
    for name, text in {"eager.py": EAGER, "jitted.py": JITTED, "test_hw.py": PYTEST}.items():
        (folder / name).write_text(text)
    (folder / "broken.py").write_text("def hvp(f, x, v:\n    return x\n")
    python, check = sys.executable, [sys.executable, "-m", "adcheck", "check"]
    cached = ["env", f"JAX_COMPILATION_CACHE_DIR={folder / 'cache'}",
              "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS=0", python]  # fmt: skip
    return {
        "bare script, eager": [python, str(folder / "eager.py")],
        "bare script, whole calls jitted, cold": [python, str(folder / "jitted.py")],
        "bare script, whole calls jitted, warm": [*cached, str(folder / "jitted.py")],
        "pytest, six checks": [python, "-m", "pytest", "-q", str(folder / "test_hw.py")],
        "adcheck check, right": [*check, str(RIGHT)],
        "adcheck check, right, experiment and figure too": [*check, str(EXPERIMENT)],
        "adcheck check, wrong notebook": [*check, str(WRONG)],
        "adcheck check, right notebook": [*check, str(NOTEBOOK)],
        "adcheck check, syntax error": [*check, str(folder / "broken.py"), "--format", "json"],
        "adcheck --help": [python, "-m", "adcheck", "--help"],
    }


def seconds(command: Sequence[str]) -> float:
    """Elapsed seconds of a command in a process of its own."""
    before = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False
    )
    expected = (0, 1) if "adcheck" in command else (0,)
    if done.returncode not in expected:
        raise SystemExit(f"{' '.join(command)}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.monotonic() - before


@dataclass(frozen=True)
class Course:
    """What a batch came to.

    Attributes:
        a_minute: submissions graded.
        parent_bytes: of memory that the command itself held at most.
        worker_bytes: that any process held at most in which a program ran.
    """

    a_minute: float
    parent_bytes: int
    worker_bytes: int


def batch(folder: Path, students: int, jobs: int) -> Course:
    """A batch of right submissions, each written in a way of its own, strictly confined."""
    styles = sorted((SUBMISSIONS / "right").glob("*.py"))
    handed_in = folder / f"handed_in_{students}_{jobs}"
    handed_in.mkdir()
    for number in range(students):
        style = styles[number % len(styles)]
        text = style.read_text("utf-8") + f"\n# student {number}\n"
        (handed_in / f"student{number:04d}.py").write_text(text, "utf-8")
    out = str(folder / f"out_{students}_{jobs}")
    assignments = ["-a", "hvp", "-a", "step_size"]
    command = [sys.executable, "-m", "adcheck", "batch", str(handed_in), "-o", out, *assignments]
    before = time.monotonic()
    with subprocess.Popen(
        [*command, "--jobs", str(jobs), "--isolation", "strict"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        parent = worker = 0
        while process.poll() is None:
            held, largest = memory(process.pid)
            parent, worker = max(parent, held), max(worker, largest)
            time.sleep(0.2)
    return Course(60 * students / (time.monotonic() - before), parent, worker)


def memory(pid: int) -> tuple[int, int]:
    """Bytes that a process holds, and the largest of the workers below it."""
    held, workers = 0, [0]
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        held = process.memory_info().rss
        for child in process.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if "forkserver" in " ".join(child.cmdline()):
                    workers.append(child.memory_info().rss)
    return held, max(workers)


def stages() -> list[str]:
    """The lines of ``check --timings`` for a submission that has everything right."""
    command = [sys.executable, "-m", "adcheck", "check", str(EXPERIMENT), "--timings"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stderr.splitlines()


def table(rows: Mapping[str, Sequence[float]], courses: Mapping[str, Course]) -> str:
    """The results as Markdown."""
    medians = {name: statistics.median(times) for name, times in rows.items()}
    first = next(iter(medians.values()))
    lines = ["| | median | beside the first |", "|---|---|---|"]
    lines += [f"| {n} | {m:.2f} s | {m / first:.2f} |" for n, m in medians.items()]
    if courses:
        lines += ["", "| | a minute | parent | largest worker |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {course.a_minute:.0f} | {course.parent_bytes / 1e6:.0f} MB "
        f"| {course.worker_bytes / 1e6:.0f} MB |"
        for name, course in courses.items()
    ]
    return "\n".join(lines) + "\n"


def shown(found: Mapping[str, Any]) -> str:
    """What is printed of numbers that were written with ``-o``: tables, stages, machine."""
    courses = {name: Course(**told) for name, told in found["batches"].items()}
    stages = "\n".join(["```text", *found["stages"], "```"])
    system, *versions = found["machine"].items()
    where = ", ".join([system[1], *(f"{name} {version}" for name, version in versions)])
    return f"{table(found['seconds'], courses)}\n{stages}\n\n{where}\n"


def machine() -> dict[str, str]:
    """What the numbers belong to."""
    return {
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in ("jax", "numpy")},
    }


def _batch(text: str) -> tuple[int, int]:
    students, _, jobs = text.partition("x")
    return int(students), int(jobs)


def main(arguments: Sequence[str] | None = None) -> int:
    """Times everything in turns, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--batches",
        type=_batch,
        nargs="*",
        default=[(20, 1), (20, 2)],
        metavar="STUDENTSxJOBS",
        help="20x2: of 20 submissions, two at once",
    )
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        timed = commands(Path(place))
        rows: dict[str, list[float]] = {name: [] for name in timed}
        for _ in range(options.runs):
            for name, command in timed.items():
                rows[name].append(seconds(command))
        courses = {
            f"adcheck batch, {students} right submissions, {jobs} at once": batch(
                Path(place), students, jobs
            )
            for students, jobs in options.batches
        }
    found = {
        "machine": machine(),
        "seconds": rows,
        "batches": {name: asdict(course) for name, course in courses.items()},
        "stages": stages(),
    }
    print(shown(found), end="")
    if options.output is not None:
        options.output.write_text(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
