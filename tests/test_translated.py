"""Nothing that a student reads is told past the catalogues.

Samples are graded in a language in which every translated text stands in ⟦brackets⟧. What is
outside of them, and no number, path, name or code, would be English in every other language too.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from adcheck.feedback import told
from adcheck.grading import grade, program_of
from adcheck.language import MARKED, using
from adcheck.model import Feedback, Isolation, Report, Status
from adcheck.report import FORMATS, render
from adcheck.report.fragment import render_fragment
from adcheck.report.source import render_source
from adcheck.sandbox import reading
from tests.submissions_of import SUBMISSIONS

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    reading.stop()


SAMPLES: dict[str, tuple[str, list[str]]] = {
    "wrong/hessian_params_ignored.ipynb": ("hvp", []),
    "wrong/tune_momentum.ipynb": ("step_size", ["step_size.tune"]),
    "wrong/hvp_full_hessian.ipynb": ("hvp", ["hvp.hvp"]),
    "mistakes/timing/layers-off-by-one.py": ("hvp", ["hvp.timing"]),
    "mistakes/timing/wrong-unit.py": ("hvp", ["hvp.timing"]),
    "mistakes/plot/legend-incomplete.py": ("hvp", ["hvp.plot"]),
    "broken/timing_returns_none.py": ("hvp", ["hvp.timing", "hvp.plot"]),
    "broken/syntax_error_in_one_cell.ipynb": ("hvp", ["hvp.hvp", "hvp.hessian"]),
    "broken/misspelt_name.py": ("hvp", ["hvp.hessian", "hvp.naive_hvp"]),
    "broken/wrong_signature_naive.py": ("hvp", ["hvp.naive_hvp"]),
    "broken/raises_value_error.py": ("hvp", ["hvp.get_params", "hvp.naive_hvp"]),
    "broken/raises_import_error.py": ("hvp", ["hvp.hessian"]),
    "broken/shape_n_1.py": ("hvp", ["hvp.get_params", "hvp.naive_hvp"]),
    "broken/returns_none.py": ("hvp", ["hvp.hessian"]),
    "broken/value_nan_in_one_place.py": ("hvp", ["hvp.get_params", "hvp.naive_hvp"]),
    "broken/endless_loop.py": ("hvp", []),
    "broken/floods_stdout.py": ("hvp", []),
    "broken/utf16.py": ("hvp", ["hvp.naive_hvp"]),
    "broken/cp1251_no_declaration.py": ("hvp", []),
    "broken/not_a_zip.zip": ("hvp", []),
    "broken/empty.py": ("hvp", []),
    "broken/not_json.ipynb": ("hvp", []),
}

WORD = re.compile(r"[^\W\d_]{2,}")
OURS = {"adcheck", "python", "None", "jax", "numpy", "hvp", "step", "size", "sub", "text"}
"""Said in every language, and what Markdown is made of."""


def unmarked(text: str) -> str:
    """What stands outside of brackets, which may stand within each other, or be cut short."""
    before = ""
    while before != text:
        before, text = text, re.sub(r"⟦[^⟦⟧]*(⟧|…)", " ", text)
    return re.sub(r"⟦[^⟦⟧|\n]*", " ", text)  # of which a cell has the first sentence alone


def data(report: Report) -> set[str]:
    """Words of names, paths and code, which no language has of its own."""
    texts = [report.path, report.sha256, *report.versions, *report.versions.values()]
    for item in report.items:
        texts += [item.item.id, item.item.function, item.name, item.mistake or ""]
        texts += [text for frame in item.frames for text in (frame.code, frame.function)]
        if item.counterexample is not None:
            texts += [text for pair in item.counterexample.inputs.items() for text in pair]
            texts += [item.counterexample.snippet]
    texts += [problem.code for problem in report.problems]
    return OURS | {word for text in texts for word in WORD.findall(unmarked(text))}


class Seen(HTMLParser):
    """What of a page is seen or read aloud."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._styled = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._styled = tag == "style"
        self.texts += [v or "" for n, v in attrs if n in ("aria-label", "alt", "title")]

    def handle_data(self, data: str) -> None:
        if not self._styled:
            self.texts.append(data)


