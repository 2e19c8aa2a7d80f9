"""What is known of a submission before anything of it runs: what it defines, what would run.

Plain data, because it comes from the process that reads what nobody can vouch for; see
`adcheck.survey.reader`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from adcheck.model import Assignment, Graded, Place, Program, Source, Submission

__all__ = ["Findings", "Measured", "Programs", "Question", "Survey", "question"]


@dataclass(frozen=True)
class Question:
    """What is asked of a submission for one assignment.

    Attributes:
        slug: of the assignment.
        wanted: for each item that a machine grades, the accepted names of its function.
        given: source that the assignment gives.
        given_names: classes in it that are supplied where the submission has none.
        apart: ids of the items whose functions are run in a worker of their own.
    """

    slug: str
    wanted: Mapping[str, tuple[str, ...]]
    given: Source
    given_names: tuple[str, ...]
    apart: tuple[str, ...] = ()


def question(assignment: Assignment) -> Question:
    """What is asked of submissions to an assignment."""
    automatic = [item for item in assignment.items if item.graded is not Graded.MANUAL]
    wanted = {item.id: item.names for item in automatic}
    apart = tuple(item.id for item in automatic if item.apart)
    names = tuple(assignment.given_names)
    return Question(assignment.slug, wanted, assignment.given, names, apart)


@dataclass(frozen=True)
class Programs:
    """The programs that may be run for an assignment, the leanest first.

    Attributes:
        together: the slice for all of its items but those that are run apart. It aims at these
            too, so that what was found is to be seen in one place.
        alone: for each item id, the slice for that item.
        whole: everything.
        single: whether single precision is named anywhere in them.
        apart: the slice for the items that are run apart.
    """

    together: Program
    alone: Mapping[str, Program]
    whole: Program
    single: bool = False
    apart: Program = field(default_factory=lambda: Program(()))

    def scripted(self, functions: Mapping[str, str]) -> Programs:
        """The programs for items that are run apart.

        Args:
            functions: ids of items whose functions are replaced by work on a scripted clock, each
                with the function's own name; clocks stay as they are where there are none.
        """
        ids = tuple(sorted(functions))
        supplied = {functions[id_]: id_ for id_ in ids}

        def change(program: Program) -> Program:
            targets = {**self.together.targets, **program.targets}
            return replace(
                program, targets=targets, stand_ins=ids, scripted=bool(ids), supplied=supplied
            )

        apart = change(self.apart)
        return Programs(
            apart,
            dict.fromkeys(self.apart.targets, apart),  # one draws what another returns
            change(self.whole),
        )

    def with_stand_ins(self, ids: Iterable[str]) -> Programs:
        """The same programs with the functions of some items replaced."""
        ids = tuple(sorted(ids))
        return Programs(
            replace(self.together, stand_ins=ids),
            {item: replace(program, stand_ins=ids) for item, program in self.alone.items()},
            replace(self.whole, stand_ins=ids),
            self.single,
        )


@dataclass(frozen=True)
class Findings:
    """The answer to one `Question`.

    Attributes:
        programs: to run; what they aim at is in ``programs.together.targets``.
        suggestions: for items without a function, one whose name is close.
        literals: for each item with a function, the numbers in its source and in what it names.
        holds: for each item with a function, the other items whose functions its program holds.
        places: for each item with a function, where that is defined, if in the file itself.
    """

    programs: Programs
    suggestions: Mapping[str, str] = field(default_factory=dict)
    literals: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    holds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def anything(self) -> bool:
        """Whether any function was found."""
        return bool(self.programs.together.targets)


@dataclass(frozen=True)
class Survey:
    """A submission, and the findings on it by the slug of each assignment.

    Attributes:
        submission: as it was read.
        findings: one for each question.
    """

    submission: Submission
    findings: Mapping[str, Findings]


@dataclass(frozen=True)
class Measured:
    """A table of measured seconds that a notebook was saved with.

    Attributes:
        cell: its number.
        sizes: growing, four or more.
        columns: of seconds, one for each size, in the table's order, each with its name; without
            one where the table has none.
    """

    cell: int
    sizes: tuple[float, ...]
    columns: tuple[tuple[str, tuple[float, ...]], ...]


def nothing(submission: Submission, questions: Sequence[Question]) -> Survey:
    """The survey of a submission of which nothing could be read."""
    empty = Program(())
    return Survey(submission, {q.slug: Findings(Programs(empty, {}, empty)) for q in questions})
