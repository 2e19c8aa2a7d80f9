import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.cells import cell_len

from adcheck.model import ItemValidation, Tally, Validation
from adcheck.report.validation import render_validation
from tests.reports import HESSIAN
from tests.validations import RIGHT, SAMPLES, hostile, sound, unsound

WIDTHS = [40, 60, 79, 80, 100, 120]


@pytest.mark.parametrize("name", SAMPLES)
def test_whole_output(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"validation/{name}.txt", render_validation(SAMPLES[name]()))


@pytest.mark.parametrize("name", ["sound", "unsound"])
def test_whole_output_with_every_row(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"validation/{name}-verbose.txt", render_validation(SAMPLES[name](), verbose=True))


def test_whole_output_on_a_narrow_screen(golden: Callable[[str, str], None]) -> None:
    golden("validation/unsound-60.txt", render_validation(unsound(), width=60))


def test_whole_output_in_colour(golden: Callable[[str, str], None]) -> None:
    golden("validation/unsound-colour.txt", render_validation(unsound(), color=True))


def test_whole_output_in_ascii(golden: Callable[[str, str], None]) -> None:
    text = render_validation(unsound(), verbose=True, unicode=False)
    assert text.isascii()
    golden("validation/unsound-ascii.txt", text)


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SAMPLES)
def test_no_line_is_wider_than_the_screen(name: str, width: int, verbose: bool) -> None:
    text = render_validation(SAMPLES[name](), verbose=verbose, width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert not re.search(r" $", text, re.MULTILINE)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("width", WIDTHS)
def test_colour_changes_nothing_but_colour(width: int) -> None:
    coloured = render_validation(unsound(), width=width, color=True)
    lines = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()]
    assert lines == render_validation(unsound(), width=width).splitlines()


@pytest.mark.parametrize("verbose", [False, True])
def test_hostile_text_is_shown_and_not_obeyed(verbose: bool) -> None:
    text = render_validation(hostile(), verbose=verbose)
    assert "\x1b" not in text
    assert text.replace("\n", "").isprintable()
    assert len(text) < 80_000


def test_many_problems_are_counted() -> None:
    assert "… and 70 more; --verbose shows all." in render_validation(hostile())
    assert "more; --verbose" not in render_validation(hostile(), verbose=True)


def one_item(mistakes: tuple[Tally, ...]) -> Validation:
    return replace(sound(), items=(ItemValidation(HESSIAN, RIGHT, mistakes, ()),))


def test_the_closest_in_single_precision_is_one_that_is_seen() -> None:
    seen = Tally("seen", runs=1, named=1, margin=500.0, single=70.0)
    hidden = Tally("hidden", runs=1, named=1, margin=200.0, single=0.9)
    text = render_validation(one_item((seen, hidden)))
    assert re.search(r"200 hidden +70 ", text)
    assert "1 hidden" in text
    assert "too small to see in float32: hidden (hvp.hessian)." in text
    assert "too small" not in render_validation(one_item((seen,)))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (0.0, "0"),
        (0.0625, "0.062"),
        (1.8e-6, "1.8e-6"),
        (99.4, "99"),
        (8460.0, "8460"),
        (84512.0, "8.5e4"),
        (float("inf"), "–"),
    ],
)
def test_errors_are_short(error: float, told: str) -> None:
    text = render_validation(one_item((Tally("m", runs=1, named=1, margin=error),)), verbose=True)
    assert re.search(rf"mistake +m +0/1 +1/1 +{re.escape(told)} +–\n", text)
