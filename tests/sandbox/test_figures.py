"""What is read from the artists of figures that real programs draw, by way of a real worker."""

from __future__ import annotations

import numpy as np
import pytest

from adcheck.figure import Axes, Drawing, drawing_of
from adcheck.model import Call, Limits, Program, Reading, Returned, Rows, Source
from adcheck.sandbox.launch import open_worker

TABLE = Rows({"x": (1.0, 2.0, 4.0), "y": (3.0, 2.0, 5.0), "e": (0.5, 0.25, 1.0)}, "columns")

BARS = np.array([[1, 2.5, 3.5], [2, 1.75, 2.25], [4, 4, 6]])


def drawn(body: str) -> Drawing:
    """What `plot(t)` draws from the table above."""
    text = f"import matplotlib.pyplot as plt\nimport numpy as np\n\ndef plot(t):\n    {body}\n"
    program = Program((Source("hw.py", text),), targets={"a.plot": "plot"})
    worker = open_worker(program, Limits())
    try:
        reply = worker.call(Call("a.plot", (TABLE,), reading=Reading.FIGURE), Limits())
    finally:
        worker.close()
    assert isinstance(reply, Returned), reply
    assert reply.given == {"x": (1.0, 2.0, 4.0), "y": (3.0, 2.0, 5.0), "e": (0.5, 0.25, 1.0)}
    return drawing_of(reply.plain)


def axes_of(drawing: Drawing) -> Axes:
    (figure,) = drawing.figures
    (axes,) = figure.axes
    return axes


def test_error_bars_labels_and_legend_are_read() -> None:
    drawing = drawn(
        "fig, ax = plt.subplots(); ax.errorbar(t['x'], t['y'], yerr=t['e'], label='curve'); "
        "ax.set(xlabel='across', ylabel='up', title='top', yscale='log'); ax.legend(); return fig"
    )
    axes = axes_of(drawing)
    assert (drawing.returned, drawing.type) == (1, "Figure")
    assert (axes.x_label, axes.y_label, axes.title) == ("across", "up", "top")
    assert (axes.x_scale, axes.y_scale, axes.legend) == ("linear", "log", ("curve",))
    (curve,) = axes.curves
    assert curve.label == "curve"
    assert curve.x.tolist() == [1, 2, 4]
    assert curve.y.tolist() == [3, 2, 5]
    assert curve.bars is not None
    assert np.allclose(curve.bars, BARS)


@pytest.mark.parametrize(
    ("body", "ticks"),
    [
        ("plt.plot(range(3), t['y']); plt.xticks(range(3), [1, 2, 4])", [(0, 1), (1, 2), (2, 4)]),
        ("plt.plot([str(int(n)) for n in t['x']], t['y'])", [(0, 1), (1, 2), (2, 4)]),
        ("plt.plot(range(2), [1, 2]); plt.xticks([0, 1], ['n = 1.5', '$8$'])", [(0, 1.5), (1, 8)]),
        ("plt.plot(range(2), [1, 2]); plt.xticks([0, 1], ['few', '1 of 2'])", []),
    ],
    ids=["labels", "categories", "words beside", "no numbers"],
)
def test_ticks_tell_their_numbers(body: str, ticks: list[tuple[float, float]]) -> None:
    assert list(map(tuple, axes_of(drawn(body)).x_ticks.tolist())) == ticks


def test_bands_and_bars_without_a_line_are_bands() -> None:
    axes = axes_of(
        drawn(
            "x, y, e = (np.array(t[k]) for k in 'xye'); plt.plot(x, y); "
            "plt.fill_between(x, y - e, y + e); plt.errorbar(x, y, e, fmt='none')"
        )
    )
    assert len(axes.curves) == 1
    assert len(axes.bands) == 2
    for band in axes.bands:
        assert np.allclose(band, BARS)


@pytest.mark.parametrize(
    "ending",
    ["return plt.gcf()", "return plt.gca()", "return plt.gca(), 7", "plt.show()", "plt.close()",
     "plt.show(); plt.close('all')", "plt.savefig('figure.png')", "pass"],
)  # fmt: skip
def test_a_figure_is_found_whatever_becomes_of_it(ending: str) -> None:
    axes = axes_of(drawn(f"plt.plot(t['x'], t['y']); {ending}"))
    assert len(axes.curves) == 1


def test_dots_hidden_lines_and_bar_charts_are_told_apart() -> None:
    axes = axes_of(
        drawn("plt.scatter(t['x'], t['y']); plt.plot(t['x'], t['y'], visible=False); "
              "plt.bar(t['x'], t['y'])")
    )  # fmt: skip
    assert [curve.dots for curve in axes.curves] == [True]
    assert axes.rectangles == 3


def test_no_figure_is_no_figure() -> None:
    assert drawn("return 'nothing'") == Drawing((), 0, "str")


@pytest.mark.parametrize("plain", [None, 7, {"figures": "x"}, {"figures": ({"axes": (3, {})},)}])
def test_what_is_no_drawing_is_read_as_an_empty_one(plain: object) -> None:
    assert not any(figure.curves for figure in drawing_of(plain).figures)  # type: ignore[arg-type]
