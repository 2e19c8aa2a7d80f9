"""How fast grading is, beside what a student or a course would run instead; ratios in one run.

    python tests/benchmarks/speed.py --runs 5 --students 20 -o speed.json

Each command is a process of its own, and all of them take turns, so that they meet the same
machine. Prints a Markdown table of medians and of their ratios to the first row, and writes the
numbers with ``-o``. A ratio is what counts: seconds belong to the machine.
"""

from __future__ import annotations

import argparse
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
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SUBMISSIONS = ROOT / "tests" / "submissions"
RIGHT = SUBMISSIONS / "right" / "renamed_arguments.py"
WRONG = SUBMISSIONS / "wrong" / "hessian_params_ignored.ipynb"
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
    return {
        "bare script, eager": [python, str(folder / "eager.py")],
        "bare script, whole calls jitted": [python, str(folder / "jitted.py")],
        "pytest, six checks": [python, "-m", "pytest", "-q", str(folder / "test_hw.py")],
        "adcheck check, right": [*check, str(RIGHT)],
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


def batch(folder: Path, students: int, jobs: int) -> float:
    """Submissions a minute of a batch of right ones, each written in a way of its own."""
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
    return 60 * students / seconds([*command, "--jobs", str(jobs)])


def table(rows: Mapping[str, Sequence[float]], throughput: Mapping[str, float]) -> str:
    """The results as Markdown."""
    medians = {name: statistics.median(times) for name, times in rows.items()}
    first = next(iter(medians.values()))
    lines = ["| | median | beside the first |", "|---|---|---|"]
    lines += [f"| {n} | {m:.2f} s | {m / first:.2f} |" for n, m in medians.items()]
    lines += [f"| {name} | {value:.0f} a minute | |" for name, value in throughput.items()]
    return "\n".join(lines) + "\n"


def machine() -> dict[str, str]:
    """What the numbers belong to."""
    return {
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in ("jax", "numpy")},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Times everything in turns, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--students", type=int, nargs="*", default=[20])
    parser.add_argument("--jobs", type=int, nargs="*", default=[1, 2])
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        timed = commands(Path(place))
        rows: dict[str, list[float]] = {name: [] for name in timed}
        for _ in range(options.runs):
            for name, command in timed.items():
                rows[name].append(seconds(command))
        throughput = {
            f"adcheck batch, {students} right submissions, {jobs} at once": batch(
                Path(place), students, jobs
            )
            for students in options.students
            for jobs in options.jobs
        }
    print(table(rows, throughput))
    print(", ".join(machine().values()))
    if options.output is not None:
        found = {"machine": machine(), "seconds": rows, "a minute": throughput}
        options.output.write_text(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
