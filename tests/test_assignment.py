"""`adcheck.assignment`: the homework that is shipped, a teacher's own, and broken ones."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from adcheck.assignment import WALL_FACTOR, available, is_shipped, load_assignment
from adcheck.errors import AssignmentError
from adcheck.model import Assignment, Context, Graded, Item, Limits, Part, Visibility

SHIPPED = Path(__file__).parent.parent / "assignments"
SLUGS = ("hvp", "step_size")

RUBRIC = """
slug = "sums"
title = "Adding up"

[[items]]
id = "sums.add"
title = "Add"
points = 3
graded = "auto"
names = ["add"]
parts = [
    { id = "values", title = "Right values", points = 2 },
    { id = "speed", title = "Fast", points = 1, requires = "values" },
]

[items.limits]
cpu_seconds = 5
memory_mb = 512

[items.thresholds]
ratio = 0.5

[items.arguments]
beta = ["beta", "lr"]

[[items]]
id = "sums.essay"
title = "Essay"
points = 1.5
graded = "manual"
"""

TASKS = """
from adcheck.model import Task

def tasks():
    return {"sums.add": Task(lambda context: [])}
"""


def folder(tmp_path: Path, rubric: str = RUBRIC, tasks: str = TASKS) -> Path:
    """An assignment of a teacher's own."""
    path = tmp_path / "my sums"
    path.mkdir()
    (path / "rubric.toml").write_text(rubric, "utf-8")
    (path / "tasks.py").write_text(tasks, "utf-8")
    (path / "statement.md").write_text("Add up.\n", "utf-8")
    return path


def swapped(old: str, new: str) -> str:
    assert RUBRIC.count(old) >= 1
    return RUBRIC.replace(old, new, 1)


# --------------------------------------------------------------------------- what is shipped


@pytest.fixture(scope="module", params=SLUGS)
def shipped(request: pytest.FixtureRequest) -> Assignment:
    return load_assignment(request.param)


def test_both_assignments_are_available() -> None:
    assert [assignment.slug for assignment in available()] == ["hvp", "step_size"]
    assert load_assignment("hvp") is available()[0]


@pytest.mark.parametrize(
    ("slug", "points"),
    [
        (
            "hvp",
            {
                "hvp.get_params": 2,
                "hvp.hessian": 2,
                "hvp.naive_hvp": 2,
                "hvp.hvp": 4,
                "hvp.timing": 4,
                "hvp.plot": 4,
                "hvp.analysis": 4,
            },
        ),
        (
            "step_size",
            {
                "step_size.gd_loss": 5,
                "step_size.tune": 5,
                "step_size.optimality": 3,
                "step_size.discussion": 2,
            },
        ),
    ],
    ids=SLUGS,
)
def test_points_are_those_of_the_homework(slug: str, points: dict[str, float]) -> None:
    assignment = load_assignment(slug)
    assert {item.id: item.points for item in assignment.items} == points
    assert sum(points.values()) == {"hvp": 22, "step_size": 15}[slug]


@pytest.mark.parametrize(
    ("id_", "parts"),
    [
        ("hvp.hvp", {"values": (2, ""), "no_hessian": (2, "values")}),
        ("step_size.tune", {"exactness": (3, ""), "quality": (2, "")}),
        ("hvp.naive_hvp", {"values": (2, "")}),
    ],
)
def test_parts_are_those_of_the_homework(id_: str, parts: dict[str, tuple[float, str]]) -> None:
    (item,) = (i for a in available() for i in a.items if i.id == id_)
    assert {part.id: (part.points, part.requires) for part in item.parts} == parts


def test_every_name_belongs_to_one_item() -> None:
    owners: dict[str, str] = {}
    for item in (item for assignment in available() for item in assignment.items):
        assert len(set(item.names)) == len(item.names), item.id
        for name in item.names:
            assert owners.setdefault(name, item.id) == item.id, name


def test_argument_names_belong_to_one_argument(shipped: Assignment) -> None:
    for item in shipped.items:
        lowered = [{name.lower() for name in names} for names in item.arguments.values()]
        assert sum(map(len, lowered)) == len(set().union(*lowered))


