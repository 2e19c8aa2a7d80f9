"""The records that flow along the pipeline, from a submission to its report.

Everything here is a frozen dataclass or an enum; nothing here computes, reads or runs anything.
Only the standard library and numpy are imported, so that every stage may import this module.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
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
        scripted: whether clocks, and what takes JAX long, are replaced too: see `Script`.
        supplied: dotted names of functions, each with the id of its item, that are replaced by
            stand-ins as well where the program does not define them.
    """

    sources: tuple[Source, ...]
    siblings: tuple[Sibling, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False
    doubtful: tuple[str, ...] = ()
    dropped: int = 0
    stand_ins: tuple[str, ...] = ()
    scripted: bool = False
    supplied: Mapping[str, str] = field(default_factory=dict)


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
class Numpy:
    """An array that is handed over as NumPy's own, not as one of JAX's."""

    data: npt.NDArray[Any]


@dataclass(frozen=True)
class Made:
    """What the worker itself gets by another call: an object of whatever kind it may be.

    Attributes:
        call: of another item's function.
    """

    call: Call


@dataclass(frozen=True)
class Rows:
    """A table of numbers in one of the forms that programs use.

    Attributes:
        columns: by name; of equal length.
        form: ``"records"`` (a list of dictionaries), ``"columns"`` (a dictionary of lists),
            ``"structured"`` (a structured array of NumPy) or ``"frame"`` (of pandas).
    """

    columns: Mapping[str, tuple[float, ...]]
    form: Literal["records", "columns", "structured", "frame"] = "records"


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
    "npt.NDArray[Any] | float | int | Key | Function | Instance | Numpy | Made | Rows | "
    "tuple[Argument, ...]"
)


class Transform(enum.StrEnum):
    """What the worker does with the function before it is called."""

    PLAIN = "plain"
    GRADIENT = "gradient"  # jax.grad with respect to the first argument


class Reading(enum.StrEnum):
    """What of a result is sent back."""

    VALUE = "value"  # numbers, arrays and sequences of them
    TABLE = "table"  # names and numbers, from tables in whatever form: as `Plain`
    FIGURE = "figure"  # what a matplotlib figure shows: as `Plain`, see `adcheck.figure`


@dataclass(frozen=True)
class Performance:
    """What a student's function does while clocks are scripted.

    Attributes:
        kind: of work; empty if it takes no time.
        result: ``"vector"``: it returns its last vector; ``"matrix"``: a square matrix of that
            size; ``"weights"``: what its first argument holds in matrices, as one vector.
    """

    kind: str
    result: Literal["vector", "matrix", "weights"]


