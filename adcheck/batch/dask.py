"""Running a batch on a Dask cluster: what is sent there, and the executor that it offers."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

from adcheck.assignment import is_shipped
from adcheck.batch.jobs import Job, known_versions
from adcheck.errors import UsageError

__all__ = ["executors_at", "packed"]

CONNECT_SECONDS = 20
_CLOSE_SECONDS = 5


@contextlib.contextmanager
def executors_at(address: str, tell: Callable[[str], None]) -> Iterator[Callable[[int], Executor]]:
    """What makes executors of a cluster, for as long as the block runs.

    A job whose worker is lost is run by another one, as often as the scheduler's setting
    ``allowed-failures`` says, and is a fault then.

    Args:
        address: of its scheduler.
        tell: is told what a person may have to do.

    Raises:
        UsageError: Dask is not installed, nobody answers there, or the cluster's adcheck, JAX or
            NumPy is another one than here, so that results would not be these.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "--dask needs the package distributed: install adcheck with its extra dask."
        ) from error
    connect: Any = Client
    _silence()
    try:
        client = connect(address, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}.") from error
    try:
        _check_versions(client, address)
        if not client.scheduler_info().get("workers"):
            tell(f"the scheduler at {address} has no workers yet: they may come later")
        yield lambda width: client.get_executor(pure=False)
    finally:
        with contextlib.suppress(Exception):  # the scheduler may be gone
            client.close(timeout=_CLOSE_SECONDS)


def _silence() -> None:
    """What matters of a cluster is told by us, and its own loggers each have a level."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _check_versions(client: Any, address: str) -> None:
    try:
        found: dict[str, tuple[str, ...]] = client.run(known_versions)
    except Exception as error:  # whatever keeps a worker from importing adcheck
        kind = type(error).__name__
        raise UsageError(
            f"the workers of {address} cannot grade ({kind}: {error}): install the same adcheck "
            "there as here."
        ) from error
    here = known_versions()
    for worker, there in sorted(found.items()):
        if tuple(there) != here:
            raise UsageError(
                f"the worker {worker} has {_listed(there)}, and here is {_listed(here)}: results "
                "would differ, so install the same there."
            )


def _listed(versions: Sequence[str]) -> str:
    names = ("adcheck", "JAX", "NumPy")
    return ", ".join(f"{name} {version}" for name, version in zip(names, versions, strict=False))


def packed(job: Job) -> Job:
    """The job with everything that it needs on a machine where its files are not."""
    folders = [name for name in job.settings.assignments if not is_shipped(name)]
    given = {name: _files(Path(name)) for name in folders}
    return replace(job, files=_files(Path(job.folder)), assignment_files=given)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