def test_names_are_what_python_can_define(shipped: Assignment) -> None:
    name = re.compile(r"(\*\.|[A-Za-z_]\w*\.)?[A-Za-z_]\w*")
    for item in shipped.items:
        assert [n for n in item.names if not name.fullmatch(n)] == []
        if item.function:
            assert item.names[0] == item.function


def test_an_assignment_is_complete(shipped: Assignment) -> None:
    assert shipped.title
    assert shipped.summary
    assert shipped.statement.startswith("# ")
    assert set(shipped.starters) == {"starter.py", "starter.ipynb"}
    assert shipped.given.label == "the starter"
    for name in shipped.given_names:
        assert f"class {name}" in shipped.given.text
    for item in shipped.items:
        if item.graded is not Graded.AUTO:
            assert item.guide, f"{item.id} is marked by a person, and nothing tells how"
        assert item.limits.wall_seconds == WALL_FACTOR * item.limits.cpu_seconds or (
            item.limits == Limits()
        )


def test_every_automatic_item_has_tasks(shipped: Assignment) -> None:
    tasks = shipped.load_tasks()
    automatic = {item.id for item in shipped.items if item.graded is not Graded.MANUAL}
    assert set(tasks) == automatic
    assert shipped.load_tasks() is tasks
    for task in tasks.values():
        assert task.right
        assert task.near_misses
        assert task.signatures


def test_every_mistake_is_told_in_a_sentence_and_a_hint(shipped: Assignment) -> None:
    for task in shipped.load_tasks().values():
        slugs = {mistake.slug for mistake in task.mistakes}
        for mistake in task.mistakes:
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", mistake.slug)
            assert mistake.sentence.endswith(".")
            assert mistake.hint.endswith((".", "?"))
            assert len(mistake.sentence) <= 100
            assert set(mistake.equivalents) <= slugs - {mistake.slug}


SOLVES = re.compile(
    r"jax\.(jvp|vjp|hessian|jac\w+|linearize)|jnp?\.|\bnp\.|=>|\breturn \w+\(| @ |lambda"
)
"""What would be code that solves an item."""


def test_a_hint_is_short_and_holds_no_solution(shipped: Assignment) -> None:
    for task in shipped.load_tasks().values():
        for mistake in task.mistakes:
            assert len(mistake.hint) <= 150, mistake.hint
            assert len(re.findall(r"[.?](?= |$)", mistake.hint)) <= 2, mistake.hint
            assert not SOLVES.search(mistake.hint), mistake.hint


def test_variants_of_one_mistake_stand_together(shipped: Assignment) -> None:
    """So that a reader of a catalogue sees them all."""
    for task in shipped.load_tasks().values():
        slugs = [mistake.slug for mistake in task.mistakes]
        groups = [slug for slug, before in zip(slugs, ["", *slugs], strict=False) if slug != before]
        assert len(groups) == len(set(slugs))


# --------------------------------------------------------------------------- a teacher's own


def test_a_folder_of_the_same_shape_is_an_assignment(tmp_path: Path) -> None:
    assignment = load_assignment(str(folder(tmp_path)))
    add, essay = assignment.items
    assert assignment.slug == "sums"
    assert assignment.starters == {}
    assert assignment.given.text == ""
    assert add == Item(
        "sums.add",
        "Add",
        "",
        "",
        3.0,
        Graded.AUTO,
        ("add",),
        (Part("values", "Right values", 2.0), Part("speed", "Fast", 1.0, "values")),
        {"beta": ("beta", "lr")},
        {"ratio": 0.5},
        Limits(cpu_seconds=5.0, wall_seconds=5.0 * WALL_FACTOR, memory_bytes=512 * 1024**2),
    )
    assert (essay.points, essay.graded) == (1.5, Graded.MANUAL)
    assert essay.parts == (Part("values", "Essay", 1.5),)
    assert list(assignment.load_tasks()) == ["sums.add"]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_copy_of_a_shipped_assignment_is_one_of_its_own(tmp_path: Path, slug: str) -> None:
    path = tmp_path / "copies" / slug
    shutil.copytree(SHIPPED / slug, path)
    text = (path / "rubric.toml").read_text("utf-8")
    (path / "rubric.toml").write_text(text.replace('title = "', 'title = "Our ', 1), "utf-8")
    copy, original = load_assignment(str(path)), load_assignment(slug)
    assert copy.title == f"Our {original.title}"
    assert [item.id for item in copy.items] == [item.id for item in original.items]
    theirs, ours = original.load_tasks(), copy.load_tasks()
    assert set(theirs) == set(ours)
    item = next(item for item in copy.items if item.id in ours)
    assert ours[item.id].cases is not theirs[item.id].cases
    assert ours[item.id].cases(Context(item, 0))