@dataclass(frozen=True)
class Script:
    """How long the work takes that a program measures, in a worker whose clocks are scripted.

    Attributes:
        cycles: for each kind of work the seconds that it takes for each entry of its vector, from
            one time to the next; begun again after the last.
        performances: by item id, what its function does instead of what the student wrote.
        derivatives: kinds of work that JAX's own derivatives are: ``"matrix"`` for one of second
            derivatives, ``"product"`` for its product with a vector, without the matrix, and
            ``"multiplication"`` for multiplying the matrix that is there.
        in_background: whether work goes on while the program does, as JAX's does, so that it
            takes its time only if the result is waited for.
        really: whether the real clocks are used, and work takes its time by them.
    """

    cycles: Mapping[str, tuple[float, ...]]
    performances: Mapping[str, Performance]
    derivatives: Mapping[str, str] = field(default_factory=dict)
    in_background: bool = False
    really: bool = False


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
        reading: what of the result is sent back.
        otherwise: for tables and figures, what to pass instead where the call raises, in order.
        script: for the worker's clocks, where these are scripted.
    """

    item: str
    args: tuple[Argument, ...]
    named: tuple[Named, ...] = ()
    transform: Transform = Transform.PLAIN
    jit: bool = False
    stand_ins: Mapping[str, npt.NDArray[Any] | Function] = field(default_factory=dict)
    reading: Reading = Reading.VALUE
    otherwise: tuple[tuple[Argument, ...], ...] = ()
    script: Script | None = None


@dataclass(frozen=True)
class Parameter:
    """One parameter of a student's function, as the worker saw it.

    Attributes:
        name: as written.
        kind: ``"positional"``, ``"keyword"``, ``"*"`` or ``"**"``.
        default: whether it may be left out.
        number: what it is then, where that is an int or a float.
    """

    name: str
    kind: Literal["positional", "keyword", "*", "**"]
    default: bool
    number: float | None = None


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


Plain: TypeAlias = "bool | int | float | str | tuple[Plain, ...] | Mapping[str, Plain] | None"
"""Names and numbers: what a table or a figure is once it has left the worker."""


@dataclass(frozen=True)
class Worked:
    """Work that was done while clocks were scripted.

    Attributes:
        kind: of work.
        size: of its vector.
        times: how often.
    """

    kind: str
    size: int
    times: int


@dataclass(frozen=True)
class Returned:
    """The function returned; the value is untrusted.

    Attributes:
        value: what it returned, as plain data.
        seconds: how long the call took by the worker's clock.
        observed: attributes of an `Instance` that could not be set, by name.
        plain: the result as plain data, where a table or a figure was asked for.
        worked: where clocks were scripted, the work that was done.
        readings: where clocks were scripted, how often the program looked at one.
        given: where a figure was asked for, the call's first argument as plain data.
        attempt: which arguments it was called with: 0, or a place in `Call.otherwise`, from 1.
        elapsed: how long the call took by the grader's clock.
        traced, compiled: how many of the seconds went into tracing, and into compiling.
    """

    value: Value
    seconds: float
    observed: Mapping[str, Value] = field(default_factory=dict)
    plain: Plain = None
    worked: tuple[Worked, ...] = ()
    readings: int = 0
    given: Plain = None
    attempt: int = 0
    elapsed: float = 0.0
    traced: float = 0.0
    compiled: float = 0.0


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


@dataclass(frozen=True)
class Place:
    """Lines of a submission: where a function is defined.

    Attributes:
        label: of the source, as in `Source`.
        first, last: lines, from 1.
    """

    label: str
    first: int
    last: int


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

    @property
    def item_cpu_seconds(self) -> float:
        """Processor time of all calls of an item, in all ways in which they are tried.

        The slowest right sample takes the time of one and a half calls. A call that is under way
        when this is over may still take its own.
        """
        return 10 * self.cpu_seconds

    def within(self, cpu_seconds: float | None) -> Limits:
        """The same limits with another time, for ``--timeout``; with their own if that is None."""
        if cpu_seconds is None:
            return self
        factor = self.wall_seconds / self.cpu_seconds
        return replace(self, cpu_seconds=cpu_seconds, wall_seconds=cpu_seconds * factor)


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
    DOUBT = "doubt"  # a machine cannot tell: a person has to


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


def as_returned(value: Value) -> Value:
    """What is judged of a result, unless a case says otherwise: all of it."""
    return value


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
        expected: the right answer to each call, where it is one array or a tuple of arrays.
        read: the part of a returned value that is judged.
        doubtful: why an exception of the student's may not be their fault; a person marks it then.
        genuine: a call without a script, made where a scripted one raised: if it returns, what the
            clock stands for is to blame, and a person marks it.
        alike: for answers that are plain data, whether what was replied is wrong in the way in
            which such answers are.
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
    expected: Callable[[], Sequence[Answer]] | None = None
    read: Callable[[Value], Value] = as_returned
    doubtful: str = ""
    genuine: Call | None = None
    alike: Callable[[Sequence[Returned], Sequence[Returned]], bool] | None = None


Answer: TypeAlias = "npt.NDArray[Any] | tuple[npt.NDArray[Any], ...]"
"""What a call should return, or would return by mistake."""

Variant: TypeAlias = "Callable[[Case], Sequence[Answer | Returned | None]]"
"""A way of answering, right or wrong: what it gives on a case, one answer per call, or a whole
reply where what is sent back is plain data.

