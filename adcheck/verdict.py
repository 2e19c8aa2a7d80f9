"""From the outcomes of an item's cases to its points and to what its author reads.

Pure. What a student reads about a lost item is put together here, and only here.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from adcheck.diagnose import diagnose, resemblance
from adcheck.language import place, tr
from adcheck.model import (
    Case,
    Cause,
    Comparison,
    Counterexample,
    Died,
    Frame,
    Item,
    ItemResult,
    Kind,
    Outcome,
    Parameter,
    Part,
    PartResult,
    Raised,
    Reply,
    Status,
    Task,
    Transform,
)
from adcheck.snippet import snippet

__all__ = ["item_result", "on_first_inputs", "unloaded_result"]

MAX_INPUT_TEXT = 400
NEAR_MISS = 1e-4
"""Relative error up to which a wrong result is called close. Finite differences of any usual step
size are within it; the mildest other mistake measured, the exact GELU, is off by 9e-5 at least."""


def item_result(
    item: Item,
    name: str,
    task: Task,
    outcomes: Sequence[Outcome],
    parameters: Sequence[Parameter] | None,
    seconds: float,
    more: Further | None = None,
) -> ItemResult:
    """What an item earned by its outcomes.

    Args:
        item: the row of the rubric.
        name: under which the function was found.
        task: has the known mistakes.
        outcomes: of the cases that were run, in their order.
        parameters: of the student's function, for a call that it does not take.
        seconds: elapsed for the item.
        more: what further runs can tell of a failing item; they change no points.
    """
    remarks = tuple(task.remarks(outcomes)) if task.remarks is not None else ()
    doubt = next(filter(None, map(_doubt, outcomes)), "")
    if doubt:
        return ItemResult(
            item, name, 0.0, Status.MANUAL, message=doubt, evidence=remarks, seconds=seconds
        )
    parts = _parts(item, outcomes)
    points = sum(part.points for part in parts)
    failing = [outcome for outcome in outcomes if not outcome.ok]
    passed = len(outcomes) - len(failing)
    if not failing:
        return ItemResult(
            item,
            name,
            points,
            Status.PASS,
            parts,
            passed,
            len(outcomes),
            evidence=remarks,
            seconds=seconds,
        )
    first = failing[0]
    package = _missing_package(first.replies[-1]) if first.replies else None
    if package is not None:
        return _unfit(item, name, package, seconds)
    judged = [outcome for outcome in failing if outcome.comparison is not None]
    same_part = [outcome for outcome in judged if outcome.case.part == first.case.part]
    right = [outcome for outcome in outcomes if outcome.ok and outcome.case.part == first.case.part]
    mistake = diagnose(same_part, task.mistakes, right)
    if mistake is not None:
        named = mistake.sentence
    else:
        named = resemblance(same_part) or (more.broken_property(same_part) if more else "")
    smallest = (more.smaller(first) if more else None) or first
    why = _why(smallest, item, parameters)
    explained = mistake is not None or (more is not None and more.alone(smallest))
    if explained and smallest.comparison is not None:
        why = smallest.comparison.message  # the mistake says why; the first call agreed by chance
    parts = tuple(replace(p, message=why) if p.id == first.case.part else p for p in parts)
    told = why if why.startswith(named) else f"{named} {why}"
    return ItemResult(
        item,
        name,
        points,
        Status.PARTIAL if points > 0 else _status(first),
        parts,
        passed,
        len(outcomes),
        told.strip(),
        mistake.hint if mistake else _near_miss(first),
        mistake.slug if mistake else None,
        _counterexample(smallest, item, name, parameters),
        _frames(smallest),
        remarks,
        seconds=seconds,
    )


def _doubt(outcome: Outcome) -> str:
    """Why a machine cannot tell what a result is worth; empty if it can."""
    if outcome.comparison is not None:
        return outcome.comparison.message if outcome.comparison.kind is Kind.DOUBT else ""
    last = outcome.replies[-1]
    if not outcome.case.doubtful or not isinstance(last, Raised) or _missing_package(last):
        return ""
    return f"{outcome.case.doubtful} {_why(outcome, None, None)}"


class Further(Protocol):
    """Further runs of a function that failed, for what is told of it."""

    def broken_property(self, failing: Sequence[Outcome]) -> str:
        """A property of every right answer that this one has not, as a sentence; or nothing."""
        ...

    def smaller(self, failing: Outcome) -> Outcome | None:
        """The smallest case that fails in the same way; None where it is the one at hand."""
        ...

    def alone(self, failing: Outcome) -> bool:
        """Whether a later call comes out as wrong by itself: then nothing is kept from others."""
        ...


def unloaded_result(item: Item, name: str, failure: Raised | Died, seconds: float) -> ItemResult:
    """A function whose program could not be run at all."""
    package = _missing_package(failure)
    if package is not None:
        return _unfit(item, name, package, seconds)
    status = Status.RAISED
    frames: tuple[Frame, ...] = ()
    match failure:
        case Raised(type_, text, raised_in):
            frames = raised_in
            values = {"type": type_, "text": _brief(text)}
            if frames:
                message = tr(
                    "Before it could be called, the program raised {type} in {place}: {text}",
                    place=place(frames[-1].where),
                    **values,
                )
            else:
                message = tr(
                    "Before it could be called, the program raised {type}: {text}", **values
                )
        case Died(cause, detail):
            status = Status.RAISED if cause is Cause.CRASH else Status.LIMIT
            message = tr(
                "Before it could be called, the program was stopped. {detail}", detail=detail
            )
    parts = tuple(PartResult(p.id, p.title, 0.0, p.points, status) for p in item.parts)
    return ItemResult(
        item, name, 0.0, status, parts, message=message, frames=frames, seconds=seconds
    )


PACKAGES = frozenset(
    {
        *("altair", "bokeh", "chex", "cv2", "cvxpy", "diffrax", "einops", "equinox", "flax"),
        *("haiku", "IPython", "ipywidgets", "jaxopt", "jaxtyping", "joblib", "keras"),
        *("lightgbm", "matplotlib", "mpl_toolkits", "networkx", "numba", "numpyro", "optax"),
        *("optimistix", "pandas", "PIL", "plotly", "polars", "psutil", "pylab", "pytest", "pytz"),
        *("requests", "scipy", "seaborn", "skimage", "sklearn", "statsmodels", "sympy"),
        *("tabulate", "tensorflow", "torch", "torchvision", "tqdm", "xarray", "xgboost", "yaml"),
    }
)
"""Packages that students really use: where one is missing here, that is our fault. Any other
name may be a slip of the student's."""