def test_a_relative_path_is_a_folder_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert load_assignment("my sums").slug == "sums"


def test_a_slug_goes_before_a_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hvp").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_assignment("hvp").title == "Benchmarking the Hessian-vector product"


# --------------------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("hpv", "there is no assignment 'hpv': did you mean hvp?"),
        ("step-size", "there is no assignment 'step-size': did you mean step_size?"),
        ("sorting", "there is no assignment 'sorting': known are hvp, step_size"),
        ("../hvp", "there is no assignment '../hvp': did you mean hvp?"),
        ("no/such/folder", "there is no assignment 'no/such/folder': known are hvp, step_size"),
    ],
    ids=["swapped-letters", "hyphen", "unknown", "outside", "folder"],
)
def test_an_unknown_assignment_is_told(
    name: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AssignmentError) as caught:
        load_assignment(name)
    assert str(caught.value) == sentence
    assert caught.value.exit_code == 2


def test_a_folder_without_a_rubric_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssignmentError) as caught:
        load_assignment(str(tmp_path))
    assert str(caught.value) == f"{tmp_path} holds no rubric.toml, so it is no assignment"


BROKEN = {
    "missing-slug": (swapped('slug = "sums"', ""), "the rubric lacks 'slug'"),
    "missing-items": ('slug = "sums"\ntitle = "Adding up"\n', "the rubric lacks 'items'"),
    "missing-id": (swapped('id = "sums.add"', ""), "an item lacks 'id'"),
    "missing-points": (
        swapped("points = 3", ""),
        "item sums.add: 'points' has to be a number that is not negative",
    ),
    "missing-title-of-part": (
        swapped('title = "Fast", ', ""),
        "item sums.add, parts lacks 'title'",
    ),
    "title-is-a-number": (
        swapped('"Adding up"', "3"),
        "the rubric: 'title' is of type int, not str",
    ),
    "items-is-a-string": (
        'slug = "s"\ntitle = "t"\nitems = "all"\n',
        "the rubric: 'items' is of type str, not list",
    ),
    "items-are-numbers": (
        'slug = "s"\ntitle = "t"\nitems = [1]\n',
        "every entry of 'items' has to be a table",
    ),
    "parts-are-numbers": (
        re.sub(r"parts = \[.*?\n\]", "parts = [1]", RUBRIC, flags=re.DOTALL),
        "item sums.add: every entry of 'parts' has to be a table",
    ),
    "names-are-numbers": (
        swapped('names = ["add"]', "names = [1]"),
        "item sums.add: 'names' has to list names",
    ),
    "limits-is-a-number": (
        swapped("[items.limits]\ncpu_seconds = 5\nmemory_mb = 512", "limits = 5"),
        "item sums.add: 'limits' is of type int, not dict",
    ),
    "points-is-a-string": (
        swapped("points = 3", 'points = "3"'),
        "item sums.add: 'points' has to be a number that is not negative",
    ),
    "points-is-true": (
        swapped("points = 3", "points = true"),
        "item sums.add: 'points' has to be a number that is not negative",
    ),
    "negative-points": (
        swapped("points = 1.5", "points = -1.5"),
        "item sums.essay: 'points' has to be a number that is not negative",
    ),
    "points-are-not-a-number": (
        swapped("points = 1.5", "points = nan"),
        "item sums.essay: 'points' has to be a number that is not negative",
    ),
    "infinite-points": (
        swapped("points = 1.5", "points = inf"),
        "item sums.essay: 'points' has to be a number that is not negative",
    ),
    "threshold-is-a-string": (
        swapped("ratio = 0.5", 'ratio = "half"'),
        "item sums.add: 'ratio' has to be a number that is not negative",
    ),
    "package-that-is-a-command": (
        swapped("slug =", 'packages = ["pandas; rm"]\nslug ='),
        "the rubric: 'pandas; rm' in 'packages' is no name of a package",
    ),
    "unknown-key": (
        swapped("slug =", 'sulg = "x"\nslug ='),
        "the rubric: the key 'sulg' is not known (did you mean 'slug'?)",
    ),
    "unknown-key-of-item": (
        swapped("points = 3", "points = 3\npoint = 3"),
        "item sums.add: the key 'point' is not known (did you mean 'points'?)",
    ),
    "unknown-key-of-part": (
        swapped('requires = "values"', 'require = "values"'),
        "item sums.add, parts: the key 'require' is not known (did you mean 'requires'?)",
    ),
    "unknown-key-of-limits": (
        swapped("memory_mb", "wall"),
        "item sums.add, limits: the key 'wall' is not known",
    ),
    "slug-with-a-dot": (
        swapped('slug = "sums"', 'slug = "my.sums"'),
        "the slug 'my.sums' has to be made of letters, digits and underscores, and not to begin "
        "with a digit, such as 'my_sums'",
    ),
    "slug-with-a-digit-first": (
        swapped('slug = "sums"', 'slug = "4sums"'),
        "the slug '4sums' has to be made of letters, digits and underscores, and not to begin "
        "with a digit",
    ),
    "empty-slug": (
        swapped('slug = "sums"', 'slug = ""'),
        "the slug '' has to be made of letters, digits and underscores, and not to begin with a "
        "digit",
    ),
    "id-with-a-slash": (
        swapped('"sums.add"', '"sums.../add"'),
        "the id 'sums.../add' has to be 'sums.' and a name: letters, digits, underscores",
    ),
    "wrong-prefix": (
        swapped('"sums.add"', '"sum.add"'),
        "the id sum.add has to begin with 'sums.'",
    ),
    "duplicate-id": (
        swapped('"sums.essay"', '"sums.add"'),
        "the item sums.add is there twice",
    ),
    "duplicate-part": (
        swapped('id = "speed"', 'id = "values"'),
        "item sums.add: the part values is there twice",
    ),
    "parts-do-not-sum": (
        swapped("points = 3", "points = 4"),
        "item sums.add: its parts have 3 points, the item has 4",
    ),
    "unknown-graded": (
        swapped('graded = "auto"', 'graded = "automatic"'),
        "item sums.add: graded = 'automatic', where one of auto, manual, auto-or-manual is needed",
    ),
    "scaling-without-exponents": (
        swapped("points = 1.5", 'points = 1.5\nscaling = { sizes = ["n"], exponents = [] }'),
        "item sums.essay, scaling has to list sizes and exponents",
    ),
    "scaling-that-is-no-table": (
        swapped("points = 1.5", 'points = 1.5\nscaling = { sizes = ["n"], exponents = [2] }'),
        "item sums.essay, scaling: every entry of 'exponents' has to be a table",
    ),
    "scaling-twice": (
        swapped(
            "points = 1.5",
            'points = 1.5\nscaling = { sizes = ["n"], exponents = [{ title = "a", exponent = 2 }, '
            '{ title = "a", exponent = 1 }] }',
        ),
        "item sums.essay, scaling: 'a' is there twice",
    ),
    "unknown-visibility": (
        swapped("points = 1.5", 'points = 1.5\nvisibility = "secret"'),
        "item sums.essay: visibility = 'secret', where one of visible, hidden, after_due_date, "
        "after_published is needed",
    ),
    "requires-unknown": (
        swapped('requires = "values"', 'requires = "value"'),
        "item sums.add: a part requires 'value', which is no part of it",
    ),
    "no-names": (
        swapped('names = ["add"]', ""),
        "item sums.add is graded automatically, but lists no names",
    ),
    "no-time": (
        swapped("cpu_seconds = 5", "cpu_seconds = 0"),
        "item sums.add, limits: a limit has to be above 0",
    ),
    "no-memory": (
        swapped("memory_mb = 512", "memory_mb = 0"),
        "item sums.add, limits: a limit has to be above 0",
    ),
}


