"""Running a batch on a Dask cluster: what is sent there, and the executor that it offers."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

from adcheck.assignment import is_shipped
from adcheck.batch.jobs import Job
from adcheck.errors import UsageError

__all__ = ["executor_at", "packed"]

RETRIES = 3
"""Of a job whose worker was lost, before that counts as a fault."""

CONNECT_SECONDS = 20


def executor_at(address: str) -> Callable[[int], Executor]:
    """What makes executors of a cluster.

    Args:
        address: of its scheduler.

    Raises:
        UsageError: Dask is not installed, or nobody answers there.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "--dask needs the package distributed: install adcheck with its extra dask."
        ) from error
    connect: Any = Client
    try:
        client = connect(address, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}.") from error
    return lambda width: client.get_executor(retries=RETRIES, pure=False)


def packed(job: Job) -> Job:
    """The job with everything that it needs on a machine where its files are not."""
    files = _files(Path(job.folder))
    folders = [name for name in job.settings.assignments if os.path.isdir(name)]
    given = {Path(name).name: _files(Path(name)) for name in folders if not is_shipped(name)}
    return replace(job, files=files, assignment_files=given)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
