"""An examination as it is printed."""

from __future__ import annotations

from collections.abc import Callable

from adcheck.report.doctor import render_doctor

FACTS = {"Python": "3.11.7", "cores": "2"}


def test_a_machine_that_confines(golden: Callable[[str, str], None]) -> None:
    layers = {"landlock": "on (ABI 7)", "seccomp": "on (393 instructions)"}
    golden("doctor/strict.txt", render_doctor(FACTS, layers, "strict", (), "", width=80))


def test_a_machine_that_does_not_says_what_to_do(golden: Callable[[str, str], None]) -> None:
    layers = {"landlock": "off: Function not implemented"}
    text = render_doctor(FACTS, layers, "weak", ("Take Linux.",), "", unicode=False)
    golden("doctor/weak.txt", text)
    assert text.isascii()


def test_what_a_worker_said_is_shown_escaped() -> None:
    text = render_doctor(FACTS, {}, "none", (), "it said \x1b[31m[bold]")
    assert "Nothing can be graded here: it said \\x1b[31m[bold]" in text
