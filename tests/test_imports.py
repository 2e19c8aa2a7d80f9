"""Who may import whom, read from the sources: the structure of the package, held by a test."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "adcheck"

READING = {"submission", "reading"}
SLICING = {"slicing"}
GRADING = {"bench", "grading", "running", "session", "telling", "verdict"}
SURVEY = {
    "survey",
    "survey.cells",
    "survey.materials",
    "survey.measured",
    "survey.process",
    "survey.reader",
    "survey.tables",
    "survey.taking",
    "survey.zips",
}
CHILD = {
    f"sandbox.{name}"
    for name in (
        "calling",
        "clock",
        "cost",
        "derivatives",
        "draws",
        "entry",
        "figures",
        "forkserver",
        "limits",
        "optional",
        "pending",
        "probing",
        "program",
        "saving",
        "settings",
        "shell",
        "tables",
        "values",
        "wire",
        "work",
        "worker",
    )
}
EVALUATION = {
    f"sandbox.evaluation{name}"
    for name in (
        "",
        ".elementwise",
        ".equations",
        ".indexing",
        ".linear",
        ".once",
        ".placing",
        ".shaping",
        ".tiers",
        ".transformations",
    )
}
CONFINE = {"sandbox.confine"}
SHARED = {"sandbox.limits", "sandbox.settings", "sandbox.wire"}
"""All that the grader's side imports of the child's: the rest takes long and is of no use."""

PARENT = {"sandbox"} | {
    f"sandbox.{name}"
    for name in (
        "codec",
        "explain",
        "interpreter",
        "isolation",
        "launch",
        "machine",
        "process",
        "reading",
        "server",
        "start",
        "usage",
        "watch",
    )
}
REPORT = {"report"} | {
    f"report.{name}"
    for name in (
        "doctor",
        "classroom",
        "escape",
        "fragment",
        "github",
        "gradescope",
        "html",
        "inert",
        "json",
        "lines",
        "live",
        "junit",
        "lost",
        "marks",
        "md",
        "places",
        "rubric",
        "source",
        "table",
        "terminal",
        "timings",
        "validation",
        "words",
    )
}
PAGES = {
    f"report.{name}"
    for name in ("figures", "markdown", "page", "review", "standing", "summary", "tallies")
}
STAGES = (
    READING
    | SURVEY
    | PARENT
    | CHILD
    | {"assignment", "compare", "diagnose", "model", "reduction", "snippet"}
)

OURS: dict[str, set[str]] = {
    "errors": set(),
    "language": set(),
    "model": set(),
    "course": {"model"},
    "files": set(),
    "fits": set(),
    "likeness": {"course", "normal"},
    "marking": {"course", "model"},
    "normal": set(),
    **{name: READING | {"model"} for name in READING},
    **{name: SLICING | READING | {"model"} for name in SLICING},
    "survey": {"model"},
    "survey.taking": SLICING | READING | {"model", "survey"},
    "survey.cells": READING,
    "survey.materials": READING | {"course", "model", "survey.cells"},
    "survey.measured": {"survey", "survey.cells", "survey.tables"},
    "survey.tables": set(),
    "survey.zips": READING,
    "survey.reader": {
        "course",
        "model",
        "records",
        "survey.materials",
        "survey.measured",
        "sandbox.reading",
    }
    | {"survey", "survey.taking", "survey.zips"},
    "survey.process": CONFINE | SURVEY | {"model", "records", "sandbox.reading", "sandbox.wire"},
    "records": set(),
    "watching": {"reading"},
    "doctor": PARENT | {"", "model"},
    "assignment": {"model"},
    "compare": {"model"},
    "figure": {"model"},  # for assignments' tasks alone
    "diagnose": {"model", "compare"},
    "authoring": {
        "model",
        "compare",
        "sandbox.codec",
        "sandbox.evaluation",
    },  # for assignments' tasks alone
    "reduction": {"model"},
    "snippet": {"model", "report.escape"},
    "feedback": {"model"},
    **dict.fromkeys(CHILD, CHILD | CONFINE | EVALUATION),
    **dict.fromkeys(EVALUATION, EVALUATION),
    **dict.fromkeys(CONFINE, CONFINE | {"sandbox.limits"}),
    **{name: PARENT | SHARED | {"model"} for name in PARENT},
    **{name: REPORT | {"model"} for name in REPORT},
    "report.roster": REPORT | {"lms"},
    "report": REPORT | {"model", "report.page"},
    **{name: REPORT | PAGES | {"course", "model"} for name in PAGES},
    "memory": {"model", "survey"},
    "scaling": {"fits", "model", "survey", "survey.reader"},
    "unrun": {"model", "scaling", "survey"},
    **{name: STAGES | GRADING | {"", "memory", "unrun"} for name in GRADING},
    "translating": {"assignment", "files"},
    "bundling": {"", "assignment", "scaffolds"},
    "scaffolds": set(),
    "scaffolds.grade": {"report.gradescope"},  # a program of its own
    "lms": {"lms", "model", "course", "files"},
    "tallying": {"compare", "model", "running", "verdict"},
    "validation": {"assignment", "model", "tallying"},
    "batch": STAGES
    | REPORT
    | PAGES
    | {"", "batch", "console", "course", "feedback", "files", "grading", "likeness", "lms"}
    | {"marking", "records"},
    "console": REPORT | {"files"},
    "commands": STAGES
    | REPORT
    | {"report.roster"}
    | {"", "batch", "commands", "console", "doctor", "feedback", "files", "grading", "lms"}
    | {"bundling", "experiments", "memory", "scaffolds", "translating", "validation"}
    | {"watching"},
    "experiments": STAGES | REPORT | {"experiments", "files", "fits"},
    "cli": {"", "commands", "console", "errors", "report.escape"},
    "notebook": {"", "assignment", "feedback", "grading", "model", "records"}
    | {"report", "report.fragment"},
    "pytest_plugin": {"", "feedback", "grading", "model"}
    | {"report.lost", "report.marks", "report.words"},
    "__main__": {"cli", "sandbox.reading"},
    "": {"grading", "model", "submission"},  # the public names, imported lazily
}
"""For each module of adcheck ("" is the package itself), which others it may import."""

THEIRS: dict[str, set[str]] = {
    "model": {"numpy"},
    "records": {"msgspec"},
    "survey.process": {"IPython"},
    "compare": {"numpy"},
    "fits": {"numpy"},
    "likeness": {"numpy"},
    "diagnose": {"numpy"},
    "reduction": {"numpy"},
    "snippet": {"numpy"},
    "authoring": {"jax", "numpy"},
    "reading": {"nbformat", "IPython"},
    **{name: {"numpy", "jax"} for name in CHILD | EVALUATION},
    "sandbox.figures": {"matplotlib", "numpy"},
    "figure": {"numpy"},
    **{name: {"numpy", "psutil"} for name in PARENT},
    **{name: {"numpy"} for name in GRADING},
    "lms": {"yaml"},
    "batch": {"distributed", "psutil"},
    "tallying": {"numpy"},
    "translating": {"babel", "jinja2"},
    "notebook": {"IPython"},
    "pytest_plugin": {"pytest"},
    "report.fragment": {"markupsafe"},
    "experiments": {"jax", "matplotlib", "numpy", "rich"},
    "report.figures": {"markupsafe", "matplotlib"},
    "report.html": {"jinja2", "markupsafe"},
    "report.doctor": {"rich"},
    "report.live": {"rich"},
    "report.lost": {"rich"},
    "report.markdown": {"markupsafe"},
    "report.review": {"markupsafe"},
    "report.summary": {"markupsafe"},
    "report.table": {"rich"},
    "report.terminal": {"rich"},
    "report.validation": {"rich"},
    "console": {"click"},
    "commands": {"click"},
    "cli": {"click"},
}
"""For each module, what it may import beyond the standard library."""


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def place_of(name: str) -> str:
    """The module whose rules hold: `grading.replay` keeps those of `grading`."""
    while name not in OURS and "." in name:
        name = name.rpartition(".")[0]
    return name


SKELETON = PACKAGE / "scaffolds" / "assignment"
"""Files that are copied, and never imported from there."""

MODULES = {
    name_of(path): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "_data" not in path.parts and path.parent != SKELETON
}


def imports(path: Path) -> Iterator[str]:
    """The full names of everything a file imports, in functions too."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(path: Path) -> set[str]:
    """Which modules of adcheck a file imports."""
    found = set()
    for name in imports(path):
        if name.split(".")[0] == "adcheck":
            inner = name.partition(".")[2]
            while inner not in MODULES:
                inner = inner.rpartition(".")[0]
            found.add(inner)
    return found


