"""Hand-built measurements of every kind that their table must cope with."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from adcheck.model import ItemValidation, Tally, Validation
from tests.reports import HESSIAN, HOSTILE, HVP, NAIVE

RIGHT: Final = (
    Tally("forward-over-reverse", runs=3, passed=3, margin=0.0017),
    Tally("forward-over-reverse, float32", runs=3, passed=3, margin=0.0625),
)

MISTAKES: Final = (
    Tally("ignores-params", runs=3, named=3, margin=84512.0, single=84512.0),
    Tally("exact-gelu", runs=3, named=3, margin=4.5e7, single=346.2),
    Tally("flattened", runs=3, named=3),
    Tally("finite-differences", 10, 30, named=30, margin=193.7, single=0.00465),
)

NEAR: Final = (
    Tally("rounded to five digits", runs=3, margin=19600.0),
    Tally("square matrices transposed", runs=3),
)

SOUND: Final = Validation(
    slug="hvp",
    title="Benchmarking the Hessian-vector product",
    items=(ItemValidation(HESSIAN, RIGHT, MISTAKES, NEAR), ItemValidation(HVP, RIGHT, (), ())),
    seeds=(0, 1, 2),
    near_seeds=(0, 1, 2),
    most_error=0.1,
    least_margin=100.0,
    seconds=12.34,
)


def sound() -> Validation:
    return SOUND


def unsound() -> Validation:
    """Everything that can be off, in many runs."""
    right = (
        replace(RIGHT[0], runs=30, passed=28, first={"lost": 4}, margin=3.1),
        replace(RIGHT[1], runs=30, passed=30, first={"margin": 2}, margin=0.34),
    )
    mistakes = (
        replace(MISTAKES[0], runs=30, passed=1, named=27, others={"doubled": 2}, margin=0.9),
        replace(MISTAKES[1], runs=30, named=25, first={"unnamed": 3}, margin=63.4, single=0.2),
        Tally("says-nothing"),
    )
    near = (replace(NEAR[0], runs=10, others={"doubled": 1}, margin=19600.0), NEAR[1])
    hessian = ItemValidation(
        HESSIAN,
        right,
        mistakes,
        near,
        (
            "hvp.hessian: the right answer 'forward-over-reverse' lost points in 2 of 30 runs "
            "(first with seed 4)",
            "hvp.hessian: the known mistake 'ignores-params' was named 'doubled' in 2 of 30 runs "
            "(first with seed 7)",
            "hvp.hessian: the known mistake 'says-nothing' was never judged: it says nothing of "
            "any case",
        ),
    )
    naive = ItemValidation(NAIVE, (), MISTAKES[:1], (), ("hvp.naive_hvp: nothing is right",))
    return replace(
        SOUND,
        items=(hessian, naive),
        seeds=tuple(range(30)),
        near_seeds=(0, 3, 6, 10, 13, 16, 19, 23, 26, 29),
    )


def nothing() -> Validation:
    """An assignment that a person marks alone."""
    return replace(SOUND, items=(), seeds=(7,), near_seeds=(7,))


def hostile() -> Validation:
    """A teacher's own names, and many problems."""
    tally = Tally(HOSTILE, runs=3, others={HOSTILE: 3}, margin=200.0, single=0.5)
    item = replace(HESSIAN, id=f"hvp.{HOSTILE}")
    problems = tuple(f"{HOSTILE}\n{number}" + "y" * 5000 for number in range(100))
    validated = ItemValidation(item, (tally,), (tally,), (tally,), problems)
    return replace(SOUND, title=HOSTILE, items=(validated,), seeds=tuple(range(0, 40, 2)))


SAMPLES: Final[dict[str, Callable[[], Validation]]] = {
    build.__name__: build for build in (sound, unsound, nothing, hostile)
}