def strings(value: object, keys: tuple[str, ...]) -> Iterator[str]:
    """The texts for people in JSON."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str) and key in keys:
                yield inner
            yield from strings(inner, keys)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, keys)
            if isinstance(inner, str):
                yield inner


def seen(format_: str, text: str) -> str:
    """What a person reads of a report in some format."""
    if format_ in ("html", "fragment"):
        return "\n".join(Seen(text).texts)
    if format_ == "junit":
        root = ElementTree.fromstring(text)
        told = [e.get("message", "") + (e.text or "") for e in root.iter() if e.get("message")]
        return "\n".join([*told, *(case.get("name", "") for case in root.iter("testcase"))])
    if format_ == "classroom":
        tests = json.loads(base64.b64decode(text))["tests"]
        return "\n".join(f"{test['name']}\n{test['message']}" for test in tests)
    if format_ == "gradescope":
        return "\n".join(strings(json.loads(text), ("output", "name")))
    if format_ == "json":
        keys = ("message", "hint", "title", "expected", "got")
        return "\n".join(strings(json.loads(text)["assignments"], keys)) + "\n".join(
            strings(json.loads(text)["problems"], ("message",))
        )
    if format_ == "github":
        text = re.sub(
            r"::(?:error|warning) file=[^,:]*,?(?:line=\d+,endLine=\d+,)?title=", "", text
        )
        return re.sub(r"::(stop-commands::)?[0-9a-f]{32}(::)?|%0A", "\n", text)
    return text


def graded(name: str) -> Report:
    """A sample, every text of whose report is marked."""
    slug, only = SAMPLES[name]
    with using(MARKED):
        report = grade(
            SUBMISSIONS / name, assignments=[slug], only=only, timeout=3, isolation="auto"
        )
    return replace(report, path=name, others=("step_size",))


@pytest.mark.parametrize("name", SAMPLES)
def test_everything_is_translated(name: str) -> None:
    report = graded(name)
    assert report.score < report.max_score
    said = [item.message for item in report.items] + [p.message for p in report.problems]
    assert any("⟦" in text for text in said)
    for feedback in Feedback:
        for format_ in (*FORMATS, "fragment"):
            check_format(told(report, feedback), format_)
    check_snippets(report)


def check_format(report: Report, format_: str) -> None:
    with using(MARKED):
        if format_ == "fragment":
            text = render_fragment(report)
        else:
            text = render(report, format_, width=2000)  # type: ignore[arg-type]
    left = unmarked(seen(format_, text))
    assert set(WORD.findall(left)) <= data(report), f"{format_}: {left}"


def check_snippets(report: Report) -> None:
    for item in report.items:
        if item.counterexample is None:
            continue
        for snippet in (item.counterexample.snippet, item.counterexample.full_snippet):
            comments = [line.partition("# ")[2] for line in snippet.splitlines()]
            assert not [text for text in comments if WORD.search(unmarked(text))]
            compile(snippet, item.item.id, "exec")


def test_the_source_that_would_run_is_shown_with_translated_words() -> None:
    with using(MARKED):
        text = render_source(program_of(SUBMISSIONS / "wrong/hvp_full_hessian.ipynb", ["hvp"]))
    head = "\n".join(line for line in text.splitlines() if line.startswith("# "))
    assert not WORD.search(unmarked(head))


# --------------------------------------------------------------------------- whole outputs


FORMATS_OF_PEOPLE = {"table": "txt", "html": "html", "markdown": "md", "junit": "xml"}


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_whole_output_in_other_languages(language: str, golden: Callable[[str, str], None]) -> None:
    report = trapped(language)
    with using(language):
        for format_, suffix in FORMATS_OF_PEOPLE.items():
            golden(f"languages/{language}.{suffix}", render(report, format_))  # type: ignore[arg-type]
        document = json.loads(render(report, "json"))
    (item,) = [i for i in document["assignments"][0]["items"] if i["id"] == "hvp.hessian"]
    assert (item["status"], item["mistake"]) == ("fail", "ignores-params")  # data, as ever


def trapped(language: str) -> Report:
    """A notebook that fell into the starter's trap; what differs between runs is left out."""
    path = SUBMISSIONS / "wrong/hessian_params_ignored.ipynb"
    with using(language):
        report = told(grade(path, assignments=["hvp"]), Feedback.HINTS)
    (assignment,) = report.assignments
    items = tuple(replace(item, seconds=0.0) for item in assignment.items)
    return replace(
        report,
        path="hw.ipynb",
        assignments=(replace(assignment, items=items),),
        isolation=Isolation("strict"),
        versions={"adcheck": "0.1.0", "jax": "0.10.2"},
        seconds=12.3,
    )


def test_a_problem_has_its_place_in_the_language_and_as_data() -> None:
    with using("uk"):
        report = grade(SUBMISSIONS / "broken/syntax_error_in_one_cell.ipynb", only=[])
        text = render(report, "markdown")
    (problem,) = [p for p in report.problems if p.code == "syntax-error"]
    assert re.fullmatch(r"cell \d+, line \d+", problem.where)
    assert problem.message.startswith("Ця комірка не розбирається як Python")
    assert re.search(r"\*\*помилка\*\* `комірка \d+, рядок \d+`: Ця комірка", text)


def test_assignments_that_are_graded_side_by_side_speak_the_language() -> None:
    path = SUBMISSIONS / "broken/empty.py"
    with using("uk"):
        report = grade(path, assignments=["hvp", "step_size"])
    missing = [item.message for item in report.items if item.status is Status.MISSING]
    assert len(missing) == 6
    assert all(message.startswith("Функції з іменем") for message in missing)
