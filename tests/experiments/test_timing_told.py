import re
from collections.abc import Callable, Sequence

import pytest

from adcheck.experiments.store import Row
from adcheck.experiments.timing_told import KIND, fitted
from adcheck.report.terminal import draw

SETTINGS: Row = {
    "source": "reference",
    "machine": "here",
    "precision": "double",
    "weights": "normal",
    "seed": 0,
    "runs": 10,
}
NS = (1, 50, 100, 200, 400, 800)


def rows(
    laws: dict[str, Callable[[float], float]],
    changes: Row | None = None,
    ns: Sequence[int] = NS,
) -> list[Row]:
    return [
        dict(SETTINGS)
        | {"variant": "scan", "method": method, "n": n, "parameters": 4 * n + 2}
        | {"mean": 1.1 * law(n), "std": 0.1 * law(n), "least": law(n), "first": 1.0}
        | {"largest": 1e-3, "error": 1e-15}
        | dict(changes or {})
        for n in ns
        for method, law in laws.items()
    ]


LAWS: dict[str, Callable[[float], float]] = {
    "full": lambda n: 1e-5 + 1e-6 * n**2,
    "naive": lambda n: 1e-5 + 1e-9 * n**2,
    "hvp": lambda n: 1e-5 + 1e-6 * n,
}


def told(found: list[Row]) -> str:
    return draw(KIND.told(found), width=200, color=False)


def test_exponents_of_known_laws() -> None:
    found = fitted(rows(LAWS), "scan", "full")
    assert found is not None
    assert found.exponent == pytest.approx(2, abs=0.01)
    assert found.sizes == (50.0, 800.0)
    over_p = fitted(rows(LAWS), "scan", "full", "parameters")
    assert over_p is not None
    assert over_p.exponent == pytest.approx(2, abs=0.02)


def test_sizes_near_the_fixed_cost_are_left_out() -> None:
    naive = fitted(rows(LAWS), "scan", "naive")
    assert naive is not None
    assert naive.sizes == (200.0, 800.0)  # too few are far above the floor: the upper half
    slow = fitted(rows({"hvp": lambda n: 1e-5 + 1.1e-6 * n}), "scan", "hvp")
    assert slow is not None
    assert slow.sizes == (100.0, 800.0)


def test_the_table_sets_theory_beside_what_was_measured() -> None:
    text = told(rows(LAWS))
    assert "n^2 p^2" in text
    assert "reference, 10 runs, normal weights, double precision, here" in text
    assert "2.00 [" in text
    assert "N(0, 1) weights shrink everything" in text


def test_what_does_not_agree_is_told() -> None:
    text = told(rows({"hvp": lambda n: 1e-6 * n**2 * (1.01 if n == 100 else 1)}))
    assert re.search(
        r"Not within its interval: hvp scan \(2.00 \[1.9., 2.0.\] instead of n\^1\)", text
    )
    assert "Not within" not in told(rows({"hvp": lambda n: 1e-6 * n * (1.1 if n == 100 else 1)}))
    eager = rows({"hvp": lambda n: 1e-6 * n**1.5}, {"variant": "eager"})
    assert "n^1–2" in told(eager)  # slices may or may not be seen
    assert "Not within" not in told(eager)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"largest": 0.0}, "From n = 1 on the product is all zeros"),
        ({"largest": float("nan")}, "has overflowed"),
        ({"error": 1e-3}, "The product differs from the reference's: full scan from n = 1 on"),
    ],
)
def test_notes(changes: dict[str, float], sentence: str) -> None:
    assert sentence in told(rows(LAWS, changes))


def test_few_rows_are_no_trouble() -> None:
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    for some in ([], rows(LAWS, ns=(1,)), rows(LAWS, ns=(1, 50)), rows(LAWS, ns=(50, 60))):
        assert told(some)
        KIND.draw(Figure(), some)


def test_the_picture_has_three_curves_with_error_bars() -> None:
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    figure = Figure()
    KIND.draw(figure, rows(LAWS))
    (axes,) = figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert len(axes.containers) == 3
    legend = axes.get_legend()
    assert legend is not None
    labels = [text.get_text() for text in legend.get_texts()]
    assert [label.rpartition(" ")[2] for label in labels] == ["n^2", "n^2", "n^1"]
    assert "seconds" in axes.get_ylabel()
