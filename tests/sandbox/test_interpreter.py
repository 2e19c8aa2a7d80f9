"""What interpreters of ours are given: few variables, and how they are started."""

from __future__ import annotations

import os
import site

import pytest

from adcheck.sandbox.interpreter import command, environment


def test_few_variables_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    passed_on = environment("/folder")
    assert "hunter2" not in passed_on.values()
    assert "PYTHONPATH" not in passed_on
    assert passed_on["TZ"] == "Europe/Berlin"
    assert passed_on["PATH"] == os.environ["PATH"]
    assert {passed_on[name] for name in ("HOME", "TMPDIR", "MPLCONFIGDIR")} == {"/folder"}
    assert passed_on["OPENBLAS_NUM_THREADS"] == passed_on["OMP_NUM_THREADS"] == "1"


def test_the_users_own_flags_come_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLA_FLAGS", "--theirs=1")
    assert environment("/folder", ("--ours=1", "--ours=2"))["XLA_FLAGS"] == (
        "--ours=1 --ours=2 --theirs=1"
    )


@pytest.mark.parametrize("enabled", [True, False, None])
def test_packages_installed_for_one_user_are_found(
    monkeypatch: pytest.MonkeyPatch, enabled: bool | None
) -> None:
    monkeypatch.setattr(site, "ENABLE_USER_SITE", enabled)
    monkeypatch.setattr(site, "getuserbase", lambda: "/home/ada/.local")
    base = environment("/folder").get("PYTHONUSERBASE")
    assert base == ("/home/ada/.local" if enabled else None)


def test_a_process_is_started_without_the_current_folder() -> None:
    words = command("entry", "the argument")
    assert words[1:3] == ["-P", "-c"]
    assert words[-1] == "the argument"
