"""``adcheck experiment``: the lecture's experiments, measured here, with their pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from adcheck.commands.measuring import FOLDER, carry_out, measure, opened, redraw
from adcheck.commands.parsing import seconds as as_seconds
from adcheck.commands.parsing import seed as as_seed

if TYPE_CHECKING:
    from adcheck.experiments.deep import Weights
    from adcheck.experiments.timing import Precision, Variant

__all__ = ["experiment"]


@click.group()
def experiment() -> None:
    """Make an experiment of the lecture again.

    Each writes into a folder what it measured (CSV) and a picture of it (PNG, SVG), and prints what
    there is to see. The CSV is written row by row: the same command goes on where it stopped, and
    draws the picture anew where nothing is left to measure. Pictures need matplotlib, which
    adcheck[plot] installs.

    \b
    Examples:
      adcheck experiment timing --quick
      adcheck experiment timing hw.ipynb --budget 300 -o my_timings
      adcheck experiment spectrum
      adcheck experiment timing --from experiments/timing.csv
    """


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """What every kind takes."""
    for option in (
        click.option(
            "--from",
            "csv",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="CSV",
            help="Measure nothing: draw and tell what is in CSV.",
        ),
        click.option(
            "-o",
            "--output",
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            help=f"Write the files into DIR. Default: {FOLDER}, or the folder of --from CSV.",
        ),
        click.option(
            "--seed",
            type=as_seed,
            default="0",
            show_default=True,
            metavar="N|random",
            help="Draw everything random from this seed.",
        ),
        click.option(
            "--quick/--full",
            default=False,
            help="Measure at few places, to try it out, or at all that the lecture has. "
            "Default: --full.",
        ),
    ):
        command = option(command)
    return command


def _whole_numbers(ctx: click.Context, param: click.Parameter, text: str | None) -> Any:
    """``50,100,200``, or ``50:1000:15`` for so many from the first to the second."""
    if text is None:
        return None
    try:
        if ":" in text:
            low, high, count = (int(part) for part in text.split(":"))
            steps = max(count - 1, 1)
            numbers = [low + (high - low) * i // steps for i in range(count)]
        else:
            numbers = [int(part) for part in text.replace(",", " ").split()]
    except ValueError:
        numbers = []
    if not numbers or not all(1 < n <= 100_000 for n in numbers) or len(numbers) > 1000:
        raise click.BadParameter(
            f"{text!r} is neither a list of whole numbers from 2 on, such as 50,100,200, nor "
            "first:last:count, such as 50:1000:15."
        )
    return tuple(sorted(set(numbers)))


@experiment.command()
@click.argument("submission", required=False, type=click.Path(path_type=Path))
@click.option(
    "--ns",
    callback=_whole_numbers,
    metavar="N,N,…|FIRST:LAST:COUNT",
    help="Numbers of hidden layers. Default: 50:1000:15, the statement's; with --quick, six up to "
    "320.",
)
@click.option(
    "--runs",
    type=click.IntRange(min=1, max=10_000),
    metavar="N",
    help="Time everything N times after the first call. Default: 10, or 3 with --quick.",
)
@click.option(
    "--variant",
    "variants",
    multiple=True,
    type=click.Choice(["scan", "jit", "eager"]),
    help="scan: a loop over stacked layers, compiled (the reference alone); jit: layers written "
    "one after the other, compiled; eager: not compiled as a whole, as most homework is. May be "
    "repeated. Default: scan, or eager for a SUBMISSION.",
)
@click.option(
    "--weights",
    type=click.Choice(["normal", "scaled"]),
    default="normal",
    show_default=True,
    help="normal: N(0, 1), as the statement has it; scaled: such that nothing shrinks to zero.",
)
@click.option(
    "--precision",
    type=click.Choice(["double", "single"]),
    default="double",
    show_default=True,
    help="Of all numbers. adcheck grades in double precision; JAX alone takes single.",
)
@click.option(
    "--budget",
    type=as_seconds,
    default="900",
    show_default=True,
    metavar="S",
    help="Begin nothing that would probably end more than S seconds after the start.",
)
@_options
def timing(
    submission: Path | None,
    ns: tuple[int, ...] | None,
    runs: int | None,
    variants: tuple[Variant, ...],
    weights: Weights,
    precision: Precision,
    budget: float,
    csv: Path | None,
    output: Path | None,
    seed: int,
    quick: bool,
) -> None:
    """Time three ways to multiply a Hessian by a vector.

    The homework's experiment, with our reference or with the functions of SUBMISSION: the full
    Hessian and then the product, the product alone with a Hessian that is there, and the product
    without a Hessian, for networks of more and more hidden layers. Every time ends when the result
    is there (block_until_ready), and the first call, which compiles, is kept apart. SUBMISSION
    runs confined, as for `adcheck check`; the clock runs beside its functions.

    The exponents of the three curves are fitted and set beside those of theory.

    \b
    Examples:
      adcheck experiment timing
      adcheck experiment timing --ns 50,100,200 --runs 5 --variant scan --variant jit
      adcheck experiment timing hw.ipynb --quick
      adcheck experiment timing --weights scaled -o scaled
    """
    from adcheck.experiments.timing_told import KIND

    if csv is not None:
        redraw(KIND, csv, output)
        return
    if submission is not None and "scan" in variants:
        raise click.UsageError("--variant scan is the reference's: time SUBMISSION jit or eager.")
    from adcheck.experiments import timing as timings
    from adcheck.experiments.engine import Plan

    chosen = variants or (("scan",) if submission is None else ("eager",))
    depths = ns or (timings.QUICK if quick else timings.FULL)
    with opened(submission, precision) as submitted:
        asked = timings.Timing(runs or (3 if quick else 10), weights, precision, seed, submitted)
        points = timings.points(depths, chosen)
        plan = Plan(KIND, asked.settings, points, asked.measure, asked.spent)
        carry_out(plan, output, budget)


@experiment.command()
@_options
def jacobian(csv: Path | None, output: Path | None, seed: int, quick: bool) -> None:
    """Time forward against reverse mode.

    The Jacobian of a function of 100 inputs, over its number of outputs.
    """
    from adcheck.experiments import jacobian as kind

    outputs = kind.QUICK if quick else kind.FULL
    measure(kind.KIND, csv, output, lambda: kind.plan(outputs, 3 if quick else 10, seed))


@experiment.command()
@_options
def hutchinson(csv: Path | None, output: Path | None, seed: int, quick: bool) -> None:
    """Estimate the trace of a Hessian from products.

    The error over the number of probes, beside the standard deviation that theory gives.
    """
    from adcheck.experiments import hutchinson as kind

    probes = kind.QUICK if quick else kind.FULL
    measure(kind.KIND, csv, output, lambda: kind.plan(probes, seed))


@experiment.command()
@_options
def checkpointing(csv: Path | None, output: Path | None, seed: int, quick: bool) -> None:
    """Count the memory and the work of checkpoints.

    What reverse mode keeps of a chain of layers, over the number of segments it is cut into.
    Nothing is random here, nor timed.
    """
    from adcheck.experiments import checkpointing as kind

    layers = 16 if quick else kind.LAYERS
    measure(kind.KIND, csv, output, lambda: kind.plan(layers))


@experiment.command()
@_options
def differences(csv: Path | None, output: Path | None, seed: int, quick: bool) -> None:
    """Measure the error of difference quotients.

    The lecture's example, over the step, beside automatic differentiation.
    """
    from adcheck.experiments import differences as kind

    steps = kind.QUICK if quick else kind.FULL
    measure(kind.KIND, csv, output, lambda: kind.plan(steps, seed))


@experiment.command()
@_options
def spectrum(csv: Path | None, output: Path | None, seed: int, quick: bool) -> None:
    """Estimate the eigenvalue density of a Hessian.

    By Lanczos' iteration, from products alone, before and after a small network is trained.
    """
    from adcheck.experiments import spectrum as kind

    sizes = {"steps": 15, "probes": 3} if quick else {}
    measure(kind.KIND, csv, output, lambda: kind.plan(seed, **sizes))
