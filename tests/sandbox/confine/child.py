"""The process that tests confine: started by `run`, it does what its argument says and tells.

It imports all that it needs first, becomes somebody else where it shall, confines itself, and
then does one of `ACTIONS`.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from adcheck.sandbox.confine import Policy, bpf, calls, confine, readable, seccomp, system
from adcheck.sandbox.confine.privileges import forbid_new
from tests.sandbox.confine import computing, harmless, hostile
from tests.sandbox.confine.place import Place

ROOT = Path(__file__).parents[3]
GB = 1024**3
NOBODY = 65534

_START = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.sandbox.confine import child; "
    f"sys.path.remove({str(ROOT)!r}); child.main()"
)


class DiedError(Exception):
    """Raised when the child ended by a signal or an error; its code and what it wrote."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"exit code {code}: {text}")
        self.code = code


def run(action: str, mode: str = "as-it-is", **config: Any) -> Any:
    """Starts a child and returns its answer.

    Args:
        action: one of `ACTIONS`.
        mode: one of `MODES`.
        config: of the action; paths as strings.
    """
    told = json.dumps({"action": action, "mode": mode, "parent": os.getpid(), **config})
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-c", _START, told],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=_environment(),
        timeout=300,
        start_new_session=True,  # what signals its whole group hits nobody else
    )
    if done.returncode:
        raise DiedError(done.returncode, done.stderr[-4000:])
    return json.loads(done.stdout.splitlines()[-1])


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    return {**kept, "JAX_PLATFORMS": "cpu", "OPENBLAS_NUM_THREADS": "1"}


def main() -> None:
    """Runs in the child."""
    config = json.loads(sys.argv[1])
    print(json.dumps(ACTIONS[config["action"]](config)), flush=True)


# --------------------------------------------------------------------------- who it is


def _become_nobody() -> None:
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _refuse_unshare() -> None:
    """What a container's runtime does."""
    numbers = calls.numbers(machine := system.machine())
    refused = {numbers["unshare"]: (bpf.Clause(bpf.refuse(errno.EPERM)),)}
    forbid_new()
    seccomp.install(bpf.compile_filter(machine, refused, bpf.ALLOW))


MODES: dict[str, Callable[[], None]] = {
    "as-it-is": lambda: None,
    "nobody": _become_nobody,
    "no-unshare": _refuse_unshare,
}


# --------------------------------------------------------------------------- what it does


def _confined(config: dict[str, Any]) -> dict[str, str]:
    rules = readable()
    computing.load()
    MODES[config["mode"]]()
    os.chdir(config["private"])
    return confine(Policy(config["private"], rules, 2 * GB, config["parent"]))


def _probe(config: dict[str, Any]) -> dict[str, Any]:
    hostile.load()
    place = Place(Path(config["private"]), Path(config["outside"]), config["parent"])
    layers = _confined(config)
    refused, allowed = hostile.outcomes(place), harmless.outcomes(place)
    return {"layers": layers, "refused": refused, "allowed": allowed}


def _compute(config: dict[str, Any]) -> dict[str, Any]:
    layers = _confined(config)
    return {"layers": layers, "computed": computing.outcomes()}


def _count_threads(config: dict[str, Any]) -> dict[str, Any]:
    return {"layers": _confined(config), "threads": harmless.threads_at_most(700)}


def _report(config: dict[str, Any]) -> dict[str, str]:
    sys.platform = config.get("platform", sys.platform)
    if config.get("thread"):
        threading.Thread(target=signal.pause, daemon=True).start()
    MODES[config["mode"]]()
    return confine(Policy(config["private"], (), None, config["parent"]))


def _one_layer(config: dict[str, Any]) -> Any:
    from tests.sandbox.confine import single

    return getattr(single, config["layer"])(config)


ACTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "probe": _probe,
    "compute": _compute,
    "count threads": _count_threads,
    "report": _report,
    "layer": _one_layer,
}
