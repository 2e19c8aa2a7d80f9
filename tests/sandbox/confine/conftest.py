"""What the tests of confinement share: folders, and what a machine must have for them."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adcheck.sandbox.confine import landlock, system


@pytest.fixture
def linux() -> None:
    try:
        system.machine()
    except system.LayerError as error:
        pytest.skip(f"confinement cannot be tried here: {error}")


@pytest.fixture
def landlocked(linux: None) -> int:
    """The kernel's version of Landlock."""
    try:
        return landlock.abi()
    except system.LayerError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter and write, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="adcheck-test-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server() -> Iterator[int]:
    """The port of a server on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def needs_root() -> None:
    if sys.platform == "win32" or os.getuid() != 0:
        pytest.skip("only root can become somebody else")
