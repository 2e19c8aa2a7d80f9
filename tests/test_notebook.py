"""`adcheck.notebook`: in a shell of IPython, and in a real kernel where one is installed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

import adcheck.notebook
from adcheck.errors import GraderError, UsageError
from adcheck.model import Report
from adcheck.notebook import Result, check, load_ipython_extension
from adcheck.reading.notebooks import read_notebook
from tests.reports import one_item, right

ROOT = Path(__file__).parent.parent

Shell = Callable[[str], Any]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands in for grading: what it was asked, and the notebook that it was given."""
    found: dict[str, Any] = {}

    def graded(path: Path, request: dict[str, Any]) -> Report:
        reading = read_notebook(path.read_bytes(), path.name)
        found.update(request, text="".join(source.text for source in reading.sources))
        found["labels"] = [source.label for source in reading.sources]
        found["beside"] = sorted(inner.name for inner in path.parent.glob("*.py"))
        return right()

    monkeypatch.setattr(adcheck.notebook, "_graded", graded)
    return found


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """Run a cell in a shell of its own; gives its result, or raises what it raised."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.chdir(tmp_path)
    InteractiveShell.clear_instance()
    shell: Any = InteractiveShell.instance()
    shell.history_manager.enabled = False
    monkeypatch.setattr(adcheck.notebook, "_shell", lambda: shell)
    load_ipython_extension(shell)

    def cell(text: str) -> Any:
        done = shell.run_cell(text, store_history=True)
        done.raise_error()
        return done.result

    yield cell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def test_everything_run_so_far_is_handed_in(run: Shell, asked: dict[str, Any]) -> None:
    run("import jax")
    run("def naive_hvp(h, v):\n    return h @ v")
    run("from adcheck.notebook import check")
    result = run("check('hvp.naive_hvp', naive_hvp)")
    assert isinstance(result, Result)
    assert asked["text"].startswith("import jax\ndef naive_hvp(h, v):")
    assert asked["labels"] == ["cell 1", "cell 2", "cell 3", "cell 4"]
    assert (asked["assignment"], asked["only"], asked["seed"]) == ("hvp", ["hvp.naive_hvp"], 0)


def test_a_function_may_have_any_name(run: Shell, asked: dict[str, Any]) -> None:
    run("def mine(h, v):\n    return h @ v\nyours = [mine]")
    run("from adcheck.notebook import check\ncheck('hvp.naive_hvp', yours[0])")
    assert asked["text"].endswith("naive_hvp = mine\n")


def test_a_name_that_is_accepted_is_left_alone(run: Shell, asked: dict[str, Any]) -> None:
    run("def calc_naive_hvp(h, v):\n    return h @ v")
    run("from adcheck.notebook import check\ncheck('hvp.naive_hvp', calc_naive_hvp)")
    assert "naive_hvp =" not in asked["text"]


def test_a_function_without_a_name_cannot_be_found(run: Shell, asked: dict[str, Any]) -> None:
    run("from adcheck.notebook import check")
    with pytest.raises(UsageError, match="give the function a name first"):
        run("check('hvp.naive_hvp', lambda h, v: h @ v)")
    run("g = lambda h, v: h @ v\ncheck('hvp.naive_hvp', g)")
    assert asked["text"].endswith("naive_hvp = g\n")


def test_a_function_of_a_module(run: Shell, asked: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "solution_of_mine.py").write_text("def mine(h, v):\n    return h @ v\n")
    run("import sys\nsys.path.insert(0, '')\nfrom solution_of_mine import mine as product")
    run("from adcheck.notebook import check\ncheck('hvp.naive_hvp', product)")
    assert asked["beside"] == ["solution_of_mine.py"]
    assert "def mine(h, v):" in asked["text"]
    assert asked["text"].endswith("naive_hvp = product\n")


def test_a_whole_assignment(run: Shell, asked: dict[str, Any]) -> None:
    run("%adcheck hvp")
    assert (asked["assignment"], asked["only"]) == ("hvp", [])


def test_a_cell_is_run_and_graded(run: Shell, asked: dict[str, Any]) -> None:
    run("%%adcheck hvp.naive_hvp\ndef naive_hvp(h, v):\n    return h @ v")
    assert isinstance(run("_"), Result)  # what was shown last
    assert asked["text"] == "\ndef naive_hvp(h, v):\n    return h @ v\n"
    assert run("naive_hvp(2, 3) if False else naive_hvp.__name__") == "naive_hvp"


def test_a_cell_that_fails_is_not_graded(
    run: Shell, asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("%%adcheck hvp.naive_hvp\n1 / 0") is None
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert asked == {}


def test_a_magic_with_a_wrong_name(run: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("%adcheck hvp.hesian") is None
    assert "there is no item 'hvp.hesian': there are hvp.get_params," in capsys.readouterr().err


@pytest.mark.parametrize("what", ["hpv", "hpv.hvp", "hvp.hesian"])
def test_wrong_names(what: str, run: Shell) -> None:
    with pytest.raises(UsageError):
        check(what)


def test_a_function_needs_an_item() -> None:
    with pytest.raises(UsageError, match="name the function's item"):
        check("hvp", test_wrong_names)


def test_only_what_was_asked_for_is_shown(run: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adcheck.notebook, "_graded", lambda *_: one_item())
    result = check("hvp.hessian")
    assert [item.item.id for item in result.report.items][:2] == ["hvp.hessian"]
    assert "naive_hvp" not in repr(result)
    assert "0.4173249318" not in repr(result)  # the right answer
    assert "<code>calculate_hessian</code>" in result._repr_html_()


def test_a_program_that_dies_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match="adcheck failed: "):
        adcheck.notebook._graded(tmp_path / "n.ipynb", {})


@pytest.mark.slow
def test_in_a_real_kernel(tmp_path: Path) -> None:
    if find_spec("nbclient") is None or find_spec("ipykernel") is None:
        pytest.skip("nbclient and ipykernel, the extra 'notebook', are not installed")
    cells = [
        "from adcheck.notebook import check",
        "import jax",
        "def my_product(h, v):\n    return h @ v",
        "check('hvp.naive_hvp', my_product)",
        "%%adcheck hvp.hvp\ndef hvp(f, x, v):\n    return jax.grad(f)(x)",
    ]
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(adcheck.notebook._notebook(cells)))
    execute = (
        "import sys, nbformat, nbclient\n"
        "notebook = nbformat.read(sys.argv[1], 4)\n"
        "nbclient.NotebookClient(notebook, timeout=300, kernel_name='python3').execute()\n"
        "nbformat.write(notebook, sys.argv[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", execute, str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path / "ipython")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = [cell["outputs"] for cell in json.loads(path.read_text())["cells"]]
    right_, wrong = ("".join(outputs[0]["data"]["text/html"]) for outputs in shown[3:])
    assert "Score <strong>2 / 2</strong>" in right_
    assert "This is the gradient of f: v is not used." in wrong
    assert "hvp.hvp: 0 / 4" in wrong
    assert "Product without the Hessian" in "".join(shown[4][0]["data"]["text/plain"])


def test_a_language(run: Shell, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    run("def hvp(f, x, v): return v")
    result = check("hvp", lang="uk")
    assert asked["language"] == "uk"
    assert ">Бали</th>" in result._repr_html_()
    assert "Усього" in repr(result)
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    assert ">Баллы</th>" in check("hvp")._repr_html_()
    with pytest.raises(UsageError, match="lang is one of en, ru, uk, and not 'de'"):
        check("hvp", lang="de")
