import ast
import random
import re
import time
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adcheck.assignment import available
from adcheck.grading import program_of
from adcheck.likeness import alike
from adcheck.normal import tokens

RIGHT: Final = sorted(
    path
    for path in (Path(__file__).parent / "submissions" / "right").glob("[!.]*")
    if not path.name.startswith(("timing_", "plot_"))  # one network below several experiments
)
STARTERS: Final = [assignment.given.text for assignment in available()]
NAMES: Final = {
    "params": "theta",
    "hessian": "curvature",
    "model": "net",
    "vector": "w",
    "loss_fn": "L",
}


@pytest.fixture(scope="module")
def programs() -> dict[str, list[str]]:
    """Right solutions in very different styles, cut down as a grader sees them."""
    sources = {path.name: program_of(path).sources for path in RIGHT}
    return {name: [source.text for source in pieces] for name, pieces in sources.items()}


def disguised(text: str) -> str:
    """What somebody does who copies in a hurry."""
    for old, new in NAMES.items():
        text = re.sub(rf"\b{old}\b", new, text)
    text = re.sub(r'""".*?"""', '"""My own words."""', text, flags=re.DOTALL)
    tree = ast.parse(text)
    random.Random(0).shuffle(tree.body)
    return ast.unparse(tree)


def noise(seed: int, functions: int = 12) -> str:
    """A program that resembles no other."""
    draw = random.Random(seed)
    lines = []
    for number in range(functions):
        lines.append(f"def f{number}(x, y):")
        for _ in range(6):
            calls = [f"g.m{draw.randrange(10**6)}" for _ in range(3)]
            lines.append(f"    x = {calls[0]}({calls[1]}(x), y) {draw.choice('+-*/')} {calls[2]}")
        lines.append("    return x")
    return "\n".join(lines)


def test_independent_right_solutions_are_not_alike(programs: dict[str, list[str]]) -> None:
    assert alike(programs, STARTERS) == ()


def test_a_disguised_copy_is_found(programs: dict[str, list[str]]) -> None:
    copy = [disguised("\n".join(programs["plain.py"]))]
    (group,) = alike({**programs, "copy.py": copy}, STARTERS)
    assert group.students == ("copy.py", "plain.py")
    assert group.similarity > 0.9
    assert "calculate_hessian" in group.why


def test_two_students_alone(programs: dict[str, list[str]]) -> None:
    two = {"b": programs["plain.py"], "a": programs["plain.py"]}
    (group,) = alike(two, STARTERS)
    assert group.students == ("a", "b")
    assert group.similarity == 1.0
    assert group.why.startswith("The same but for names, numbers, texts and comments; in ")
    assert alike({"a": [noise(1)], "b": [noise(2)]}) == ()


def test_a_solution_that_half_a_class_passed_around() -> None:
    copied = {f"copy{n:02}": [noise(0)] for n in range(15)}
    own = {f"own{n:02}": [noise(n + 1)] for n in range(15)}
    (group,) = alike({**copied, **own})
    assert group.students == tuple(sorted(copied))


def test_what_everybody_was_given_does_not_count() -> None:
    text = noise(0)
    assert alike({"a": [text], "b": [text]}, [text]) == ()


def test_a_copy_with_much_added_is_found() -> None:
    assert alike({"a": [noise(0)], "b": [noise(0), noise(1, functions=40)]})


def test_a_few_lines_in_common_are_nothing() -> None:
    assert alike({"a": [noise(0), noise(1, 2)], "b": [noise(2), noise(1, 2)]}) == ()


def test_a_program_too_short_to_tell() -> None:
    assert (
        alike({"a": ["def f(x):\n    return x + 1\n"], "b": ["def f(x):\n    return x + 1\n"]})
        == ()
    )


def test_groups_that_have_nothing_to_do_with_each_other() -> None:
    texts = {"a": 0, "b": 0, "c": 1, "d": 1, "e": 2}
    found = alike({student: [noise(seed)] for student, seed in texts.items()})
    assert [group.students for group in found] == [("a", "b"), ("c", "d")]


def test_the_same_in_every_order_and_run(programs: dict[str, list[str]]) -> None:
    copied = {**programs, "copy.py": programs["plain.py"]}
    turned = dict(reversed(copied.items()))
    assert alike(copied, STARTERS) == alike(turned, STARTERS)


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "-" * 50_000 + "1",
        "x = " + "+".join(["1"] * 100_000),
        "if x:\n" + "".join(" " * n + "if x:\n" for n in range(1, 200)),
        "\0" * 1000,
        "\udc80 = 1",
        "def f(:\n",
        "",
        "a" * 10_000_000,
        "x = 1\n" * 1_000_000,
        "f(" + "[" * 190 + "]" * 190 + ")\n",
        'x = "\\d"',
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_hostile_programs(text: str) -> None:
    start = time.process_time()
    alike({"a": [text], "b": [text], "c": [noise(0)], "d": [noise(0)]}, [text])
    assert time.process_time() - start < 10


def test_what_does_not_parse_is_passed_over() -> None:
    broken = noise(0) + "\nthis is (no python\n"
    (group,) = alike({"a": [broken], "b": [noise(0)]})
    assert group.similarity == 1.0


@settings(max_examples=50)
@given(st.lists(st.text(), max_size=4))
def test_any_text_at_all(texts: list[str]) -> None:
    assert alike({"a": texts, "b": texts}, texts) == ()


def test_the_normal_form_has_no_names_and_literals() -> None:
    first = 'def f(a, b=1):\n    """Text."""\n    c = jnp.dot(a, b)  # why\n    return c * 2\n'
    second = "def g(\n  u, v: int = 7\n) -> int:\n    w = jnp.dot(u, v)\n    return w * 9\n"
    one, two = ([[t.text for t in piece] for piece in tokens([text])] for text in (first, second))
    assert one == two
    assert "Attribute dot" in one[0]
    assert [t.function for t in next(tokens([first]))][-1] == "f"


def test_a_large_class_is_quick() -> None:
    common = noise(-1, 3)
    class_ = {f"s{n}": [common, noise(n, 4)] for n in range(500)}
    start = time.process_time()
    assert alike(class_) == ()
    assert time.process_time() - start < 30