None for a call of which it says nothing; an empty sequence where it says nothing of the case."""


@dataclass(frozen=True)
class Mistake:
    """A mistake that students make, as a wrong variant of the reference.

    Attributes:
        slug: stable name, such as ``"ignores-params"``. Several entries of a catalogue may share
            one: variants of one mechanism.
        sentence: names the mistake.
        hint: says what to look at, without the solution.
        variant: what the mistake gives.
        rounding: error of the variant itself relative to its largest entry, where it is more
            than that of a few operations: a difference quotient amplifies rounding.
        equivalents: slugs of mistakes that no result can tell from this one.
    """

    slug: str
    sentence: str
    hint: str
    variant: Variant
    rounding: float = 0.0
    equivalents: tuple[str, ...] = ()


# --------------------------------------------------------------------------- assignments


class Graded(enum.StrEnum):
    """Who grades an item."""

    AUTO = "auto"
    MANUAL = "manual"
    AUTO_OR_MANUAL = "auto-or-manual"  # by a person where the function is absent


class Visibility(enum.StrEnum):
    """When students may see an item's result, in the words of Gradescope."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"


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
class Scaling:
    """How what a student measured should grow, shown beside the exponents of what was measured.

    Attributes:
        sizes: names of the column of sizes in a student's table.
        exponents: of theory, by what grows like that, in the order in which it is asked for.
    """

    sizes: tuple[str, ...]
    exponents: Mapping[str, float]


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
        apart: whether its function is run in a worker of its own, together with those of other
            items that are, because it is scripted or imports what the others need not wait for.
        guide: what the person who marks it looks at.
        visibility: when students may see its result, on platforms that can hide one.
        scaling: for the person who marks it: the exponents that theory gives to what the
            submission's saved tables measure.
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
    apart: bool = False
    guide: str = ""
    visibility: Visibility = Visibility.VISIBLE
    scaling: Scaling | None = None


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
        found: ids of items whose functions the submission defines.
    """

    item: Item
    seed: int
    parameters: tuple[Parameter, ...] | None = None
    literals: tuple[float, ...] = ()
    earlier: Mapping[str, tuple[Outcome, ...]] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()
    found: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Signature:
    """What a student's function takes, and the numbers that stand in it (as in `Context`)."""

    parameters: tuple[Parameter, ...] | None = None
    literals: tuple[float, ...] = ()


@dataclass(frozen=True)
class Task:
    """How one item is graded automatically.

    Attributes:
        cases: the tests, small and simple ones first within each part.
        mistakes: the catalogue of known mistakes, most specific first.
        follows: ids of items on whose functions this one's may call. Where such a function is
            wrong and this item's too, the item is graded again with stand-ins in their place
            (`Context.replaced`), so that one mistake is not paid for twice.
        right: by name, equivalent formulations of the right answer in either precision; all of
            them have to pass, which ``adcheck validate`` measures.
        near_misses: by name, answers that are wrong on few inputs only. They have to fail, too,
            but are too rare to have a sentence of their own.
        signatures: of functions that a student may write, where the cases depend on them;
            ``adcheck validate`` goes through all.
        reducer: how a failing case is made smaller.
        probes: further calls that tell something of a wrong function that no known mistake
            explains, once its values were judged.
        cost: two calls, of which the second is larger, whose cost is told in the report.
        scripted: where clocks are scripted, the ids of the items whose functions are replaced by
            work; the cases' calls have a `Script` then. Only for items that are run apart.
        unfit: why a machine cannot call a student's function, if it cannot, from what it takes; a
            person marks it then.
        remarks: sentences for the person who marks, from what became of the cases.
    """

    cases: Callable[[Context], Sequence[Case]]
    mistakes: tuple[Mistake, ...] = ()
    follows: tuple[str, ...] = ()
    right: Mapping[str, Variant] = field(default_factory=dict)
    near_misses: Mapping[str, Variant] = field(default_factory=dict)
    signatures: tuple[Signature, ...] = (Signature(),)
    reducer: Reducer | None = None
    probes: Callable[[Context], Sequence[Probe]] | None = None
    cost: Cost | None = None
    scripted: tuple[str, ...] = ()
    unfit: Callable[[Context], str] | None = None
    remarks: Callable[[Sequence[Outcome]], Sequence[str]] | None = None


@dataclass(frozen=True)
class Reducer:
    """How a failing case of an item is made smaller.

    Attributes:
        points: the inputs to try instead of a case's own, smallest and simplest first; each a
            mapping from names to values, of which arrays are made simpler entry by entry.
        case: the case with one point's inputs. None where the right answer there proves nothing,
            being zero.
        entries: names of the arrays whose entries may be replaced by simpler ones.
    """

    points: Callable[[Context, Case], Iterable[Mapping[str, Any]]]
    case: Callable[[Context, Mapping[str, Any]], Case | None]
    entries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Probe:
    """A property that every right answer has, tried on a wrong one.

    Attributes:
        calls: made in one worker.
        holds: whether the property holds, given what every call returned.
        sentence: said where it does not.
    """

    calls: tuple[Call, ...]
    holds: Callable[[Sequence[Returned]], bool]
    sentence: str


