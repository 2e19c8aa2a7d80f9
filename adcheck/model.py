"""The records that flow along the pipeline, from a submission to its report.

Everything here is a frozen dataclass or an enum; nothing here computes, reads or runs anything.
Only the standard library and numpy are imported, so that every stage may import this module.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy.typing as npt

# --------------------------------------------------------------------------- submissions


class Severity(enum.StrEnum):
    """How much a problem matters: an error costs points, a warning may, a note never does."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Problem:
    """Something about a submission as a whole that its author should know.

    Attributes:
        severity: how much it matters.
        code: a stable slug for programs, such as ``syntax-error``.
        message: one sentence: what is wrong and what to do.
        where: ``"cell 3, line 4"``, ``"hw.py, line 12"``, or empty.
    """

    severity: Severity
    code: str
    message: str
    where: str = ""


@dataclass(frozen=True)
class Source:
    """A piece of Python with line numbers of its own: a whole file, or one code cell.

    Attributes:
        label: how a person finds it: ``"hw.py"`` or ``"cell 7"`` (cells count from 1, text cells
            included, as Colab's and Jupyter's users see them).
        text: Python source, magics already translated; always ends in a newline or is empty.
    """

    label: str
    text: str


@dataclass(frozen=True)
class Sibling:
    """A module that lies beside the submission and that it may import.

    Attributes:
        name: the dotted name under which it is imported, such as ``"utils"``.
        source: its label and text.
        package: whether it is a package's ``__init__``.
    """

    name: str
    source: Source
    package: bool = False


