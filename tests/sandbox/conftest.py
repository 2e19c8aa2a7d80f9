"""What tests of the sandbox share: the fork server under other circumstances."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from adcheck.sandbox import interpreter, isolation, reading, start
from tests.sandbox.workers import running

NO_LANDLOCK = """\
from adcheck.sandbox.confine import landlock, system
def abi(): raise system.LayerError("this kernel has no Landlock (Function not implemented)")
landlock.abi = abi
"""


@pytest.fixture(autouse=True)
def alone() -> None:
    """Ends the process that reads submissions: these tests count this process's children."""
    reading.stop()


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Runs Python in every new process of the sandbox, before it becomes what it is.

    In it, ``{module}`` is what that will be: ``forkserver`` or ``entry``.
    """

    def change(code: str) -> None:
        start.stop()
        changed = interpreter._START.replace("{module}.main()", f"pass\n{code}\n{{module}}.main()")
        monkeypatch.setattr(interpreter, "_START", changed)

    yield change
    start.stop()


@pytest.fixture(scope="session")
def strict() -> None:
    """Skips where workers cannot be confined strictly."""
    with running("x = 1\n") as worker:
        if isolation.level(worker.layers) != "strict":
            pytest.skip(f"no strict isolation here: {worker.layers}")
