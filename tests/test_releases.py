"""The oldest and the newest supported JAX, each in an environment of its own, grade as this one.

Left out unless asked for by ``-m releases``: it installs JAX anew, for each Python on the path.
Where a release cannot be had, its tests are skipped and say why.
"""

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

ROOT = Path(__file__).parent.parent
SUBMISSIONS = ROOT / "tests" / "submissions"
OLDEST: Final = "0.8.0"
PYTHONS: Final = ("python3.11", "python3.12", "python3.13", "python3.14")

RIGHT: Final = ("plain", "renamed_arguments", "custom_jvp_loss", "timing_pandas_plot")
WRONG: Final = {  # and what each is told to be
    "gd_loss_ascent": "ascent",
    "hessian_only_diagonal": "diagonal-only",
}


def pythons() -> list[str]:
    """Those that are here and work, the one that runs this among them."""
    found = []
    for name in PYTHONS:
        path = shutil.which(name)
        ask = [path or sys.executable, "-c", "import ensurepip, sys; print(sys.version_info[:2])"]
        told = subprocess.run(ask, capture_output=True, text=True, check=False)
        if path is not None and told.returncode == 0:
            found.append(path)
    return found or [sys.executable]


@pytest.fixture(scope="module", params=[f"jax=={OLDEST}", "jax"], ids=["oldest", "newest"])
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=PYTHONS)
def environment(
    request: pytest.FixtureRequest, release: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of programs of an environment that holds adcheck and one JAX."""
    name = next((p for p in pythons() if Path(p).name == request.param), None)
    if name is None:
        pytest.skip(f"there is no {request.param}")
    place = tmp_path_factory.mktemp("release") / "venv"
    subprocess.run([name, "-m", "venv", str(place)], check=True)
    wanted = [release, f"{ROOT}[plot]", "pytest", "hypothesis"]
    pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", *wanted]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        pytest.skip(f"{release} cannot be installed for {request.param}: {last}")
    return place / "bin"


def graded(environment: Path, name: str) -> tuple[int, Any]:
    command = [str(environment / "adcheck"), "check", str(SUBMISSIONS / name), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.releases
@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_earn_every_point(environment: Path, release: str, name: str) -> None:
    code, report = graded(environment, f"right/{name}.py")
    assert (code, report["auto_score"]) == (0, report["auto_max"]), report
    assert release == "jax" or report["versions"]["jax"] == OLDEST


@pytest.mark.releases
@pytest.mark.parametrize("name", WRONG)
def test_wrong_ones_lose_points_and_are_named(environment: Path, name: str) -> None:
    code, report = graded(environment, f"wrong/{name}.py")
    items = [item for one in report["assignments"] for item in one["items"]]
    lost = [item["mistake"] for item in items if item["status"] == "fail"]
    assert (code, lost) == (1, [WRONG[name]])


@pytest.mark.releases
def test_what_is_interpreted_is_what_is_compiled(environment: Path) -> None:
    command = [str(environment / "python"), "-m", "pytest", "-q", "tests/sandbox/evaluation"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_oldest_release_is_the_one_that_is_required() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (required,) = [line for line in project["dependencies"] if line.startswith("jax")]
    assert OLDEST.startswith(required.removeprefix("jax>="))