def _missing_package(reply: Reply) -> str | None:
    """The package whose absence from this environment is why a function could not run."""
    if not isinstance(reply, Raised):
        return None
    if re.search("'(science|ieee|nature)' is not a valid package style", reply.message):
        return "SciencePlots"
    if reply.type != "ModuleNotFoundError":
        return None
    found = re.search(r"No module named '([\w.]+)'", reply.message)
    package = found[1].partition(".")[0] if found else ""
    missing = package in PACKAGES and importlib.util.find_spec(package) is None
    return package if missing else None


def _unfit(item: Item, name: str, package: str, seconds: float) -> ItemResult:
    message = tr(
        "It needs the package {package}, which is not installed where adcheck runs: install it "
        "there and grade again. No points are lost by that.",
        package=package,
    )
    return ItemResult(item, name, 0.0, Status.ERROR, message=message, seconds=seconds)


# --------------------------------------------------------------------------- parts


def _parts(item: Item, outcomes: Sequence[Outcome]) -> tuple[PartResult, ...]:
    results: dict[str, PartResult] = {}
    for part in item.parts:
        results[part.id] = _part(part, outcomes, results)
    return tuple(results.values())


def _part(part: Part, outcomes: Sequence[Outcome], earlier: dict[str, PartResult]) -> PartResult:
    own = [outcome for outcome in outcomes if outcome.case.part == part.id]
    required = earlier.get(part.requires)
    if required is not None and required.status is not Status.PASS:
        message = tr("Counts only where “{part}” is earned.", part=required.title.lower())
        return PartResult(part.id, part.title, 0.0, part.points, Status.SKIPPED, message)
    failing = [outcome for outcome in own if not outcome.ok]
    if own and not failing:
        return PartResult(part.id, part.title, part.points, part.points, Status.PASS)
    if not own:
        message = tr("Not tried: the calls before it took too long.")
        return PartResult(part.id, part.title, 0.0, part.points, Status.LIMIT, message)
    message = _why(failing[0], None, None)
    return PartResult(part.id, part.title, 0.0, part.points, _status(failing[0]), message)


def _status(outcome: Outcome) -> Status:
    if outcome.comparison is not None:
        return Status.FAIL
    last = outcome.replies[-1]
    if isinstance(last, Died) and last.cause is not Cause.CRASH:
        return Status.LIMIT
    return Status.RAISED


# --------------------------------------------------------------------------- words