def theirs(path: Path) -> set[str]:
    """Which packages, neither adcheck's nor the standard library's, a file imports."""
    return {name.split(".")[0] for name in imports(path)} - sys.stdlib_module_names - {"adcheck"}


def at_top(path: Path) -> set[str]:
    """The packages that are imported as soon as a file is."""
    tree = ast.parse(path.read_bytes())
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("name", MODULES, ids=lambda name: name or "adcheck")
def test_imports_of_ours(name: str) -> None:
    place = place_of(name)
    assert place in OURS, f"adcheck/{name} is new: say in this file what it may import"
    allowed = {
        module for module in MODULES if place_of(module) in OURS[place] | {"errors", "language"}
    }
    assert ours(MODULES[name]) <= allowed | {name}


@pytest.mark.parametrize("name", MODULES, ids=lambda name: name or "adcheck")
def test_imports_of_others(name: str) -> None:
    assert theirs(MODULES[name]) <= THEIRS.get(place_of(name), set())


@pytest.mark.parametrize("name", MODULES, ids=lambda name: name or "adcheck")
def test_imports_are_written_in_full(name: str) -> None:
    tree = ast.parse(MODULES[name].read_bytes())
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level]


def test_nobody_imports_the_command_line() -> None:
    assert [name for name, path in MODULES.items() if "cli" in ours(path)] == ["__main__"]


