"""A whole course through `adcheck batch`: how fast, how much memory, and whether a kill costs any.

    python tests/benchmarks/course.py --students 200
    python tests/benchmarks/course.py --students 24 --kills 10
    python tests/benchmarks/course.py --students 200 --sample 200 --kills 10 \\
        --layout moodle canvas gradescope classroom

Makes a download of so many submissions, each of its own content, and grades it in a process of its
own, watched from outside: prints how many were graded in an hour, and the most memory that the
run, its processes and the workers held, over time; so for each layout. A sample is graded one by
one as well, and has to have the same points. With ``--kills``, the course is graded once more in a
folder of its own, killed so often at moments drawn at random, by SIGKILL, SIGINT and SIGTERM, and
gone on with; then its grade book has to be that of the run that nobody disturbed, byte for byte,
and no process may be left. Exits with 1 if anything is not as it should be.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from adcheck.sandbox.isolation import Choice
    from tests.batch.students import Pupil

ROOT = Path(__file__).parents[2]
MEGABYTE = 1 << 20
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)


@dataclass
class Watched:
    """A run of `adcheck batch`, and what was seen of it.

    Attributes:
        seconds: that it took.
        code: its exit code; negative: the signal that ended it.
        samples: seconds since its start, megabytes of the run itself, of all processes that it
            started, and how many these are.
        left: commands of processes that outlived it.
    """

    seconds: float = 0.0
    code: int = 0
    samples: list[tuple[float, float, float, int]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def watched(command: Sequence[str], kill_after: float | None, number: int) -> Watched:
    """Runs a command, and sends it a signal after so many seconds if it still runs."""
    seen, start = Watched(), time.monotonic()
    family: dict[int, psutil.Process] = {}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile() as lines:
        run = psutil.Popen(command, stderr=lines, env=environment, start_new_session=True)
        while run.poll() is None:
            elapsed = time.monotonic() - start
            seen.samples.append((elapsed, *_memory(run, family)))
            if kill_after is not None and elapsed > kill_after:
                run.send_signal(number)
                kill_after = None
            time.sleep(0.1)
        seen.seconds, seen.code = time.monotonic() - start, run.returncode
        lines.seek(0)
        if seen.code not in (0, 130) and seen.code >= 0:
            print(lines.read().decode("utf-8", "replace"), file=sys.stderr)
    seen.left = _left(list(family.values()), time.monotonic() + 15)
    return seen


def _left(family: Sequence[psutil.Process], until: float) -> list[str]:
    """The commands of processes that are still there at a moment, or before it none."""
    left: list[str] = []
    while family:
        alive, left = [], []
        for process in family:
            with contextlib.suppress(psutil.Error, OSError):  # gone, or going as one looks
                if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                    left.append(" ".join(process.cmdline()))
                    alive.append(process)
        if time.monotonic() > until:
            break
        family = alive
        time.sleep(0.1)
    return left


def _memory(run: psutil.Popen, family: dict[int, psutil.Process]) -> tuple[float, float, int]:
    """Megabytes of a process, of all that it started, and how many these are."""
    own, theirs, count = 0.0, 0.0, 0
    try:
        own = run.memory_info().rss / MEGABYTE
        children = run.children(recursive=True)
    except psutil.Error:
        return own, theirs, count
    for process in children:
        try:
            theirs += process.memory_info().rss / MEGABYTE
            family[process.pid] = process
            count += 1
        except psutil.Error:
            continue
    return own, theirs, count


def told(seen: Watched, parts: int = 8) -> Iterator[str]:
    """The most memory in each part of the run."""
    yield f"{'until':>8} {'run':>8} {'children':>9} {'processes':>10}"
    for part in range(parts):
        end = seen.seconds * (part + 1) / parts
        start = seen.seconds * part / parts
        inside = [s for s in seen.samples if start <= s[0] < end]
        if inside:
            most = [max(sample[column] for sample in inside) for column in (1, 2, 3)]
            yield f"{end:6.0f} s {most[0]:5.0f} MB {most[1]:6.0f} MB {most[2]:10.0f}"


def points(out: Path) -> dict[str, float]:
    """By name, from the grade book."""
    text = (out / "gradebook.csv").read_text("utf-8-sig")
    return {short(row["name"]): float(row["score"]) for row in csv.DictReader(io.StringIO(text))}


def short(name: str) -> str:
    """A name as every layout keeps it: Canvas drops spaces and capitals."""
    return "".join(name.lower().split())


def one_by_one(options: argparse.Namespace, folder: Path) -> dict[str, float]:
    """Points of some of the class, each graded alone."""
    from adcheck.batch.running import local_executor
    from tests.batch.students import crowd

    pupils = [pupil for pupil in crowd(options.students) if pupil.graded]
    chosen = random.Random(options.seed).sample(pupils, min(options.sample, len(pupils)))
    folder.mkdir()
    with local_executor(folder)(options.jobs) as pool:
        scores = pool.map(partial(alone, isolation=options.isolation), chosen)
        return {short(pupil.name): score for pupil, score in zip(chosen, scores, strict=True)}


def alone(pupil: Pupil, isolation: Choice) -> float:
    """What `adcheck check` says of one student's file."""
    from adcheck.grading import grade
    from tests.batch.students import TIMEOUT

    with tempfile.TemporaryDirectory() as folder:
        for name, data in pupil.files.items():
            Path(folder, name).write_bytes(data)
        path = Path(folder, pupil.graded)
        return grade(path, assignments=["hvp"], timeout=TIMEOUT, isolation=isolation).score


