"""How the assignment `step_size` is graded: for each item its cases, mistakes and right answers."""

from __future__ import annotations

from collections.abc import Mapping

from adcheck.model import Task

from . import cases, mistakes, reductions, right, tuning

LOSS = "step_size.gd_loss"


def tasks() -> Mapping[str, Task]:
    """How each automatically graded item is graded, by item id."""
    return {
        LOSS: Task(
            cases.gd_loss_cases,
            mistakes.GD_LOSS,
            right=right.GD_LOSS,
            near_misses=right.ALMOST_GD_LOSS,
            reducer=reductions.GD_LOSS,
        ),
        "step_size.tune": Task(
            tuning.cases,
            mistakes.TUNE,
            follows=(LOSS,),
            right=right.TUNE,
            near_misses=right.ALMOST_TUNE,
            signatures=tuning.SIGNATURES,
            reducer=reductions.TUNE,
        ),
        "step_size.optimality": Task(
            cases.optimality_cases,
            mistakes.OPTIMALITY,
            follows=(LOSS,),
            right=right.OPTIMALITY,
            near_misses=right.ALMOST_OPTIMALITY,
            reducer=reductions.OPTIMALITY,
        ),
    }