@dataclass(frozen=True)
class Cost:
    """How the cost of an item's function is measured: counted, and told, never graded.

    Attributes:
        calls: of growing size.
        units: operations of one unit, for each call.
        told: the sentence, from the number of units of each call.
    """

    calls: Callable[[Context], Sequence[Call]]
    units: Callable[[Context], Sequence[float]]
    told: Callable[[Sequence[float]], str]


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
        late_penalty: share of the points earned that a late submission loses.
        packages: what students import beyond adcheck's own needs: without it some of their right
            functions cannot run.
        digest: of all files that decide on a grade: what it was is another assignment.
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
    late_penalty: float = 0.0
    packages: tuple[str, ...] = ()
    digest: str = ""


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
        snippet: Python that fails with the student's function and does not tell the right answer;
            empty where there is none.
        full_snippet: the same with the right answer in it.
    """

    part: str
    case: int
    seed: int
    inputs: Mapping[str, str]
    expected: str
    got: str
    where: str
    snippet: str = ""
    full_snippet: str = ""


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
        place: where the function is defined; None where it was not found.
        timings: seconds by stage, in the order of `adcheck.bench.STAGES`; for who asks.
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
    place: Place | None = None
    timings: Mapping[str, float] = field(default_factory=dict)

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


class Feedback(enum.StrEnum):
    """How much a report tells of what was wrong."""

    SCORE = "score"  # points alone
    HINTS = "hints"  # and what was wrong, a hint, and inputs on which it shows
    FULL = "full"  # and the right answers for these inputs


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
        feedback: how much of what was wrong is in it.
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
    feedback: Feedback = Feedback.FULL

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


# --------------------------------------------------------------------------- validations


@dataclass(frozen=True)
class Tally:
    """What became of one way of answering an item, over all runs of a validation.

    Attributes:
        name: of a formulation or a near miss; slug of a known mistake.
        variants: how many entries of the catalogue share the slug.
        runs: how often it was judged, over seeds, signatures and variants.
        passed: how often it earned every point.
        named: how often it was named as itself, or as a mistake that nothing tells from it.
        others: how often another mistake was named instead, by slug.
        first: the first seed with which something was off: it ``"lost"`` or ``"passed"``, its
            ``"margin"``, its being ``"unnamed"`` or ``"named <another slug>"``.
        margin: how far off it is, in tolerances: of a right answer the largest error in any case,
            of a wrong one the least error on the best case of a run.
        single: the same for a known mistake whose results are rounded to single precision.
            Infinite, as `margin` is, where it shows by something else than its numbers' size.
    """

    name: str
    variants: int = 1
    runs: int = 0
    passed: int = 0
    named: int = 0
    others: Mapping[str, int] = field(default_factory=dict)
    first: Mapping[str, int] = field(default_factory=dict)
    margin: float = float("inf")
    single: float = float("inf")

    @property
    def lost(self) -> int:
        """How often it lost points."""
        return self.runs - self.passed

    @property
    def unnamed(self) -> int:
        """How often it lost points, and no mistake was named."""
        return self.lost - self.named - sum(self.others.values())


@dataclass(frozen=True)
class ItemValidation:
    """How sound the checks of one item are.

    Attributes:
        item: the row of the rubric.
        right: equivalent formulations of the right answer; each has to earn every point.
        mistakes: the known ones, by slug; each has to lose points and be named.
        near_misses: each has to lose points, and none may be named.
        problems: what is off, a sentence each.
    """

    item: Item
    right: tuple[Tally, ...]
    mistakes: tuple[Tally, ...]
    near_misses: tuple[Tally, ...]
    problems: tuple[str, ...] = ()

    @property
    def wrong(self) -> tuple[Tally, ...]:
        """Whatever has to lose points."""
        return self.mistakes + self.near_misses


@dataclass(frozen=True)
class Validation:
    """How sound the checks of an assignment are.

    Attributes:
        slug: of the assignment.
        title: of the assignment.
        items: those that a machine grades, in the rubric's order.
        seeds: of the runs.
        near_seeds: those of the runs in which near misses were judged too.
        most_error: tolerances by which a right answer may be off.
        least_margin: tolerances by which a known mistake has to be off on its best case.
        seconds: elapsed.
    """

    slug: str
    title: str
    items: tuple[ItemValidation, ...]
    seeds: tuple[int, ...]
    near_seeds: tuple[int, ...]
    most_error: float
    least_margin: float
    seconds: float

    @property
    def problems(self) -> tuple[str, ...]:
        """What is off, a sentence each."""
        return tuple(problem for item in self.items for problem in item.problems)

    @property
    def exit_code(self) -> int:
        """0: nothing is off; 1: something is."""
        return 1 if self.problems else 0
