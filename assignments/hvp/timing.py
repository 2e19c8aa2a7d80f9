"""How a timing experiment is judged: what its numbers say about what was measured, and how.

Nothing is told from how long anything really took. The worker's clocks follow a script
(`adcheck.model.Script`), so that a mean over some work is known to many digits: which work it was,
whether it was waited for, and what was made of the single runs shows in the numbers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from adcheck.authoring import case_seed, generator, mark
from adcheck.model import Case, Comparison, Context, Kind, Outcome, Returned

from .explaining import listed, tr
from .findings import PARTS, Findings
from .scripts import Trial, trials

__all__ = ["cases", "remarks", "unfit"]


SMALL: Final = (1, 2)
"""Numbers of layers for a call without a script."""


def cases(context: Context) -> Sequence[Case]:
    """One case for each part, which all look at the same trials."""
    seed = case_seed(context.seed, context.item.id, 0)
    made = trials(generator(seed))
    calls = tuple(trial.call(context.item.id) for trial in made)
    inputs = tuple({"ns": list(trial.ns), "num_runs": trial.runs} for trial in made)
    genuine = replace(Trial(SMALL, 2, {}).call(context.item.id), script=None)
    return [
        Case(
            part=part,
            index=index,
            seed=seed,
            inputs=inputs,
            calls=calls,
            judge=partial(_judged, made, part),
            data={"trials": made},
            genuine=genuine,
            alike=partial(_alike, made, part),
        )
        for index, part in enumerate(PARTS)
    ]


_KEPT: Final = 64
_known: OrderedDict[tuple[int, ...], Findings] = OrderedDict()


def _findings(made: Sequence[Trial], replies: Sequence[Returned]) -> Findings:
    """The findings on replies: kept, since every part and every known mistake asks for them."""
    key = tuple(map(id, replies))  # theirs for as long as the findings hold them
    if key not in _known:
        _known[key] = Findings(made, tuple(replies))
        if len(_known) > _KEPT:
            _known.popitem(last=False)
    return _known[key]


def _judged(made: Sequence[Trial], part: str, replies: Sequence[Returned]) -> Comparison:
    findings = _findings(made, replies)
    if len(findings.replies) < len(findings.trials):
        return Comparison(Kind.EQUAL)  # what did not return is the verdict
    if findings.doubt:
        return Comparison(Kind.DOUBT, findings.doubt)
    if findings.nothing:
        return Comparison(Kind.STRUCTURE, findings.nothing, tr("a table"), "")
    faults = findings.faults(part)
    if not faults:
        return Comparison(Kind.EQUAL)
    return Comparison(Kind.PROPERTY, " ".join(sentence for _, sentence in faults))


def _alike(
    made: Sequence[Trial], part: str, wrong: Sequence[Returned], replies: Sequence[Returned]
) -> bool:
    findings = _findings(made, replies)
    if findings.doubt or findings.nothing or len(replies) < len(made):
        return False
    slugs = {slug for slug, _ in _findings(made, wrong).faults(part)}
    return bool(slugs) and slugs <= {slug for slug, _ in findings.faults(part)}


_FUNCTIONS: Final = ("f", "fn", "fun", "func", "function", "callable", "method", "op", "g")


def unfit(context: Context) -> str:
    """Why a machine cannot call it: functions of these names often time one function alone."""
    parameters = context.parameters
    if parameters is None:
        return ""
    by_place = [p for p in parameters if p.kind == "positional"]
    needed = [p for p in by_place if not p.default]
    other = bool(by_place) and by_place[0].name.lower() in _FUNCTIONS
    keywords = any(p.kind == "keyword" and not p.default for p in parameters)
    takes_any = any(p.kind == "*" for p in parameters)
    if other or len(needed) > 2 or keywords or (len(by_place) < 2 and not takes_any):
        names = ", ".join(p.name for p in parameters)
        return tr(
            "It takes ({parameters}) where (ns, num_runs) is asked for, so a person marks it.",
            parameters=names,
        )
    return ""


def remarks(outcomes: Sequence[Outcome]) -> Sequence[str]:
    """What is worth knowing of an experiment and costs nothing: compilation in the first run.

    Where a function is called no more often than there are runs, none of its calls came first.
    """
    replies = [reply for reply in outcomes[0].replies if isinstance(reply, Returned)]
    made: Sequence[Trial] = outcomes[0].case.data["trials"]
    if len(replies) < len(made):
        return ()
    cold = [
        name
        for kind, name in _COMPILED.items()
        if (calls := _findings(made, replies).calls(0, kind)) and calls == made[0].runs
    ]
    if not cold:
        return ()
    told = tr(
        "The first timed run of {functions} is the first call for each size, so that JAX's "
        "compilation is part of the mean and of the deviation: a warm-up would leave it out. Both "
        "are right; the analysis should say which it is.",
        functions=listed([tr(name) for name in cold]),
    )
    return (told,)


_COMPILED: Final = {"hessian": mark("the full Hessian"), "hvp": mark("the efficient product")}
