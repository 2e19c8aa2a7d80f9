"""`adcheck.sandbox.confine.confine`: all layers together, in real processes.

As whoever runs the tests, as an ordinary user (which takes root to try), and where the machine
refuses namespaces.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adcheck.sandbox.confine import LAYERS
from adcheck.sandbox.limits import TASKS
from tests.sandbox.confine import computing, harmless, hostile
from tests.sandbox.confine.child import MODES, NOBODY, run
from tests.sandbox.confine.conftest import needs_root

pytestmark = pytest.mark.slow

SECRET = "the answer"


@pytest.fixture(scope="module", params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    if request.param == "nobody":
        needs_root()
    return str(request.param)


@pytest.fixture(scope="module")
def private(mode: str) -> Iterator[Path]:
    """A worker's own folder."""
    folder = Path(tempfile.mkdtemp(prefix="adcheck-test-"))
    if mode == "nobody":
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def probed(mode: str, private: Path, open_folder: Path) -> dict[str, Any]:
    """What became of every probe, all in one worker."""
    secret = open_folder / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o666)
    told = run("probe", mode, private=str(private), outside=str(open_folder))
    assert isinstance(told, dict)
    assert secret.read_text() == SECRET
    assert os.listdir(open_folder) == ["secret"]
    return told


@pytest.fixture(scope="module")
def computed(mode: str, private: Path) -> dict[str, Any]:
    told = run("compute", mode, private=str(private))
    assert isinstance(told, dict)
    return told


def test_every_layer_is_told_in_order(probed: dict[str, Any]) -> None:
    assert list(probed["layers"]) == list(LAYERS)
    for state in probed["layers"].values():
        assert state == "on" or state.startswith(("on (", "off: "))


@pytest.mark.usefixtures("landlocked")
def test_layers_are_on(mode: str, probed: dict[str, Any]) -> None:
    off = {name: state for name, state in probed["layers"].items() if state.startswith("off")}
    namespaces = off.pop("namespaces", "on")
    if mode == "no-unshare":
        assert namespaces == "off: the kernel refuses them (Operation not permitted)"
    assert off == {}


@pytest.mark.usefixtures("landlocked")
@pytest.mark.parametrize("name", hostile.PROBES)
def test_is_refused(probed: dict[str, Any], name: str) -> None:
    assert probed["refused"][name] == "refused"


@pytest.mark.usefixtures("landlocked")
@pytest.mark.parametrize("name", harmless.PROBES)
def test_works(mode: str, probed: dict[str, Any], name: str) -> None:
    if (
        mode == "nobody"
        and name in harmless.NEEDS_LIBRARIES
        and not _everybody_may_read(os.__file__)
    ):
        pytest.skip("an ordinary user may not read this Python's libraries")
    assert probed["allowed"][name] == "done"


@pytest.mark.usefixtures("landlocked")
@pytest.mark.parametrize("name", computing.NAMES)
def test_jax_computes(mode: str, computed: dict[str, Any], name: str) -> None:
    told = computed["computed"][name]
    if (
        mode == "nobody"
        and told.startswith("ModuleNotFound")
        and not _everybody_may_read(os.__file__)
    ):
        pytest.skip(f"an ordinary user may not read this Python's libraries: {told}")
    assert told == "right"


@pytest.mark.usefixtures("linux")
def test_an_ordinary_user_starts_no_more_threads_than_its_share(mode: str, private: Path) -> None:
    if mode != "nobody" and os.getuid() == 0:
        pytest.skip("the kernel does not count what root runs")
    told = run("count threads", mode, private=str(private))
    if told["layers"]["namespaces"] != "on (user, network, ipc)":
        pytest.skip("without a user namespace, everything that the user runs would be counted")
    assert told["threads"] == TASKS - 1


def _everybody_may_read(path: str) -> bool:
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in Path(path).parents)


# --------------------------------------------------------------------------- reports


def test_elsewhere_every_layer_is_off(tmp_path: Path) -> None:
    told = run("report", platform="darwin", private=str(tmp_path))
    del told["rlimits"]  # other systems have some
    reasons = set(told.values())
    assert reasons == {"off: this system is darwin, not linux"}


@pytest.mark.usefixtures("landlocked")
def test_layers_that_would_bind_one_thread_of_several_are_off(tmp_path: Path) -> None:
    told = run("report", thread=True, private=str(tmp_path))
    several = "off: 2 threads run, and it would bind only one"
    assert {name for name, state in told.items() if state == several} == {
        "namespaces",
        "capabilities",
        "no_new_privs",
        "landlock",
    }
