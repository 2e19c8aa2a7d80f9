"""Where the time of a report went, item by item and stage by stage, as plain text."""

from __future__ import annotations

from collections.abc import Mapping

from adcheck.model import Report

__all__ = ["render_timings"]

_OTHER = "other"
"""What no stage counts: messages between processes, and waiting for a busy machine."""


def render_timings(report: Report) -> str:
    """A table with a line for each item that was run, and seconds in each stage.

    Tracing, compiling and running are told by the submission's own process. Assignments are graded
    side by side, so that the lines may add up to more than the report took.

    Args:
        report: of a run that has just been made.

    Returns:
        Lines that end with a newline each; a single one where nothing was run.
    """
    ran = {result.item.id: _stages(result.timings, result.seconds) for result in report.items
           if result.timings}  # fmt: skip
    if not ran:
        return "Nothing was run.\n"
    stages = [*next(iter(ran.values()))]
    width = max(map(len, ran))
    rows = {**ran, "all": {stage: sum(row[stage] for row in ran.values()) for stage in stages}}
    head = f"{'seconds':{width}}" + "".join(f"{stage:>9}" for stage in [*stages, "together"])
    lines = [head]
    for name, row in rows.items():
        numbers = [*row.values(), sum(row.values())]
        lines.append(f"{name:{width}}" + "".join(f"{number:9.2f}" for number in numbers))
    lines.append(f"From start to report: {report.seconds:.2f} seconds.")
    limits = [result.item.limits for result in report.items if result.timings]
    most = sum(each.item_cpu_seconds + each.cpu_seconds for each in limits)
    lines.append(f"Time limits end the calls of these items after {most:g} processor seconds.")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _stages(timings: Mapping[str, float], seconds: float) -> dict[str, float]:
    known = {stage: max(spent, 0.0) for stage, spent in timings.items()}
    return {**known, _OTHER: max(seconds - sum(known.values()), 0.0)}
