"""Hand-built reports of every kind that a renderer must cope with."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from adcheck.model import (
    AssignmentResult,
    Counterexample,
    Frame,
    Graded,
    Isolation,
    Item,
    ItemResult,
    Part,
    PartResult,
    Problem,
    Report,
    Severity,
    Status,
)

HOSTILE: Final = "\x1b[31mred\x1b[0m [bold]x[/bold] \u202etxt.exe\u202c \udc80 \x9b2J \x00 :smile:"


TRICKY: Final = (
    "`a|b` | <img src=x onerror=alert(1)> </failure><b> ![p](http://evil.example/p.png) "
    "[l](javascript:alert(1)) @teacher #1 ``` ~~~ <!-- ]]> [[ATTACHMENT|/etc/passwd]] \ufffe\uffff "
    "&lt; https://evil.example www.evil.example $x$ %0A **b** \\| c"
)
"""What one of the formats or its readers would obey."""


def item(
    id_: str, title: str, function: str, points: float, *, graded: Graded = Graded.AUTO
) -> Item:
    return Item(
        id=id_,
        title=title,
        function=function,
        signature=f"{function}(…)" if function else "",
        points=points,
        graded=graded,
        names=(function,) if function else (),
        parts=() if graded is Graded.MANUAL else (Part("values", "right values", points),),
        guide="The figure: three curves, error bars, labels." if graded is not Graded.AUTO else "",
    )


GET_PARAMS: Final = item("hvp.get_params", "All weights in one vector", "MLP.get_params", 2)
HESSIAN: Final = item("hvp.hessian", "The full Hessian", "calculate_hessian", 2)
NAIVE: Final = item("hvp.naive_hvp", "Product with a given Hessian", "naive_hvp", 2)
HVP: Final = item("hvp.hvp", "Product without a Hessian", "hvp", 4)
TIMING: Final = item(
    "hvp.timing", "Timing the three ways", "timing_experiment", 4, graded=Graded.AUTO_OR_MANUAL
)
PLOT: Final = item("hvp.plot", "The figure", "plot_timings", 4, graded=Graded.AUTO_OR_MANUAL)
ANALYSIS: Final = item("hvp.analysis", "Scaling, on paper", "", 4, graded=Graded.MANUAL)
GD_LOSS: Final = item("step_size.gd_loss", "The loss after ten steps", "gd_loss", 5)
TUNE: Final = item("step_size.tune", "Tuning the step sizes", "tune_step_sizes", 5)


def passed(row: Item) -> ItemResult:
    return ItemResult(
        item=row,
        name=row.function,
        points=row.points,
        status=Status.PASS,
        parts=(PartResult("values", "right values", row.points, row.points, Status.PASS),),
        passed=8,
        total=8,
        seconds=0.4321,
    )


def waiting(row: Item) -> ItemResult:
    return ItemResult(
        item=row,
        name="",
        points=0,
        status=Status.MANUAL,
        evidence=("cell 12: a figure, 640 x 480",),
    )


MANUAL: Final = (waiting(TIMING), waiting(PLOT), waiting(ANALYSIS))

TRAPPED: Final = ItemResult(
    item=HESSIAN,
    name="calculate_hessian",
    points=0,
    status=Status.FAIL,
    parts=(PartResult("values", "right values", 0, 2, Status.FAIL),),
    passed=0,
    total=8,
    message="The Hessian is all zeros: `loss_fn` never uses `p`. The network keeps its own "
    "weights, so nothing that is computed depends on the parameters.",
    hint="put the entries of `p` back into the model's weights before the forward pass.",
    mistake="ignores-params",
    counterexample=Counterexample(
        part="values",
        case=0,
        seed=1234,
        inputs={
            "layer_sizes": "[2, 2, 1]",
            "params": "[0.3, -1.2, 0.7, 0.1, -0.4, 2.5]",
        },
        expected="0.4173249318",
        got="0.0",
        where="[3, 1]",
    ),
    seconds=0.81,
)

HALF: Final = ItemResult(
    item=HVP,
    name="my_hvp",
    points=2,
    status=Status.PARTIAL,
    parts=(
        PartResult("values", "right values", 2, 2, Status.PASS),
        PartResult("no_hessian", "no Hessian formed", 0, 2, Status.LIMIT, "memory ran out."),
    ),
    passed=12,
    total=13,
    message="The values are right, but a vector of 100000 entries needs more than 2 GiB: "
    "a full Hessian is formed on the way.",
    hint="differentiate the gradient along `v` alone.",
    mistake="forms-hessian",
    counterexample=Counterexample(
        part="no_hessian",
        case=12,
        seed=99,
        inputs={"f": "sum(sin(x) * roll(x, 1))", "x": "(100000,) float64"},
        expected="an answer within 2 GiB",
        got="no answer",
        where="",
    ),
    seconds=7.5,
)

RAISED: Final = ItemResult(
    item=NAIVE,
    name="naive_hvp",
    points=0,
    status=Status.RAISED,
    parts=(PartResult("values", "right values", 0, 2, Status.RAISED),),
    passed=0,
    total=1,
    counterexample=Counterexample(
        "values", 0, 5, {"hessian": "(3, 3) float64", "vector": "(3,) float64"}, "", "", ""
    ),
    message="It raised TypeError: dot_general requires contracting dimensions to have the same "
    "shape, got (3,) and (2,).",
    frames=(
        Frame("cell 7, line 3", "naive_hvp", "return multiply(hessian, vector)"),
        Frame("cell 5, line 12", "multiply", "    return jnp.dot(m[:, 0], v)"),
    ),
    seconds=0.2,
)

MISSING: Final = ItemResult(
    item=HVP,
    name="",
    points=0,
    status=Status.MISSING,
    parts=(
        PartResult("values", "right values", 0, 2, Status.MISSING),
        PartResult("no_hessian", "no Hessian formed", 0, 2, Status.MISSING),
    ),
    message="There is no function `hvp`. Is it `hpv` (cell 4, line 1)?",
)

BROKEN: Final = ItemResult(
    item=HVP,
    name="hvp",
    points=0,
    status=Status.ERROR,
    message="adcheck could not judge the result: ZeroDivisionError in its own code.",
)

RIGHT_HVP: Final = AssignmentResult(
    "hvp",
    "Benchmarking the Hessian-vector product",
    (*map(passed, (GET_PARAMS, HESSIAN, NAIVE, HVP)), *MANUAL),
)
RIGHT_STEPS: Final = AssignmentResult(
    "step_size", "Tuning step sizes by gradient descent", tuple(map(passed, (GD_LOSS, TUNE)))
)

RIGHT: Final = Report(
    path="hw.ipynb",
    sha256="0" * 64,
    seed=0,
    assignments=(RIGHT_HVP,),
    others=("step_size",),
    isolation=Isolation("strict", {"landlock": "on", "seccomp": "on"}),
    problems=(),
    versions={"adcheck": "0.1.0", "python": "3.11.7", "jax": "0.10.2", "numpy": "2.4.6"},
    seconds=12.3456,
)


def graded(*results: ItemResult) -> tuple[AssignmentResult, ...]:
    """The assignment `hvp` with these items, and those that a person marks."""
    return (replace(RIGHT_HVP, items=(*results, *MANUAL)),)


def right() -> Report:
    return RIGHT


def two_assignments() -> Report:
    return replace(RIGHT, assignments=(RIGHT_HVP, RIGHT_STEPS), others=())


def lost() -> Report:
    items = graded(passed(GET_PARAMS), TRAPPED, RAISED, HALF)
    return replace(RIGHT, assignments=items, others=(), seed=7)


def missing() -> Report:
    warning = Problem(
        Severity.WARNING, "magic", "`%%bash` was left out: only Python is graded.", "cell 2"
    )
    items = graded(passed(GET_PARAMS), passed(HESSIAN), passed(NAIVE), MISSING)
    return replace(RIGHT, assignments=items, problems=(warning,), whole=True)


def unreadable() -> Report:
    problems = (
        Problem(Severity.NOTE, "encoding", "The file starts with a byte order mark.", "hw.py"),
        Problem(
            Severity.ERROR,
            "syntax-error",
            "this cell is no Python: '(' was never closed.",
            "cell 3, line 4",
        ),
    )
    isolation = Isolation("weak", {"landlock": "this kernel has none", "seccomp": "on"})
    return replace(RIGHT, assignments=(), problems=problems, isolation=isolation)


def our_fault() -> Report:
    items = graded(passed(GET_PARAMS), passed(HESSIAN), passed(NAIVE), BROKEN)
    return replace(RIGHT, assignments=items, others=())


def one_item() -> Report:
    skipped = [
        replace(passed(row), points=0, status=Status.SKIPPED, parts=(), passed=0, total=0)
        for row in (GET_PARAMS, NAIVE, HVP)
    ]
    assignment = replace(RIGHT_HVP, items=(skipped[0], TRAPPED, *skipped[1:]))
    return replace(RIGHT, assignments=(assignment,), others=())


def hostile() -> Report:
    example = Counterexample(
        "values", 0, 1, {HOSTILE: HOSTILE + "\n" + "y" * 5000}, HOSTILE, HOSTILE, HOSTILE
    )
    result = replace(
        RAISED,
        name=HOSTILE,
        message=f"It raised {HOSTILE}: {HOSTILE}\n" + "a\n" * 1000,
        hint=HOSTILE,
        counterexample=example,
        frames=(Frame(HOSTILE, HOSTILE, "x" * 5000),) * 50,
        evidence=(HOSTILE,),
        seconds=float("nan"),
    )
    return replace(
        RIGHT,
        path=f"{HOSTILE}.ipynb",
        assignments=graded(result),
        problems=(Problem(Severity.ERROR, "syntax-error", HOSTILE, HOSTILE),),
        seconds=float("inf"),
    )


def tricky() -> Report:
    """Commands and markup of every format, at starts of lines too."""
    lines = ["::error::x", "##[error]x", "::stop-commands::x", "# x", "- x", "1. x", "| a | b |"]
    text = "\n".join([TRICKY, *lines, "```", "<details>"])
    example = Counterexample("values", 0, 1, {TRICKY: text}, TRICKY, TRICKY, TRICKY)
    result = replace(
        RAISED,
        item=replace(NAIVE, title=TRICKY),
        name=TRICKY,
        message=text,
        hint=TRICKY,
        counterexample=example,
        frames=(Frame("hw: 50%, a.py, line 3", TRICKY, "```"), Frame(TRICKY, "f", "~~~")),
        evidence=(TRICKY,),
    )
    problems = tuple(
        Problem(Severity.ERROR, "syntax-error", message, TRICKY) for message in (TRICKY, lines[0])
    )
    return replace(RIGHT, path=f"{TRICKY}/a,b:c.py", assignments=graded(result), problems=problems)


SAMPLES: Final[dict[str, Callable[[], Report]]] = {
    build.__name__: build
    for build in (
        right,
        two_assignments,
        lost,
        missing,
        unreadable,
        our_fault,
        one_item,
        hostile,
        tricky,
    )
}
