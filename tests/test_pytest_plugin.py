"""`pytest --adcheck hw.py`, run within pytest."""

import sys
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest

from adcheck.assignment import load_assignment
from adcheck.errors import AmbiguousSubmissionError
from adcheck.grading import assignments_of
from adcheck.language import ENGLISH, LANGUAGES, current
from adcheck.model import Report
from tests.reports import TRAPPED, lost, our_fault

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
INSTALLED = bool(entry_points(group="pytest11", name="adcheck"))
PLUGIN = [] if INSTALLED else ["-p", "adcheck.pytest_plugin"]
BOOBY_TRAP = "raise SystemExit('it was imported')\n"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands in for grading: ``report`` is what it gives, the rest what it was asked."""
    found: dict[str, Any] = {"report": lost(), "times": 0}

    def grade(path: str, **options: Any) -> Report:
        found.update(options, path=path, times=found["times"] + 1)
        report: Report = found["report"]
        return report

    module = ModuleType("adcheck.grading")
    module.__dict__["grade"] = grade
    module.__dict__["assignments_of"] = lambda path, assignments: (load_assignment("hvp"),)
    monkeypatch.setitem(sys.modules, "adcheck.grading", module)
    monkeypatch.setattr("adcheck.grade", grade, raising=False)
    return found


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess(*PLUGIN, "-p", "no:cacheprovider", *args)


def test_a_test_for_each_item(pytester: pytest.Pytester, asked: dict[str, Any]) -> None:
    pytester.makepyfile(hw=BOOBY_TRAP, test_other="def test_other(): pass")
    result = run(pytester, "--adcheck", "hw.py", "-v")
    result.assert_outcomes(passed=1, failed=3, skipped=3)
    result.stdout.fnmatch_lines(
        [
            "hw.py::hvp.get_params PASSED*",
            "hw.py::hvp.hessian FAILED*",
            "hw.py::hvp.timing SKIPPED*",
            "fail, 0 / 2",
            "The Hessian is all zeros: `loss_fn` never uses `p`.*",
            "Smallest failing case (case 0, seed 1234)",
            "adcheck: 4 of 10 points that a machine grades",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    assert (asked["path"], asked["seed"], asked["assignments"]) == ("hw.py", 0, None)
    assert asked["times"] == 1


@pytest.mark.parametrize(
    ("option", "shown"),
    [
        pytest.param([], [True, False], id="as-check-does"),
        pytest.param(["--adcheck-feedback", "hints"], [True, False], id="hints"),
        pytest.param(["--adcheck-feedback", "full"], [True, True], id="full"),
        pytest.param(["--adcheck-feedback", "score"], [False, False], id="score"),
    ],
)
def test_right_answers_are_told_to_those_who_ask(
    option: list[str], shown: list[bool], pytester: pytest.Pytester, asked: dict[str, Any]
) -> None:
    pytester.makepyfile(hw=BOOBY_TRAP)
    text = run(pytester, "--adcheck", "hw.py", *option).stdout.str()
    assert [what in text for what in ("Smallest failing case", "0.4173249318")] == shown


def test_other_tests_run_beside_it_where_they_are_named(
    pytester: pytest.Pytester, asked: dict[str, Any]
) -> None:
    pytester.makepyfile(hw=BOOBY_TRAP, test_other="def test_other(): pass")
    result = run(pytester, "--adcheck", "hw.py", "test_other.py")
    result.assert_outcomes(passed=2, failed=3, skipped=3)


def test_nobody_imports_a_homework(pytester: pytest.Pytester, asked: dict[str, Any]) -> None:
    pytester.makepyfile(test_hw=BOOBY_TRAP)
    result = run(pytester, "--adcheck", "test_hw.py", "--doctest-modules", ".")
    result.assert_outcomes(passed=1, failed=3, skipped=3)


def test_only_what_is_selected_is_graded(pytester: pytest.Pytester, asked: dict[str, Any]) -> None:
    pytester.makepyfile(hw=BOOBY_TRAP)
    args = ["--adcheck", "hw.py", "-k", "hessian", "--adcheck-seed", "7"]
    run(pytester, *args, "--adcheck-assignment", "hvp").assert_outcomes(failed=1, deselected=6)
    assert (asked["only"], asked["seed"]) == (["hvp.hessian"], 7)
    assert asked["assignments"] == ["hvp"]


def test_points_are_properties(pytester: pytest.Pytester, asked: dict[str, Any]) -> None:
    pytester.makepyfile(hw=BOOBY_TRAP)
    run(pytester, "--adcheck", "hw.py", "--junit-xml", "r.xml")
    found = {}
    for case in ElementTree.parse(pytester.path / "r.xml").iter("testcase"):
        told = {p.get("name"): p.get("value") for p in case.iter("property")}
        found[case.get("name")] = (told["points"], told["max_points"], told["status"])
    assert found["hvp.hvp"] == ("2", "4", "partial")
    assert found["hvp.hessian"] == ("0", "2", TRAPPED.status.value)
    assert found["hvp.timing"] == ("", "4", "manual")


def test_a_fault_of_ours_fails_and_costs_nothing(
    pytester: pytest.Pytester, asked: dict[str, Any]
) -> None:
    asked["report"] = our_fault()
    pytester.makepyfile(hw=BOOBY_TRAP)
    result = run(pytester, "--adcheck", "hw.py")
    result.assert_outcomes(passed=3, failed=1, skipped=3)
    result.stdout.fnmatch_lines(["our fault, – / 4", "adcheck: 6 of 6 points*"])


def test_a_folder_is_a_homework(pytester: pytest.Pytester, asked: dict[str, Any]) -> None:
    folder = pytester.mkdir("hw")
    (folder / "test_a.py").write_text(BOOBY_TRAP)
    run(pytester, "--adcheck", "hw").assert_outcomes(passed=1, failed=3, skipped=3)
    assert asked["path"] == "hw"


def test_no_such_file(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--adcheck", "hw.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--adcheck: there is no hw.py"])


def test_what_cannot_be_graded_is_an_error_of_collection(
    pytester: pytest.Pytester, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ambiguous(*_: object) -> None:
        raise AmbiguousSubmissionError("hw holds several possible submissions")

    monkeypatch.setattr(sys.modules["adcheck.grading"], "assignments_of", ambiguous)
    pytester.mkdir("hw")
    result = run(pytester, "--adcheck", "hw")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["hw holds several possible submissions"])


def test_without_the_option_nothing_is_imported(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(
        "import sys\n"
        "def test_it():\n"
        "    loaded = {name for name in sys.modules if name.split('.')[0] == 'adcheck'}\n"
        "    assert loaded == {'adcheck', 'adcheck.pytest_plugin'}\n"
        "    assert not {'jax', 'numpy', 'rich', 'click'} & set(sys.modules)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    result = pytester.runpytest_subprocess("-p", "adcheck.pytest_plugin")
    result.assert_outcomes(passed=1)


def test_what_would_be_graded() -> None:
    right = ROOT / "tests" / "submissions" / "right"
    chosen = assignments_of(right / "colab_step_size_only.ipynb")
    assert [assignment.slug for assignment in chosen] == ["step_size"]


@pytest.mark.slow
def test_for_real(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    source = ROOT / "tests" / "submissions" / "broken" / "wrong_signature_naive.py"
    (pytester.path / "hw.py").write_bytes(source.read_bytes())
    args = [*PLUGIN, "--adcheck", "hw.py", "-k", "naive_hvp", "--adcheck-assignment", "hvp"]
    result = pytester.runpytest_subprocess(*args)
    result.assert_outcomes(failed=1, deselected=6)
    result.stdout.fnmatch_lines(["*It is called as naive_hvp(hessian, vector)*"])


def test_a_language(pytester: pytest.Pytester, asked: dict[str, Any]) -> None:
    pytester.makepyfile(hw=BOOBY_TRAP)
    result = run(pytester, "--adcheck", "hw.py", "--adcheck-lang", "ru")
    result.stdout.fnmatch_lines(["*Подсказка:*", "adcheck: * из * балл*, котор* ставит машина"])
    assert current() == ENGLISH


def test_the_languages_are_those_that_there_are(pytester: pytest.Pytester) -> None:
    done = run(pytester, "--adcheck", "hw.py", "--adcheck-lang", "de")
    assert all(repr(language) in done.stderr.str() for language in LANGUAGES)
