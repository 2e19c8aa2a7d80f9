"""Right submissions over many seeds: none may ever lose a point.

    python tests/benchmarks/seeds.py --seeds 1000 --jobs 2

Each submission of `STYLES` is graded in real workers, once for each seed. Says on stderr how far it
is; prints a line per submission, with the seeds on which points were lost, and exits with 1 if
there are any.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from adcheck.assignment import available
from adcheck.model import Argument, Case, Context, Function, Item, Outcome, Task
from adcheck.running import Runner

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


def share_lost(names: Sequence[str], seeds: Sequence[int]) -> dict[str, dict[int, list[str]]]:
    """What every submission loses: together, so that a seed's inputs are drawn once."""
    _keep_all_draws()
    found = {name: lost(name, seeds) for name in names}
    _keep_all_draws()  # those of other seeds
    return found


def _keep_all_draws() -> None:
    """Has an assignment keep whatever it draws from now on, and forget what it has.

    A course has one seed and few draws, and that is what is kept for it.
    """
    for assignment in available():
        assignment.load_tasks()
    for name, module in list(sys.modules.items()):
        if name.startswith("adcheck_assignment_") and name.endswith(".cases"):
            for kept, function in list(vars(module).items()):
                if hasattr(function, "cache_clear"):
                    setattr(module, kept, functools.cache(function.__wrapped__))


def lost(name: str, seeds: Sequence[int]) -> dict[int, list[str]]:
    """The items on which a right submission loses points, for each seed on which it does.

    The seeds share a worker. The first is graded as any is; of the others, cases that differ in
    their numbers alone are traced once for all seeds. Where that does not do, or a result is not
    right, a seed's case is graded as any is, too.
    """
    from adcheck.bench import Bench
    from adcheck.model import Graded, Limits
    from adcheck.running import Runner
    from adcheck.survey import question, reader

    assignments = available()
    survey = reader.read(RIGHT / name, [question(assignment) for assignment in assignments])
    found: dict[int, list[str]] = {}
    for assignment in assignments:
        findings, tasks = survey.findings[assignment.slug], assignment.load_tasks()
        bench = Bench(Limits())
        earlier: dict[int, dict[str, tuple[Outcome, ...]]] = {seed: {} for seed in seeds}
        for item in assignment.items:
            targets = findings.programs.together.targets
            if item.graded is Graded.MANUAL or item.apart or item.id not in targets:
                continue  # what is timed or drawn has no numbers that a seed changes
            runner = Runner(bench, findings.programs, item)
            course = _Course(item, tasks[item.id], runner, findings.literals[item.id], earlier)
            for seed in course.failing(seeds):
                found.setdefault(seed, []).append(item.id)
        bench.clear()
    return found


class _Course:
    """One item, graded for many seeds."""

    def __init__(
        self,
        item: Item,
        task: Task,
        runner: Runner,
        literals: Sequence[float],
        earlier: dict[int, dict[str, tuple[Outcome, ...]]],
    ) -> None:
        self._item, self._task, self._runner = item, task, runner
        self._literals, self._earlier = tuple(literals), earlier
        self._parameters = runner.parameters()

    def failing(self, seeds: Sequence[int]) -> list[int]:
        """The seeds for which points are lost."""
        left = {seed: list(self._cases(seed)) for seed in seeds}
        failing = set()
        for place in range(len(left[seeds[0]])):
            cases = {seed: cases[place] for seed, cases in left.items()}
            failing |= {seed for seed, ok in self._passed(cases) if not ok}
        return sorted(failing)

    def _passed(self, cases: Mapping[int, Case]) -> Iterator[tuple[int, bool]]:
        """Whether each seed's case passes: the first is graded as any is, and so are those that
        cannot be made together or do not pass so."""
        first, *others = cases
        yield first, self._passes(first, cases[first])
        together = self._together({seed: cases[seed] for seed in others})
        for seed in others:
            if seed in together:
                self._note(seed, together[seed])
                yield seed, True
            else:
                yield seed, self._passes(seed, cases[seed])

    def _cases(self, seed: int) -> Sequence[Case]:
        context = Context(self._item, seed, self._parameters, self._literals, self._earlier[seed])
        return [_of_seed(case, seed) for case in self._task.cases(context)]

    def _passes(self, seed: int, case: Case) -> bool:
        outcomes = list(self._runner.run([case]))
        for outcome in outcomes:
            self._note(seed, outcome)
        return all(outcome.ok for outcome in outcomes)

    def _note(self, seed: int, outcome: Outcome) -> None:
        known = self._earlier[seed].get(self._item.id, ())
        self._earlier[seed][self._item.id] = (*known, outcome)

    def _together(self, cases: Mapping[int, Case]) -> dict[int, Outcome]:
        """What passes where all seeds' calls are made together."""
        calls = [call for case in cases.values() for call in case.calls]
        if not all(call.jit for call in calls) or any(c.more is not None for c in cases.values()):
            return {}
        replies = iter(self._runner.together(calls) or ())
        found = {}
        for seed, case in cases.items():
            own = tuple(itertools.islice(replies, len(case.calls)))
            if len(own) == len(case.calls) and (comparison := case.judge(own)).ok:
                found[seed] = Outcome(case, own, comparison)
        return found


def _of_seed(case: Case, seed: int) -> Case:
    """The case with functions that no other seed's cases have: workers tell them by identity."""

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
    from adcheck.batch.running import local_executor

    found: dict[str, dict[int, list[str]]] = {name: {} for name in options.names}
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as place, local_executor(Path(place))(options.jobs) as pool:
        for done, share in enumerate(pool.map(partial(share_lost, options.names), shares), 1):
            for name, failing in share.items():
                found[name] |= failing
            _progress(done, len(shares), sum(map(len, found.values())), time.monotonic() - start)
    for name, failing in found.items():
        print(
            f"{name:28} {len(seeds)} seeds, {len(failing)} with lost points",
            *(f"  seed {seed}: {', '.join(items)}" for seed, items in failing.items()),
            sep="\n",
        )
    return 1 if any(found.values()) else 0


def _progress(done: int, shares: int, lost: int, seconds: float) -> None:
    told = f"{done} of {shares} shares, {lost} with lost points, {seconds:.0f} s"
    print(told, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