def disturbed(options: argparse.Namespace, command: list[str], seconds: float) -> list[str]:
    """Grades the course with kills in between; what is not as it should be."""
    draws, wrong = random.Random(options.seed), []
    for number in range(options.kills):
        which = draws.choice(SIGNALS)
        after = draws.uniform(0.3, seconds * 1.5 / options.kills + 1.0)
        seen = watched(command, after, which)
        print(f"kill {number + 1}: {which.name} after {after:.1f} s, ended with {seen.code}")
        if seen.left:
            wrong.append(f"left behind by {which.name}: {seen.left}")
    last = watched(command, None, 0)
    print(f"the last run took {last.seconds:.0f} s")
    if last.code != 0 or last.left:
        wrong.append(f"the last run ended with {last.code} and left {last.left}")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes the course, grades it, and prints what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--layout", nargs="+", default=["moodle"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--kills", type=int, default=0, help="of a second run, at random moments")
    parser.add_argument("--sample", type=int, default=6, help="submissions graded one by one")
    parser.add_argument("--seed", type=int, default=0, help="of the moments and the sample")
    parser.add_argument("--isolation", default="strict")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        wrong = _measured(options, Path(folder))
    print("\n".join(wrong) or "everything is as it should be")
    return 1 if wrong else 0


def _measured(options: argparse.Namespace, folder: Path) -> list[str]:
    known = one_by_one(options, folder / "alone")
    wrong: list[str] = []
    for layout in options.layout:
        print(f"{layout}:", flush=True)
        wrong += [f"{layout}: {told}" for told in _layout(options, layout, folder / layout, known)]
    return wrong


def _layout(
    options: argparse.Namespace, layout: str, folder: Path, known: Mapping[str, float]
) -> list[str]:
    """Grades the class as one LMS hands it over; what is not as it should be."""
    from tests.batch.courses import download
    from tests.batch.students import TIMEOUT, crowd

    folder.mkdir()
    pupils = {pupil.name: pupil.files for pupil in crowd(options.students)}
    (folder / "course.zip").write_bytes(download(layout, pupils))
    command = [sys.executable, "-m", "adcheck", "batch", str(folder / "course.zip"), "-a", "hvp"]
    command += ["--timeout", str(TIMEOUT), "--jobs", str(options.jobs)]
    command += ["--isolation", options.isolation, "-o"]
    seen = watched([*command, str(folder / "calm")], None, 0)
    rate = 3600 * options.students / seen.seconds
    print(f"{options.students} submissions in {seen.seconds:.0f} s: {rate:.0f} an hour")
    print("\n".join(told(seen)))
    wrong = [f"the run ended with {seen.code}"] if seen.code != 0 else []
    wrong += [f"left behind: {process}" for process in seen.left]
    found = points(folder / "calm")
    different = [name for name, score in known.items() if found[name] != score]
    wrong += [f"{n} has {found[n]:g} points, one by one {known[n]:g}" for n in different]
    print(f"{len(known) - len(different)} of {len(known)} have the same points one by one")
    if options.kills and layout == options.layout[0]:
        wrong += disturbed(options, [*command, str(folder / "killed")], seen.seconds)
        books = [(folder / name / "gradebook.csv").read_bytes() for name in ("calm", "killed")]
        same = books[0] == books[1]
        print(f"the grade books are {'the same, byte for byte' if same else 'different'}")
        wrong += [] if same else ["the grade book of the killed run is another one"]
    return wrong


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
