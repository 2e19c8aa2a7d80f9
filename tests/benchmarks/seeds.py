"""Right submissions over many seeds: none may ever lose a point.

    python tests/benchmarks/seeds.py --seeds 1000 --jobs 2

Each submission of `STYLES` is graded in real workers, once for each seed. Prints a line per
submission, with the seeds on which points were lost, and exits with 1 if there are any.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adcheck.model import Argument, Case

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

SHARE = 50
"""Seeds that are graded by one worker."""


def lost(name: str, seeds: Sequence[int]) -> dict[int, list[str]]:
    """The items on which a right submission loses points, for each seed on which it does.

    The seeds share a worker, and with it what it has compiled: only the numbers differ.
    """
    from adcheck.assignment import available
    from adcheck.model import Context, Graded, Limits, Outcome
    from adcheck.running import Bench, Runner
    from adcheck.survey import question, reader

    assignments = available()
    survey = reader.read(RIGHT / name, [question(assignment) for assignment in assignments])
    found: dict[int, list[str]] = {}
    for assignment in assignments:
        findings, tasks = survey.findings[assignment.slug], assignment.load_tasks()
        bench = Bench(Limits())
        runners = {
            item.id: Runner(bench, findings.programs, item)
            for item in assignment.items
            if item.graded is not Graded.MANUAL and item.id in findings.programs.together.targets
        }
        parameters = {id_: runner.parameters() for id_, runner in runners.items()}
        for seed in seeds:
            earlier: dict[str, tuple[Outcome, ...]] = {}
            for item in assignment.items:
                if item.id not in runners:
                    continue
                literals = findings.literals[item.id]
                context = Context(item, seed, parameters[item.id], literals, earlier)
                cases = [_of_seed(case, seed) for case in tasks[item.id].cases(context)]
                outcomes = tuple(runners[item.id].run(cases))
                earlier[item.id] = outcomes
                if not all(outcome.ok for outcome in outcomes):
                    found.setdefault(seed, []).append(item.id)
        bench.clear()
    return found


def _of_seed(case: Case, seed: int) -> Case:
    """The case with functions that no other seed's cases have: workers tell them by identity."""
    from adcheck.model import Function

    def own(argument: Argument) -> Argument:
        if isinstance(argument, Function):
            return replace(argument, identity=f"{seed} {argument.identity}")
        return argument

    calls = [replace(call, args=tuple(map(own, call.args))) for call in case.calls]
    return replace(case, calls=tuple(calls))


def main(arguments: Sequence[str] | None = None) -> int:
    """Grades every style on every seed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("names", nargs="*", default=list(STYLES))
    options = parser.parse_args(arguments)
    seeds = range(options.first, options.first + options.seeds)
    shares = [seeds[start : start + SHARE] for start in range(0, len(seeds), SHARE)]
    failures = 0
    from adcheck.batch.running import local_executor

    with tempfile.TemporaryDirectory() as place, local_executor(Path(place))(options.jobs) as pool:
        for name in options.names:
            start = time.monotonic()
            results = pool.map(lost, [name] * len(shares), shares)
            found = {seed: items for share in results for seed, items in share.items()}
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
