"""Right submissions over many seeds: none may ever lose a point.

    python tests/benchmarks/seeds.py --seeds 1000 --jobs 2

Each submission of `STYLES` is graded from its file, with real workers, once for each seed. Prints a
line per submission, with the seeds on which points were lost, and exits with 1 if there are any.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
RIGHT = ROOT / "tests" / "submissions" / "right"

STYLES = (
    "plain.py",
    "float32_everywhere.py",
    "numpy_around_jax.py",
    "everything_jitted.py",
    "x64_switched_on.py",
    "custom_jvp_loss.py",
    "python_lists.py",
)
"""One file for each style that numerics may treat differently."""


def lost(name: str, seed: int) -> list[str]:
    """The items on which a right submission loses points."""
    from adcheck.grading import grade

    report = grade(RIGHT / name, seed=seed)
    return [i.item.id for i in report.items if i.status.graded and i.points < i.item.points]


def main(arguments: Sequence[str] | None = None) -> int:
    """Grades every style on every seed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("names", nargs="*", default=list(STYLES))
    options = parser.parse_args(arguments)
    seeds = range(options.first, options.first + options.seeds)
    failures = 0
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        for name in options.names:
            start = time.monotonic()
            results = pool.map(lost, [name] * len(seeds), seeds)
            found = {seed: items for seed, items in zip(seeds, results, strict=True) if items}
            failures += len(found)
            seconds = time.monotonic() - start
            print(
                f"{name:28} {len(seeds)} seeds, {len(found)} with lost points, {seconds:.0f} s",
                *(f"  seed {seed}: {', '.join(items)}" for seed, items in found.items()),
                sep="\n",
                flush=True,
            )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