def test_what_is_shipped_and_what_is_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(tmp_path).rename(tmp_path / "sums")
    shutil.copytree(SHIPPED / "hvp", tmp_path / "hvp")
    monkeypatch.chdir(tmp_path)
    assert [is_shipped(name) for name in ("hvp", "sums", "./hvp")] == [True, False, False]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rubric_is_told_in_one_sentence(tmp_path: Path, name: str) -> None:
    rubric, sentence = BROKEN[name]
    path = folder(tmp_path, rubric)
    with pytest.raises(AssignmentError) as caught:
        load_assignment(str(path))
    assert str(caught.value) == f"{path / 'rubric.toml'}: {sentence}"


def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    path = folder(tmp_path, RUBRIC + "points = \n")
    with pytest.raises(AssignmentError, match=r"rubric\.toml is no valid TOML: .*line 31"):
        load_assignment(str(path))


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "rubric.toml").write_bytes(b"title = '\xff'\n")
    with pytest.raises(AssignmentError, match=r"rubric\.toml cannot be read: 'utf-8' codec"):
        load_assignment(str(path))


def test_a_missing_statement_is_told(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "statement.md").unlink()
    with pytest.raises(AssignmentError) as caught:
        load_assignment(str(path))
    assert str(caught.value) == f"{path / 'statement.md'} cannot be read"