@dataclass(frozen=True)
class Submission:
    """What a student handed in, read and never executed.

    Attributes:
        path: as given on the command line.
        name: the file that was read (inside a folder or zip: the member's own name).
        sha256: hex digest of the bytes that were read.
        sources: the program in order: one for a module, one per code cell for a notebook.
        siblings: modules in the same folder or zip.
        problems: what could not be read or parsed; sources that do not parse are left out.
    """

    path: str
    name: str
    sha256: str
    sources: tuple[Source, ...]
    siblings: tuple[Sibling, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Program:
    """The part of a submission that is run to grade some of its functions.

    Attributes:
        sources: same labels and line numbers as in the submission; what is left out is blank.
        siblings: modules that it may import.
        targets: for each item id, the dotted name under which its function was found.
        aliases: for each class that the assignment gives, the name of the student's own version.
        whole: whether everything is run, because a slice would not do.
        doubtful: labels and lines of left-out statements that might still change a kept name.
        dropped: how many top-level statements were left out.
        stand_ins: ids of items whose functions are replaced by what each call gives for them.
    """

    sources: tuple[Source, ...]
    siblings: tuple[Sibling, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False
    doubtful: tuple[str, ...] = ()
    dropped: int = 0
    stand_ins: tuple[str, ...] = ()


# --------------------------------------------------------------------------- calls and replies


@dataclass(frozen=True)
class Key:
    """A JAX random key, made in the worker by ``jax.random.PRNGKey(seed)``."""

    seed: int


@dataclass(frozen=True)
class Expression:
    """A function of flat vectors as data: an operation of `adcheck.sandbox.wire` on operands.

    Operands are expressions, numbers or arrays. Grader and worker each build the same callable
    from it, over their own array namespace, so that no code crosses between them.
    """

    op: str
    operands: tuple[Expression | float | npt.NDArray[Any], ...] = ()


@dataclass(frozen=True)
class Function:
    """A scalar function handed to the student's code.

    Attributes:
        body: what it computes.
        identity: calls that share one that is not empty get the very same object, as a student's
            own loop would pass it; otherwise it is built anew, and hashable, for every call.
    """

    body: Expression
    identity: str = ""


@dataclass(frozen=True)
class Instance:
    """An object of a class of the student's, with attributes set to given values.

    Attributes:
        cls: the class's canonical name, looked up through `Program.aliases`.
        args: positional arguments of the constructor.
        attributes: set after construction. Where an attribute cannot be set, what the object
            holds instead is sent back with the reply (`Returned.observed`).
    """

    cls: str
    args: tuple[Argument, ...] = ()
    attributes: Mapping[str, Argument] = field(default_factory=dict)


Argument: TypeAlias = (
    "npt.NDArray[Any] | float | int | Key | Function | Instance | tuple[Argument, ...]"
)


class Transform(enum.StrEnum):
    """What the worker does with the function before it is called."""

    PLAIN = "plain"
    GRADIENT = "gradient"  # jax.grad with respect to the first argument


@dataclass(frozen=True)
class Named:
    """An argument that is passed by whichever of its names the student used, or by its place.

    Attributes:
        names: accepted parameter names, the canonical one first.
        value: what is passed.
    """

    names: tuple[str, ...]
    value: Argument


@dataclass(frozen=True)
class Call:
    """One call of a student's function.

    Attributes:
        item: id of the item whose function is called (`Program.targets` has its name).
        args: positional arguments.
        named: arguments passed by name or, failing that, by the next free place.
        transform: applied to the function first.
        jit: whether the whole call may be compiled as one; never changes what is right.
        stand_ins: for each item of `Program.stand_ins`, what its function answers during this
            call: an array, whatever it is called with, or a function of its arguments.
    """

    item: str
    args: tuple[Argument, ...]
    named: tuple[Named, ...] = ()
    transform: Transform = Transform.PLAIN
    jit: bool = False
    stand_ins: Mapping[str, npt.NDArray[Any] | Function] = field(default_factory=dict)


@dataclass(frozen=True)
class Parameter:
    """One parameter of a student's function, as the worker saw it.

    Attributes:
        name: as written.
        kind: ``"positional"``, ``"keyword"``, ``"*"`` or ``"**"``.
        default: whether it may be left out.
    """

    name: str
    kind: Literal["positional", "keyword", "*", "**"]
    default: bool


@dataclass(frozen=True)
class Foreign:
    """A value that is no array, number or sequence of them.

    Attributes:
        type: the name of its type.
        text: a short representation, made by the worker; hostile text.
    """

    type: str
    text: str


@dataclass(frozen=True)
class Array:
    """An array as the worker sent it.

    Attributes:
        data: the entries; half-precision types arrive widened.
        dtype: the dtype that the student's array had.
    """

    data: npt.NDArray[Any]
    dtype: str


Value: TypeAlias = "Array | Foreign | tuple[Value, ...]"


@dataclass(frozen=True)
class Frame:
    """One frame of a student's traceback: ``where`` is ``"cell 7, line 3"``."""

    where: str
    function: str
    code: str


@dataclass(frozen=True)
class Returned:
    """The function returned; the value is untrusted.

    Attributes:
        value: what it returned, as plain data.
        seconds: how long the call took by the worker's clock.
        observed: attributes of an `Instance` that could not be set, by name.
    """

    value: Value
    seconds: float
    observed: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Raised:
    """The function, or the program that defines it, raised an exception.

    Attributes:
        type: the exception's class name.
        message: its text; hostile text.
        frames: the student's own frames, outermost first.
    """

    type: str
    message: str
    frames: tuple[Frame, ...] = ()


class Cause(enum.StrEnum):
    """Why a worker ended before it answered."""

    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    CRASH = "crash"


@dataclass(frozen=True)
class Died:
    """The worker did not answer: it was stopped at a limit, or it ended by itself.

    Attributes:
        cause: which limit, or a crash.
        detail: one sentence for the student.
    """

    cause: Cause
    detail: str


Reply: TypeAlias = Returned | Raised | Died


@dataclass(frozen=True)
class Limits:
    """What one call may use.

    Attributes:
        cpu_seconds: processor time of the call.
        wall_seconds: elapsed time; generous, since the machine may be busy.
        memory_bytes: of the worker as a whole.
        output_bytes: printed by the worker as a whole.
        reply_bytes: of one reply.
    """

    cpu_seconds: float = 20.0
    wall_seconds: float = 120.0
    memory_bytes: int = 2 * 1024**3
    output_bytes: int = 16 * 1024**2
    reply_bytes: int = 256 * 1024**2


# --------------------------------------------------------------------------- checks


class Kind(enum.StrEnum):
    """How a result differs from what was expected, in the order in which it is tested."""

    EQUAL = "equal"
    STRUCTURE = "structure"
    SHAPE = "shape"
    DTYPE = "dtype"
    NON_FINITE = "non-finite"
    VALUE = "value"
    PROPERTY = "property"


@dataclass(frozen=True)
class Comparison:
    """The verdict on one result.

    Attributes:
        kind: how it differs, or ``EQUAL``.
        message: one sentence for the student; empty when equal.
        expected, got: the worst element's two values (or two shapes …) as text.
        where: index of the worst element, such as ``"[3, 1]"``.
        error: largest difference in units of the tolerance; 0 where nothing was measured.
        call: index of the call whose result differs.
        relative: largest difference relative to the largest expected entry.
    """

    kind: Kind
    message: str = ""
    expected: str = ""
    got: str = ""
    where: str = ""
    error: float = 0.0
    call: int = 0
    relative: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the result is right."""
        return self.kind is Kind.EQUAL


@dataclass(frozen=True)
class Case:
    """One test of one item: calls of the student's function, and how their results are judged.

    Attributes:
        part: id of the item's part that it counts for.
        index: position within the item, from 0.
        seed: of this case alone; with the item's id it replays the case.
        inputs: what a person needs to see of each call's inputs, by name (shown in a
            counterexample); one entry for each call.
        calls: made in order in one worker, up to the first that does not return.
        judge: from the calls' replies to the verdict; pure. Where a call did not return, it is
            given the replies before it, and says whether one of these is wrong already.
        data: what the item's known mistakes need in order to be evaluated on this case.
        limits: overrides the item's limits.
        more: further calls that are needed, given what the first ones returned; made in the same
            worker.
    """

    part: str
    index: int
    seed: int
    inputs: tuple[Mapping[str, Any], ...]
    calls: tuple[Call, ...]
    judge: Callable[[Sequence[Returned]], Comparison]
    data: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits | None = None
    more: Callable[[Sequence[Returned]], tuple[Call, ...]] | None = None


@dataclass(frozen=True)
class Mistake:
    """A mistake that students make, as a wrong variant of the reference.

    Attributes:
        slug: stable name, such as ``"ignores-params"``.
        sentence: names the mistake.
        hint: says what to look at, without the solution.
        variant: what the mistake gives on a case, one array per call; None for a call on which
            it says nothing. An empty sequence: it says nothing of this case.
    """

    slug: str
    sentence: str
    hint: str
    variant: Callable[[Case], Sequence[npt.NDArray[Any] | None]]


# --------------------------------------------------------------------------- assignments


class Graded(enum.StrEnum):
    """Who grades an item."""

    AUTO = "auto"
    MANUAL = "manual"
    AUTO_OR_MANUAL = "auto-or-manual"  # by a person where the function is absent


@dataclass(frozen=True)
class Part:
    """A share of an item's points that is earned on its own.

    Attributes:
        id: unique within the item.
        title: what a person reads.
        points: its share.
        requires: id of a part without which it is worth nothing; empty if there is none.
    """

    id: str
    title: str
    points: float
    requires: str = ""


@dataclass(frozen=True)
class Item:
    """One row of a rubric.

    Attributes:
        id: ``"<slug>.<name>"``.
        title: what a person reads.
        function: the function's name as a person reads it; empty for a text.
        signature: how it is called, such as ``"hvp(f, x, v)"``.
        points: of the whole item; the sum of its parts.
        graded: by whom.
        names: accepted names, the canonical one first; ``"Class.method"`` and ``"*.method"``
            (a method of any class) are understood.
        parts: at least one for an item that is graded automatically.
        arguments: accepted names of arguments that are passed by name.
        thresholds: numbers that a course may change.
        limits: for each call.
        guide: what the person who marks it looks at.
    """

    id: str
    title: str
    function: str
    signature: str
    points: float
    graded: Graded
    names: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    guide: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one case.

    Attributes:
        case: the test.
        replies: of its calls, up to the first that did not return.
        comparison: the verdict; None where a call did not return.
        seconds: elapsed, worker starts included.
    """

    case: Case
    replies: tuple[Reply, ...]
    comparison: Comparison | None
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the case passed."""
        return self.comparison is not None and self.comparison.ok


@dataclass(frozen=True)
class Context:
    """What an item's cases may depend on.

    Attributes:
        item: the row of the rubric.
        seed: of the run.
        parameters: of the student's function; None where it has no readable signature.
        literals: numbers that stand in the student's function, for guesses only.
        earlier: outcomes of items graded before, by item id.
        replaced: ids of items whose functions are wrong and answered by stand-ins instead.
    """

    item: Item
    seed: int
    parameters: tuple[Parameter, ...] | None = None
    literals: tuple[float, ...] = ()
    earlier: Mapping[str, tuple[Outcome, ...]] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Task:
    """How one item is graded automatically.

    Attributes:
        cases: the tests, small and simple ones first within each part.
        mistakes: the catalogue of known mistakes, most specific first.
        follows: ids of items on whose functions this one's may call. Where such a function is
            wrong and this item's too, the item is graded again with stand-ins in their place
            (`Context.replaced`), so that one mistake is not paid for twice.
    """

    cases: Callable[[Context], Sequence[Case]]
    mistakes: tuple[Mistake, ...] = ()
    follows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assignment:
    """A homework: its rubric, and how to grade it.

    Attributes:
        slug: short name, such as ``"hvp"``.
        title: what a person reads.
        summary: one line.
        items: the rubric's rows, in order.
        statement: Markdown.
        starters: name and bytes of each starter file.
        given: source that the statement gives (classes that every student starts from).
        given_names: the names in `given` that are supplied when a submission lacks them.
        load_tasks: imports the tasks (and with them JAX), by item id.
    """

    slug: str
    title: str
    summary: str
    items: tuple[Item, ...]
    statement: str
    starters: Mapping[str, bytes]
    given: Source
    given_names: tuple[str, ...]
    load_tasks: Callable[[], Mapping[str, Task]]


# --------------------------------------------------------------------------- reports


class Status(enum.StrEnum):
    """What became of an item."""

    PASS = "pass"
    PARTIAL = "partial"
    FAIL = "fail"
    RAISED = "raised"
    LIMIT = "limit"
    MISSING = "missing"
    SKIPPED = "skipped"
    MANUAL = "manual"
    ERROR = "error"

    @property
    def pending(self) -> bool:
        """Whether the item's points wait for a person."""
        return self in (Status.MANUAL, Status.ERROR)

    @property
    def graded(self) -> bool:
        """Whether a machine decided on the item's points."""
        return not self.pending and self is not Status.SKIPPED


@dataclass(frozen=True)
class PartResult:
    """A part's share of an item's result."""

    id: str
    title: str
    points: float
    max_points: float
    status: Status
    message: str = ""


@dataclass(frozen=True)
class Counterexample:
    """The smallest failing case, as a person reads it.

    Attributes:
        part: id of the part.
        case: index of the case.
        seed: of the case.
        inputs: name and text of each input.
        expected, got: the worst element's values, or shapes, as text.
        where: index of the worst element.
    """

    part: str
    case: int
    seed: int
    inputs: Mapping[str, str]
    expected: str
    got: str
    where: str


@dataclass(frozen=True)
class ItemResult:
    """What one item earned, and why.

    Attributes:
        item: the row of the rubric.
        name: the name under which the function was found; empty if it was not.
        points: earned.
        status: what became of it.
        parts: in the rubric's order; empty where nothing was graded.
        passed, total: how many cases passed of how many were run.
        message: what was wrong, one or two sentences; empty on a pass.
        hint: what to look at.
        mistake: slug of the diagnosed known mistake.
        counterexample: the smallest failing case.
        frames: the student's own frames, where their code raised.
        evidence: what a person who marks the item needs.
        seconds: elapsed.
    """

    item: Item
    name: str
    points: float
    status: Status
    parts: tuple[PartResult, ...] = ()
    passed: int = 0
    total: int = 0
    message: str = ""
    hint: str = ""
    mistake: str | None = None
    counterexample: Counterexample | None = None
    frames: tuple[Frame, ...] = ()
    evidence: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def pending(self) -> float:
        """Points that wait for a person."""
        return self.item.points if self.status.pending else 0.0


@dataclass(frozen=True)
class AssignmentResult:
    """What one assignment earned."""

    slug: str
    title: str
    items: tuple[ItemResult, ...]

    @property
    def score(self) -> float:
        """Points earned."""
        return sum(item.points for item in self.items)

    @property
    def max_score(self) -> float:
        """Points that could be earned, those that wait for a person included."""
        return sum(item.item.points for item in self.items)

    @property
    def pending(self) -> float:
        """Points that wait for a person."""
        return sum(item.pending for item in self.items)


@dataclass(frozen=True)
class Isolation:
    """How well the worker was confined: a level, and each layer with ``"on"`` or why it is off."""

    level: Literal["strict", "weak", "none"]
    layers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """The result of grading one submission; the only input of a renderer.

    Attributes:
        path: of the submission, as given.
        sha256: of the bytes read.
        seed: of the run.
        assignments: in the order graded.
        others: slugs of assignments that were not graded, for the line below the table.
        isolation: of the workers.
        problems: about the submission as a whole.
        versions: of adcheck, python, jax and numpy.
        seconds: elapsed for the whole run.
        whole: whether the whole submission had to be run.
    """

    path: str
    sha256: str
    seed: int
    assignments: tuple[AssignmentResult, ...]
    others: tuple[str, ...]
    isolation: Isolation
    problems: tuple[Problem, ...]
    versions: Mapping[str, str]
    seconds: float
    whole: bool = False

    @property
    def items(self) -> tuple[ItemResult, ...]:
        """All items of all assignments."""
        return tuple(item for assignment in self.assignments for item in assignment.items)

    @property
    def score(self) -> float:
        """Points earned."""
        return sum(assignment.score for assignment in self.assignments)

    @property
    def max_score(self) -> float:
        """Points that could be earned, those that wait for a person included."""
        return sum(assignment.max_score for assignment in self.assignments)

    @property
    def pending(self) -> float:
        """Points that wait for a person."""
        return sum(assignment.pending for assignment in self.assignments)

    @property
    def auto_max(self) -> float:
        """Points that a machine graded in this run."""
        return sum(item.item.points for item in self.items if item.status.graded)

    @property
    def exit_code(self) -> int:
        """0: every automatic point earned; 1: points lost; 70: a fault of adcheck's own."""
        if any(item.status is Status.ERROR for item in self.items):
            return 70
        return 0 if self.score >= self.auto_max else 1
