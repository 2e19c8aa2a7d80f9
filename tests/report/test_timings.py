"""`adcheck check --timings`: where the time went, as it prints."""

from __future__ import annotations

from dataclasses import replace

from adcheck.bench import STAGES
from adcheck.report.timings import render_timings
from tests import reports

EXPECTED = """\
seconds         prepare    start   import    trace  compile      run  compare    other together
hvp.get_params     0.10     0.20     0.30     0.40     0.50     0.60     0.70     0.20     3.00
hvp.hessian        0.10     0.20     0.30     0.40     0.50     0.60     0.70     0.00     2.80
all                0.20     0.40     0.60     0.80     1.00     1.20     1.40     0.20     5.80
From start to report: 4.00 seconds.
Time limits end the calls of these items after 440 processor seconds.
"""


def test_each_item_that_was_run_has_a_line_and_each_stage_a_column() -> None:
    report = reports.right()
    timings = {stage: place / 10 for place, stage in enumerate(STAGES, 1)}
    (first, *others) = report.assignments
    items = [
        replace(item, timings=timings, seconds=seconds)
        for item, seconds in zip(first.items[:2], (3.0, 2.5), strict=True)
    ]
    assignments = (replace(first, items=(*items, *first.items[2:])), *others)

    text = render_timings(replace(report, assignments=assignments, seconds=4.0))

    assert text == EXPECTED


def test_where_nothing_was_run_there_is_nothing_to_say() -> None:
    assert render_timings(replace(reports.right(), assignments=())) == "Nothing was run.\n"
