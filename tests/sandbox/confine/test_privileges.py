"""`adcheck.sandbox.confine.privileges` and `.namespaces`, each alone in a child."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from adcheck.sandbox.confine.namespaces import NOBODY
from tests.sandbox.confine.child import DiedError, run

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("linux")]


def test_no_capability_is_left() -> None:
    told = run("layer", layer="no_capabilities")
    kept = {name for name, value in told.items() if name.startswith("Cap") and int(value, 16)}
    # an ordinary user cannot shrink the bounding set, which grants nothing by itself
    assert kept <= ({"CapBnd"} if os.getuid() else set())
    assert told["NoNewPrivs"] == "1"


@pytest.mark.parametrize("whole", [False, True], ids=["alone", "with-all-layers"])
def test_it_ends_with_its_parent(tmp_path: Path, whole: bool) -> None:
    pid = run("layer", layer="orphan", whole=whole, private=str(tmp_path))["pid"]
    deadline = time.monotonic() + 10
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _runs(pid)


def test_it_ends_where_its_parent_has_ended_before() -> None:
    with pytest.raises(DiedError) as died:
        run("layer", layer="late_orphan")
    assert died.value.code == -signal.SIGKILL


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@pytest.mark.parametrize("dumpable", [0, 1])
def test_namespaces_of_its_own(server: int, dumpable: int) -> None:
    try:
        told = run("layer", layer="own_namespaces", port=server, dumpable=dumpable)
    except DiedError as died:
        if "LayerError" in str(died):
            pytest.skip(f"this machine refuses namespaces: {str(died).splitlines()[-1]}")
        raise
    reached = told.pop("server")
    assert "gave" not in reached
    if told["on"] != "user, network, ipc":
        pytest.skip(f"this machine grants only {told['on']}")
    assert told == {
        "on": "user, network, ipc",
        "new": [True, True, True],
        "interfaces": ["lo"],
        "user": [NOBODY, NOBODY],
        "dumpable": dumpable,
    }