def _why(outcome: Outcome, item: Item | None, parameters: Sequence[Parameter] | None) -> str:
    if outcome.comparison is not None:
        return _differs(outcome.case, outcome.comparison)
    match outcome.replies[-1]:
        case Raised(type_, text, frames):
            return _raised(outcome, type_, text, frames, item, parameters)
        case Died(_, detail):
            return detail
    return ""


def _differs(case: Case, comparison: Comparison) -> str:
    """A result that only a later call gets wrong hints at something kept from an earlier one."""
    if comparison.kind is not Kind.VALUE or on_first_inputs(case, comparison.call):
        return comparison.message
    kept = tr(
        "A call before it, with other numbers of the same shape, was right: is something kept from "
        "one call to the next?"
    )
    return f"{comparison.message} {kept}"


def on_first_inputs(case: Case, call: int) -> bool:
    """Whether a call was made with the case's first inputs, so that nothing came before them."""
    return call < len(case.inputs) and _texts(case, 0) == _texts(case, call)


def _near_miss(outcome: Outcome) -> str:
    """A hint for results that are almost right."""
    comparison = outcome.comparison
    if comparison is None or comparison.kind is not Kind.VALUE:
        return ""
    if comparison.relative > NEAR_MISS:
        return ""
    return tr("Close, but not exact: finite differences or rounded constants give such errors.")


def _raised(
    outcome: Outcome,
    type_: str,
    text: str,
    frames: Sequence[Frame],
    item: Item | None,
    parameters: Sequence[Parameter] | None,
) -> str:
    if type_ == "TypeError" and not frames and "argument" in text and item is not None:
        called = tr("It is called as {signature}.", signature=item.signature)
        if parameters is not None:
            called = tr(
                "It is called as {signature}; yours takes ({parameters}).",
                signature=item.signature,
                parameters=_signature(parameters),
            )
        return f"{called} {tr('Python says: {text}', text=_brief(text))}"
    if type_ == "ModuleNotFoundError":
        advice = tr("It is not installed where adcheck runs: install it and try again.")
        text = f"{_brief(text)}. {advice}"
    gradient = outcome.case.calls[len(outcome.replies) - 1].transform is Transform.GRADIENT
    values = {"type": type_, "text": _brief(text)}
    if frames:
        sentence = (
            tr("While JAX differentiated it, it raised {type} in {place}: {text}")
            if gradient
            else tr("It raised {type} in {place}: {text}")
        )
        return sentence.format(place=place(frames[-1].where), **values)
    if gradient:
        return tr("While JAX differentiated it, it raised {type}: {text}", **values)
    return tr("It raised {type}: {text}", **values)


def _signature(parameters: Sequence[Parameter]) -> str:
    stars = {"*": "*", "**": "**"}
    return ", ".join(
        stars.get(p.kind, "") + p.name + ("=…" if p.default else "") for p in parameters
    )


def _brief(text: str) -> str:
    """The first paragraph of an exception's message; JAX's go on for a page."""
    lines = text.strip().splitlines() or [tr("(no message)")]
    brief = lines[0].strip()
    return brief if len(brief) <= 300 else f"{brief[:297]}…"


def _frames(outcome: Outcome) -> tuple[Frame, ...]:
    last = outcome.replies[-1] if outcome.replies else None
    return last.frames if isinstance(last, Raised) else ()


def _counterexample(
    outcome: Outcome, item: Item, name: str, parameters: Sequence[Parameter] | None
) -> Counterexample:
    case, comparison = outcome.case, outcome.comparison
    call = comparison.call if comparison is not None else len(outcome.replies) - 1
    call = min(call, len(case.calls) - 1)  # of a call that was added later, its like is shown
    snippets = {
        full: snippet(item, name, case, call, comparison, parameters, full=full)
        for full in (False, True)
    }
    return Counterexample(
        part=case.part,
        case=case.index,
        seed=case.seed,
        inputs=_texts(case, min(call, len(case.inputs) - 1)),
        expected=comparison.expected if comparison else "",
        got=comparison.got if comparison else "",
        where=comparison.where if comparison else "",
        snippet=snippets[False],
        full_snippet=snippets[True],
    )


def _texts(case: Case, call: int) -> dict[str, str]:
    return {name: _text(value) for name, value in case.inputs[call].items()}


def _text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        text = np.array2string(value, separator=", ", threshold=40, edgeitems=3)
        text = " ".join(text.split())
    elif isinstance(value, list):
        text = f"[{', '.join(_text(entry) for entry in value)}]"
    else:
        text = str(value)
    return text if len(text) <= MAX_INPUT_TEXT else f"{text[: MAX_INPUT_TEXT - 1]}…"
