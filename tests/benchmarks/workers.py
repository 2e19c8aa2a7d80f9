"""Workers one after the other, confined and not: what confinement costs, and whether any is left.

    python tests/benchmarks/workers.py --count 500

Opens each worker in every way of `WAYS` in turn, so that all of them meet the same busy machine,
and has it load a program and compute one compiled value. Prints the median time of each step and
its ratio to the unconfined one, and exits with 1 if a value was wrong or if processes, descriptors
or folders are left.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from unittest import mock

import numpy as np
import psutil

ROOT = Path(__file__).parent.parent.parent
PROGRAM = """
import jax
import jax.numpy as jnp

def f(x):
    return jnp.sum(jnp.tanh(x) ** 3)
"""
WAYS = ("unconfined", "confined", "own")
"""``own``: confined too, in an interpreter of its own instead of a forked one; once in ten times,
since it takes so much longer."""

STEPS = ("opened", "computed", "closed")


def way(name: str) -> AbstractContextManager[object]:
    """Where workers come from while this context lasts."""
    from adcheck.sandbox import start
    from adcheck.sandbox.server import UnavailableError

    if name != "own":
        return nullcontext()
    error = UnavailableError("this is measured")
    return mock.patch.object(start, "_forked", side_effect=error)


def measured(name: str) -> dict[str, float]:
    """Seconds for each step of one worker's life, up to that step."""
    from adcheck.model import Array, Call, Limits, Program, Returned, Source
    from adcheck.sandbox.launch import open_worker

    program = Program((Source("hw.py", PROGRAM),), targets={"f": "f"})
    argument = np.array([0.25, 0.5, 1.0])
    start = time.perf_counter()
    with way(name):
        free = name == "unconfined"
        worker = open_worker(program, Limits(), isolation="none" if free else "auto")
    opened = time.perf_counter() - start
    reply = worker.call(Call("f", (argument,), jit=True), Limits())
    computed = time.perf_counter() - start
    worker.close()
    closed = time.perf_counter() - start
    assert isinstance(reply, Returned), reply
    assert isinstance(reply.value, Array), reply
    np.testing.assert_allclose(reply.value.data, np.sum(np.tanh(argument) ** 3), rtol=1e-14)
    return {"opened": opened, "computed": computed, "closed": closed}


def held() -> tuple[int, int, int]:
    """Processes, descriptors and folders of this process now."""
    this = psutil.Process()
    folders = len(os.listdir(tempfile.gettempdir()))
    return len(this.children(recursive=True)), this.num_fds(), folders


@contextlib.contextmanager
def folder_of_its_own() -> Iterator[None]:
    """Other programs' temporary files must not be counted."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(tempfile, "tempdir", folder):
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    """Opens the workers, prints the medians, and counts what is left."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=500, help="workers in each way")
    options = parser.parse_args(arguments)
    times: dict[str, list[dict[str, float]]] = {name: [] for name in WAYS}
    with folder_of_its_own():
        measured("unconfined")  # starts the fork server
        before = held()
        for number in range(options.count):
            for name in WAYS:
                if name != "own" or number % 10 == 0:
                    times[name].append(measured(name))
        after = held()
    print(f"{'':12}" + "".join(f"{step:>12}{'':>10}" for step in STEPS))
    for name in WAYS:
        row = f"{name:12}"
        for step in STEPS:
            median, base = (
                statistics.median(one[step] for one in times[n]) for n in (name, "unconfined")
            )
            row += f"{median * 1000:9.1f} ms{median / base:8.2f} x"
        print(row, f"  ({len(times[name])} workers)")
    print("left: {} processes, {} descriptors, {} folders".format(*np.subtract(after, before)))
    return 0 if after == before else 1


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
