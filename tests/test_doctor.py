"""What a machine offers is found out by trying it."""

from __future__ import annotations

import sys

import pytest

from adcheck import doctor
from adcheck.errors import GraderError
from adcheck.sandbox.isolation import level


@pytest.mark.slow
def test_a_machine_that_grades_is_examined_by_grading() -> None:
    found = doctor.examine()
    assert found.failure == ""
    assert found.level == level(found.layers)
    assert found.exit_code == (0 if found.level == "strict" else 1)
    assert {"adcheck", "Python", "JAX", "cores", "first worker"} <= set(found.facts)
    assert found.facts["JAX"].count(".") == 2
    off = [name for name, state in found.layers.items() if state.startswith("off")]
    assert bool(found.advice) == bool(off)


def test_a_machine_on_which_nothing_starts_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*args: object, **keywords: object) -> None:
        raise GraderError("adcheck could not start a worker process: no room")

    monkeypatch.setattr(doctor, "open_worker", refuse)
    found = doctor.examine()
    assert (found.failure, found.exit_code) == (
        "adcheck could not start a worker process: no room",
        70,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there are no layers to speak of")
@pytest.mark.parametrize("name", ["landlock", "seccomp", "rlimits", "namespaces", "fork server"])
def test_for_each_layer_that_is_off_there_is_something_to_do(name: str) -> None:
    [advice] = doctor._advice({"landlock": "on", name: "off: refused"})
    assert advice == doctor._ADVICE[name]


def test_elsewhere_than_on_linux_it_says_where_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    [advice] = doctor._advice({"rlimits": "on", "confinement": "off: this system is darwin"})
    assert "WSL 2" in advice