def test_the_command_line_imports_nothing_slow_at_the_top() -> None:
    for name in ("cli", "console", "files", "report", "report.escape", "errors", ""):
        assert at_top(MODULES[name]).isdisjoint({"rich", "numpy", "jax", "nbformat", "IPython"})


def test_rules_name_no_module_that_is_gone() -> None:
    assert set(THEIRS) <= set(OURS)
    assert {name for names in OURS.values() for name in names} <= set(OURS)
    assert set(OURS) <= {place_of(name) for name in MODULES}


@pytest.mark.parametrize("path", sorted((ROOT / "reference").glob("*.py")), ids=lambda p: p.stem)
def test_references_know_nothing_of_adcheck(path: Path) -> None:
    assert ours(path) == set()
    assert theirs(path) <= {"jax", "numpy", "reference"}


def assignment_files() -> list[Path]:
    found = [*sorted((ROOT / "assignments").glob("*/*.py")), *sorted(SKELETON.glob("*.py"))]
    others = ("starter", "test_assignment")  # students' first page, in any language, and a test
    return [path for path in found if path.stem.partition(".")[0] not in others]


@pytest.mark.parametrize("path", assignment_files(), ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_assignments_use_the_pure_part_alone(path: Path) -> None:
    # The codec builds the functions that travel as data, here as in the worker.
    assert ours(path) <= {"authoring", "compare", "figure", "model", "sandbox.codec"}
    assert theirs(path) <= {"assignments", "jax", "numpy", "reference"}