@pytest.mark.parametrize(
    ("tasks", "sentence"),
    [
        pytest.param(
            "def tasks(:\n", "cannot be used: SyntaxError: invalid syntax", id="syntax-error"
        ),
        pytest.param(
            "import nowhere\n",
            "cannot be used: ModuleNotFoundError: No module named 'nowhere'",
            id="missing-import",
        ),
        pytest.param(
            "x = 1\n", "cannot be used: AttributeError: module", id="without-the-function"
        ),
        pytest.param(
            "def tasks():\n    raise ValueError('no')\n",
            "cannot be used: ValueError: no",
            id="raises",
        ),
        pytest.param(
            "def tasks():\n    return {}\n", "has no task for the item sums.add", id="item-left-out"
        ),
        pytest.param(
            "def tasks():\n    return None\n", "cannot be used: TypeError", id="gives-nothing"
        ),
    ],
)
def test_broken_tasks_are_told_when_they_are_needed(
    tmp_path: Path, tasks: str, sentence: str
) -> None:
    path = folder(tmp_path, tasks=tasks)
    assignment = load_assignment(str(path))
    with pytest.raises(AssignmentError) as caught:
        assignment.load_tasks()
    assert str(caught.value).startswith(f"{path / 'tasks.py'} {sentence}")


def test_missing_tasks_are_told(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "tasks.py").unlink()
    assignment = load_assignment(str(path))
    with pytest.raises(AssignmentError, match=r"tasks\.py cannot be used: ModuleNotFoundError"):
        assignment.load_tasks()


def test_an_item_may_be_hidden(tmp_path: Path) -> None:
    rubric = swapped("points = 1.5", 'points = 1.5\nvisibility = "after_due_date"')
    add, essay = load_assignment(str(folder(tmp_path, rubric))).items
    assert (add.visibility, essay.visibility) == (Visibility.VISIBLE, Visibility.AFTER_DUE_DATE)


def test_the_exponents_of_theory_are_told_in_their_order() -> None:
    items = {item.id: item for item in load_assignment("hvp").items}
    scaling = items["hvp.analysis"].scaling
    assert scaling is not None
    assert list(scaling.exponents.items()) == [
        ("Hessian and product", 2.0),
        ("product alone", 2.0),
        ("efficient product", 1.0),
    ]
    assert items["hvp.timing"].scaling is None


def test_packages_that_students_import(tmp_path: Path) -> None:
    assert load_assignment("hvp").packages == ("matplotlib", "pandas")
    rubric = swapped("slug =", 'packages = ["scikit-learn"]\nslug =')
    assert load_assignment(str(folder(tmp_path, rubric))).packages == ("scikit-learn",)
