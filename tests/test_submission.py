"""Files, notebooks, folders and zips are read whatever their form, and never executed."""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import random
import stat
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from adcheck.errors import AmbiguousSubmissionError, SubmissionNotFoundError
from adcheck.model import Problem, Severity, Sibling, Source, Submission
from adcheck.reading.containers import Folder, read_given
from adcheck.submission import load_submission

_F = "def f():\n    return 1\n"


def _write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _notebook(*cells: Any, **extra: Any) -> str:
    code = [{"cell_type": "code", "source": c} if isinstance(c, str) else c for c in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": code} | extra)


def _load_cells(tmp_path: Path, *cells: Any) -> Submission:
    return load_submission(_write(tmp_path / "hw.ipynb", _notebook(*cells)))


def _zip(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _codes(submission: Submission) -> list[tuple[Severity, str]]:
    return [(problem.severity, problem.code) for problem in submission.problems]


# modules


def test_a_module_is_one_source(tmp_path: Path) -> None:
    path = _write(tmp_path / "Домашня [1].py", _F)
    assert load_submission(path) == Submission(
        path=str(path),
        name="Домашня [1].py",
        sha256=hashlib.sha256(_F.encode()).hexdigest(),
        sources=(Source("Домашня [1].py", _F),),
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n", id="utf-8-mark"),
        pytest.param(b"x = 1\r\ny = 2\rz = 3", "x = 1\ny = 2\nz = 3\n", id="line-ends"),
        pytest.param(
            "# coding: cp1251\nx = 'їжак'\n".encode("cp1251"),
            "# coding: cp1251\nx = 'їжак'\n",
            id="cookie",
        ),
        pytest.param("x = 'ї'\n".encode("utf-16"), "x = 'ї'\n", id="utf-16"),
        pytest.param(
            codecs.BOM_UTF16_BE + "x = 1\n".encode("utf-16-be"), "x = 1\n", id="utf-16-be"
        ),
        pytest.param("x = 1\n".encode("utf-32"), "x = 1\n", id="utf-32"),
    ],
)
def test_encodings_are_recognised(tmp_path: Path, data: bytes, text: str) -> None:
    submission = load_submission(_write(tmp_path / "hw.py", data))
    assert submission.sources == (Source("hw.py", text),)
    assert all(problem.severity is Severity.NOTE for problem in submission.problems)


@pytest.mark.parametrize(
    ("data", "code", "where"),
    [
        pytest.param(b"x = 1\ny = '\xe9'\n", "encoding", "hw.py, line 2", id="latin-1"),
        pytest.param(
            b"a = 1\n" * 9 + b"y = '\xe9'\n",
            "encoding",
            "hw.py, line 10",
            id="latin-1-further-down",
        ),
        pytest.param(b"# coding: klingon\nx = 1\n", "encoding", "hw.py", id="unknown-cookie"),
        pytest.param(b"# coding: rot13\nk = 1\n", "encoding", "hw.py", id="no-text-cookie"),
        pytest.param(codecs.BOM_UTF16_LE + b"x", "encoding", "hw.py", id="broken-utf-16"),
        pytest.param(b"\x89PNG\0\0", "binary", "hw.py", id="binary"),
        pytest.param(b"", "empty", "hw.py", id="empty"),
        pytest.param(b" \n\t\n", "empty", "hw.py", id="blank"),
        pytest.param(b"x = 1\ndef f(:\n", "syntax-error", "hw.py, line 2", id="syntax"),
        pytest.param(b"return 1\n", "syntax-error", "hw.py, line 1", id="return-outside"),
        pytest.param(
            b"if 1:\n        x = 1\n\ty = 2\n", "tabs", "hw.py, line 3", id="tabs-and-spaces"
        ),
        pytest.param(b"x = " + b"(" * 500 + b")" * 500, "syntax-error", "hw.py, line 1", id="deep"),
        pytest.param(b"await g()\n", "top-level-await", "hw.py", id="await"),
    ],
)
def test_unusable_modules_are_told(tmp_path: Path, data: bytes, code: str, where: str) -> None:
    submission = load_submission(_write(tmp_path / "hw.py", data))
    assert submission.sources == ()
    assert _codes(submission) == [(Severity.ERROR, code)]
    assert submission.problems[0].where == where
    assert submission.problems[0].message.endswith(".")


def test_a_wrong_byte_is_named(tmp_path: Path) -> None:
    submission = load_submission(_write(tmp_path / "hw.py", b"x = 1\r\ny = '\xe9'\r\n"))
    assert submission.problems == (
        Problem(
            Severity.ERROR,
            "encoding",
            "hw.py cannot be read as UTF-8: byte 0xE9 on line 2 does not belong there; "
            "save the file as UTF-8.",
            "hw.py, line 2",
        ),
    )


def test_chains_too_deep_for_the_parser_are_told(tmp_path: Path) -> None:
    submission = load_submission(_write(tmp_path / "hw.py", "x = " + "-" * 100_000 + "1\n"))
    assert submission.sources == ()
    assert [severity for severity, _ in _codes(submission)] == [Severity.ERROR]


def test_a_colab_export_with_commands_is_read(tmp_path: Path) -> None:
    text = "# -*- coding: utf-8 -*-\n!pip install jax\n%matplotlib inline\n" + _F
    submission = load_submission(_write(tmp_path / "hw.py", text))
    assert _codes(submission) == [(Severity.NOTE, "magics")]
    assert submission.sources[0].text.split("\n")[3:5] == _F.split("\n")[:2]


def test_a_notebook_named_py_is_read_as_one(tmp_path: Path) -> None:
    submission = load_submission(_write(tmp_path / "hw.py", _notebook(_F)))
    assert submission.sources == (Source("cell 1", _F),)
    assert _codes(submission) == [(Severity.NOTE, "renamed-notebook")]


def test_nothing_is_executed(tmp_path: Path) -> None:
    target = tmp_path / "made"
    load_submission(_write(tmp_path / "hw.py", f"open({str(target)!r}, 'w')\n"))
    assert not target.exists()


# notebooks


def test_cells_are_counted_as_people_see_them(tmp_path: Path) -> None:
    submission = _load_cells(
        tmp_path, {"cell_type": "markdown", "source": "# Title"}, "x = 1", "", _F
    )
    assert submission.sources == (Source("cell 2", "x = 1\n"), Source("cell 4", _F))
    assert submission.problems == ()


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"cells": [{"cell_type": "code", "source": ["x = 1\n", "y = 2"]}]}, id="bare"),
        pytest.param(
            {"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1\ny = 2"}, 3, {}]},
            id="odd-cells",
        ),
        pytest.param(
            {
                "nbformat": 3,
                "nbformat_minor": 0,
                "metadata": {"name": ""},
                "worksheets": [
                    {
                        "cells": [
                            {
                                "cell_type": "code",
                                "input": ["x = 1\n", "y = 2"],
                                "language": "python",
                                "outputs": [],
                            }
                        ]
                    }
                ],
            },
            id="format-3",
        ),
        pytest.param(
            {
                "nbformat": 3,
                "worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1\ny = 2"}]}],
            },
            id="format-3-broken",
        ),
        pytest.param(
            {"nbformat": 9, "cells": [{"cell_type": "code", "source": "x = 1\r\ny = 2\r\n"}]},
            id="format-of-the-future",
        ),
    ],
)
def test_odd_notebooks_are_read(tmp_path: Path, document: object) -> None:
    submission = load_submission(_write(tmp_path / "hw.ipynb", json.dumps(document)))
    assert submission.sources == (Source("cell 1", "x = 1\ny = 2\n"),)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param(_notebook(), "empty", id="no-cells"),
        pytest.param(
            _notebook({"cell_type": "markdown", "source": "x = 1"}), "empty", id="only-text"
        ),
        pytest.param("{", "not-a-notebook", id="truncated"),
        pytest.param("[1]", "not-a-notebook", id="list"),
        pytest.param('{"cells": 3}', "not-a-notebook", id="cells-are-no-list"),
        pytest.param('{"worksheets": 3}', "not-a-notebook", id="worksheets-are-no-list"),
        pytest.param("[" * 100_000, "not-a-notebook", id="deep"),
        pytest.param(b"\xff\xff\xff", "encoding", id="encoding"),
        pytest.param(b"{\0}", "binary", id="binary"),
    ],
)
def test_unusable_notebooks_are_told(tmp_path: Path, content: str | bytes, code: str) -> None:
    submission = load_submission(_write(tmp_path / "hw.ipynb", content))
    assert submission.sources == ()
    assert _codes(submission) == [(Severity.ERROR, code)]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param("%%time\n" + _F, "\n" + _F, id="time"),
        pytest.param("# timed\n%%time\n" + _F, "# timed\n\n" + _F, id="comment-before"),
        pytest.param("%%capture out\n%%time\n" + _F, "\n\n" + _F, id="two-magics"),
        pytest.param("%time x = 3\n", "x = 3\n", id="time-binds"),
        pytest.param("x = %time 3\ny = 1\n", "x = 3\ny = 1\n", id="time-assigned"),
        pytest.param("%env A=1\n", "import os; os.environ['A'] = '1'\n", id="env"),
        pytest.param(
            "!pip install \\\n  jax\nx = 1\n",
            "get_ipython().system('pip install jax')\n\nx = 1\n",
            id="continued-command",
        ),
        pytest.param(
            "\n\n%matplotlib inline\nx = 1\n",
            "\n\nget_ipython().run_line_magic('matplotlib', 'inline')\nx = 1\n",
            id="blank-lines-first",
        ),
        pytest.param("files = !ls\n", "files = get_ipython().getoutput('ls')\n", id="output"),
        pytest.param(
            "x = 1\nlen?\n", "x = 1\nget_ipython().run_line_magic('pinfo', 'len')\n", id="help"
        ),
        pytest.param("x = (7\n% 4)\n", "x = (7\n% 4)\n", id="remainder-is-no-magic"),
        pytest.param("  x = 1\n  y = 2\n", "x = 1\ny = 2\n", id="indented"),
    ],
)
def test_magics_are_translated_in_place(tmp_path: Path, cell: str, text: str) -> None:
    submission = _load_cells(tmp_path, cell)
    assert submission.sources == (Source("cell 1", text),)
    assert submission.problems == ()


@pytest.mark.parametrize("magic", ["bash", "html", "javascript", "latex", "time\n%%bash"])
def test_cells_of_other_languages_are_left_out(tmp_path: Path, magic: str) -> None:
    submission = _load_cells(tmp_path, f"%%{magic}\nls -l\n", _F)
    assert submission.sources == (Source("cell 2", _F),)
    assert submission.problems == ()


def test_written_files_are_siblings(tmp_path: Path) -> None:
    submission = _load_cells(
        tmp_path,
        "%%writefile utils.py\nx = 1",
        "%%writefile -a utils.py\ny = 2\n",
        "%%writefile ../evil.py\nz = 3\n",
        "%%writefile data.txt\nz = 3\n",
        "import utils\n",
    )
    assert submission.siblings == (Sibling("utils", Source("cell 1", "\nx = 1\ny = 2\n")),)
    assert [source.label for source in submission.sources] == ["cell 5"]


def test_a_written_module_that_is_broken_costs_only_itself(tmp_path: Path) -> None:
    submission = _load_cells(
        tmp_path,
        "%%writefile broken.py\ndef (\n",
        "%%writefile half.py\nx = '\ud83d'\n",
        "%%writefile pieces.py\nx = (\n",
        "%%writefile -a pieces.py\n1)\n",
        "import broken, half, pieces\n",
    )
    assert [sibling.name for sibling in submission.siblings] == ["pieces"]
    assert _codes(submission) == [(Severity.ERROR, "syntax-error")] * 2
    assert submission.problems[0].where == "cell 1, line 2"
    assert submission.problems[0].message.startswith(
        "The module broken that this cell writes is not valid Python and was left out: "
    )


@pytest.fixture
def _ten_magics_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("IPython.core.inputtransformer2.TRANSFORM_LOOP_LIMIT", 10)


@pytest.mark.usefixtures("_ten_magics_at_most")
def test_too_many_magics_cost_only_their_cell(tmp_path: Path) -> None:
    submission = _load_cells(tmp_path, "!ls\n" * 11, _F)
    assert submission.sources == (Source("cell 2", _F),)
    assert submission.problems == (
        Problem(
            Severity.ERROR,
            "too-complex",
            "This cell holds more notebook commands (! or %) than can be translated and was left "
            "out: split it into several cells.",
            "cell 1",
        ),
    )


@pytest.mark.usefixtures("_ten_magics_at_most")
def test_a_module_with_too_many_magics_is_told(tmp_path: Path) -> None:
    submission = load_submission(_write(tmp_path / "hw.py", "!ls\n" * 11))
    assert submission.sources == ()
    assert _codes(submission) == [(Severity.ERROR, "too-complex")]


@pytest.mark.parametrize(
    ("cell", "length"),
    [
        pytest.param("%%time\n" * 100_000 + "x = 1\n", 100_006, id="magics"),
        pytest.param("!ls\n" + " " * 200_000 + "x = $\n", 0, id="spaces"),
    ],
)
def test_long_cells_are_read_at_once(tmp_path: Path, cell: str, length: int) -> None:
    start = time.process_time()
    submission = _load_cells(tmp_path, cell)
    assert time.process_time() - start < 5
    assert sum(len(source.text) for source in submission.sources) == length


def test_a_broken_cell_costs_only_itself(tmp_path: Path) -> None:
    submission = _load_cells(tmp_path, "x = 1", "y = (\n", "await g()\n", _F)
    assert [source.label for source in submission.sources] == ["cell 1", "cell 4"]
    assert submission.problems == (
        Problem(
            Severity.ERROR,
            "syntax-error",
            "This cell is not valid Python and was left out: '(' was never closed.",
            "cell 2, line 1",
        ),
        Problem(
            Severity.WARNING,
            "top-level-await",
            "This cell awaits outside a function, so it was left out.",
            "cell 3",
        ),
    )


def test_lone_surrogates_are_told(tmp_path: Path) -> None:
    submission = _load_cells(tmp_path, "x = '\ud800'\n", _F)
    assert [source.label for source in submission.sources] == ["cell 2"]
    assert _codes(submission) == [(Severity.ERROR, "syntax-error")]


def test_large_outputs_do_no_harm(tmp_path: Path) -> None:
    outputs = [{"output_type": "stream", "name": "stdout", "text": "x" * 30_000_000}]
    submission = _load_cells(tmp_path, {"cell_type": "code", "source": _F, "outputs": outputs})
    assert submission.sources == (Source("cell 1", _F),)


# paths


def test_a_missing_file_gets_a_suggestion(tmp_path: Path) -> None:
    _write(tmp_path / "Homework.py", _F)
    with pytest.raises(SubmissionNotFoundError) as info:
        load_submission(tmp_path / "homwork.py")
    there, meant = tmp_path / "homwork.py", tmp_path / "Homework.py"
    assert str(info.value) == f"{there} does not exist; did you mean {meant}?"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("none.py", "does not exist.", id="missing"),
        pytest.param("no/such/folder.py", "does not exist.", id="missing-folder"),
        pytest.param("fifo.py", "no regular file", id="fifo"),
        pytest.param("nul\0.py", "no path", id="nul"),
        pytest.param("x" * 5000 + ".py", "cannot be read", id="long"),
        pytest.param("empty", "holds no .py or .ipynb", id="empty-folder"),
    ],
)
def test_paths_that_cannot_be_read_are_refused(tmp_path: Path, name: str, message: str) -> None:
    os.mkfifo(tmp_path / "fifo.py")
    (tmp_path / "empty" / "__pycache__").mkdir(parents=True)
    with pytest.raises(SubmissionNotFoundError, match=message):
        load_submission(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        pytest.param("notes.txt", "unknown-kind", "notes.txt is of no kind that is read", id="txt"),
        pytest.param("bad.zip", "unreadable", "is no readable zip file", id="bad-zip"),
    ],
)
def test_a_file_that_is_no_homework_is_graded_at_zero(
    tmp_path: Path, name: str, code: str, message: str
) -> None:
    _write(tmp_path / name, b"PK\x03\x04 nothing")
    submission = load_submission(tmp_path / name)
    assert submission.sources == ()
    assert _codes(submission) == [(Severity.ERROR, code)]
    assert message in submission.problems[0].message


def test_links_to_files_are_followed(tmp_path: Path) -> None:
    target = _write(tmp_path / "a" / "hw.py", _F)
    (tmp_path / "link.py").symlink_to(target)
    assert load_submission(tmp_path / "link.py").sources == (Source("link.py", _F),)


@pytest.mark.parametrize("name", ["helper.py", "helper/__init__.py", "helper/inner.py"])
@pytest.mark.parametrize("handed_in", ["", "hw.py"], ids=["folder", "file"])
def test_links_out_of_a_folder_are_not_followed(tmp_path: Path, name: str, handed_in: str) -> None:
    _write(tmp_path / "handed_in" / "hw.py", f"import helper.inner\n{_F}")
    other = _write(tmp_path / "other" / name, "ANSWER = 42\n")
    link = tmp_path / "handed_in" / Path(name).parts[0]
    link.symlink_to(other if link.suffix else other.parent)
    submission = load_submission(tmp_path / "handed_in" / handed_in)
    assert submission.name == "hw.py"
    assert submission.siblings == ()
    assert _codes(submission) == [(Severity.WARNING, "link")]
    assert "a link to a place outside the folder" in submission.problems[0].message
    assert str(tmp_path) not in submission.problems[0].message


def test_several_links_out_of_a_folder_are_told_once(tmp_path: Path) -> None:
    _write(tmp_path / "handed_in" / "hw.py", _F)
    for name in ("b.py", "a.ipynb", "c.py", "notes.txt"):
        (tmp_path / "handed_in" / name).symlink_to("/nonexistent")
    submission = load_submission(tmp_path / "handed_in")
    assert submission.problems == (
        Problem(
            Severity.WARNING,
            "link",
            "a.ipynb is a link to a place outside the folder that was handed in, so it was not "
            "read, nor were 2 others; hand in the file itself.",
            "a.ipynb",
        ),
    )


def test_a_folder_of_nothing_but_links_out_of_it_is_refused(tmp_path: Path) -> None:
    target = _write(tmp_path / "other" / "hw.py", _F)
    folder = tmp_path / "handed_in"
    folder.mkdir()
    (folder / "hw.py").symlink_to(target)
    with pytest.raises(
        SubmissionNotFoundError, match=r"file\. hw\.py is a link to a place outside"
    ):
        load_submission(folder)


def test_links_within_a_folder_are_followed(tmp_path: Path) -> None:
    _write(tmp_path / "real" / "lib" / "tools.py", "x = 1\n")
    _write(tmp_path / "real" / "hw.py", "import helper, more.tools\n")
    (tmp_path / "real" / "helper.py").symlink_to(tmp_path / "real" / "lib" / "tools.py")
    (tmp_path / "real" / "more").symlink_to("lib")
    (tmp_path / "given").symlink_to("real")
    for given in (tmp_path / "given", tmp_path / "given" / "hw.py"):
        submission = load_submission(given)
        assert [s.name for s in submission.siblings] == ["helper", "more", "more.tools"]
        assert submission.problems == ()


def test_a_link_to_the_folder_itself_is_no_file(tmp_path: Path) -> None:
    _write(tmp_path / "hw.py", f"import around\n{_F}")
    (tmp_path / "around.py").symlink_to(".")
    assert load_submission(tmp_path).problems == ()
    with pytest.raises(SubmissionNotFoundError, match="no regular file"):
        Folder(tmp_path).read("around.py")


def test_what_becomes_a_link_or_a_pipe_while_it_is_read_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(tmp_path / "other" / "x.py", "ANSWER = 42\n")
    for kind in ("link", "folder", "pipe"):
        path = _write(tmp_path / kind / "in" / "x.py", _F)
        target = path.resolve()
        folder = Folder(tmp_path / kind)
        monkeypatch.setattr(folder, "_target", lambda _, target=target: target)
        path.unlink()
        if kind == "link":
            path.symlink_to(tmp_path / "other" / "x.py")
        elif kind == "folder":
            path.parent.rmdir()
            path.parent.symlink_to(tmp_path / "other")
        else:
            os.mkfifo(path)
        with pytest.raises(SubmissionNotFoundError, match="cannot be read"):
            folder.read("in/x.py")
    with pytest.raises(SubmissionNotFoundError, match="no regular file"):
        read_given(path)


def test_a_file_that_is_too_large_is_told(tmp_path: Path) -> None:
    path = tmp_path / "hw.py"
    with path.open("wb") as file:
        file.truncate(21 << 20)
    submission = load_submission(path)
    assert submission.sources == ()
    assert _codes(submission) == [(Severity.ERROR, "too-large")]


# siblings, folders, zips


def test_a_file_brings_the_modules_that_it_imports(tmp_path: Path) -> None:
    _write(tmp_path / "hw.py", "import utils as u\nfrom pkg.inner import x\nfrom . import near\n")
    _write(tmp_path / "utils.py", "import deeper, json, jax\n")
    _write(tmp_path / "deeper.py", "import utils\n")
    _write(tmp_path / "pkg" / "__init__.py", "")
    _write(tmp_path / "pkg" / "inner.py", "from .other import *\nfrom .. import near\n")
    _write(tmp_path / "pkg" / "other.py", "x = 1\n")
    _write(tmp_path / "near.py", "y = 1\n")
    for name in ("json.py", "jax.py", "unrelated.py"):
        _write(tmp_path / name, "z = 1\n")
    siblings = load_submission(tmp_path / "hw.py").siblings
    assert [(s.name, s.source.label, s.package) for s in siblings] == [
        ("deeper", "deeper.py", False),
        ("near", "near.py", False),
        ("pkg", "pkg/__init__.py", True),
        ("pkg.inner", "pkg/inner.py", False),
        ("pkg.other", "pkg/other.py", False),
        ("utils", "utils.py", False),
    ]


def test_folders_without_init_can_be_imported_from(tmp_path: Path) -> None:
    _write(tmp_path / "hw.ipynb", _notebook("from lib.tools import x"))
    _write(tmp_path / "lib" / "tools.py", "x = 1\n")
    siblings = load_submission(tmp_path / "hw.ipynb").siblings
    assert siblings == (
        Sibling("lib", Source("lib/__init__.py", ""), package=True),
        Sibling("lib.tools", Source("lib/tools.py", "x = 1\n")),
    )


def test_a_broken_sibling_is_told(tmp_path: Path) -> None:
    _write(tmp_path / "hw.py", "import utils\n")
    _write(tmp_path / "utils.py", "x = (\n")
    submission = load_submission(tmp_path / "hw.py")
    assert submission.siblings == ()
    assert [problem.where for problem in submission.problems] == ["utils.py, line 1"]


@pytest.mark.parametrize(
    ("files", "name"),
    [
        pytest.param(
            {"hw.py": _F, ".hidden.py": _F, "test_hw.py": _F, "conftest.py": _F, "setup.py": _F},
            "hw.py",
            id="one",
        ),
        pytest.param({"hw.py": "import utils\n", "utils.py": _F}, "hw.py", id="imported"),
        pytest.param(
            {"hw.ipynb": _notebook("import utils"), "utils.py": "import more\n", "more.py": _F},
            "hw.ipynb",
            id="notebook-and-modules",
        ),
        pytest.param(
            {"anna/hw.py": _F, "__MACOSX/anna/._hw.py": _F}, "anna/hw.py", id="sub-folder"
        ),
        pytest.param({"hw.py": _F, "old/hw.py": _F}, "hw.py", id="top-first"),
        pytest.param(
            {"hw.ipynb": _notebook(_F), ".ipynb_checkpoints/hw-checkpoint.ipynb": _notebook(_F)},
            "hw.ipynb",
            id="checkpoints",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_the_submission_in_a_container_is_found(
    tmp_path: Path, files: dict[str, str], name: str, kind: str
) -> None:
    path = tmp_path / "handed in"
    if kind == "zip":
        path = _zip(tmp_path / "handed in.ZIP", dict(files))
    else:
        for file, content in files.items():
            _write(path / file, content)
    submission = load_submission(path)
    assert (submission.path, submission.name) == (str(path), name)
    assert [s.name for s in submission.siblings] == sorted(
        module for module in ("utils", "more") if f"{module}.py" in files
    )
    assert submission.problems == ()


def test_folder_and_zip_of_the_same_files_have_the_same_digest(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"hw.py": "import utils\n", "utils.py": _F, "notes.txt": "x"}
    for file, content in files.items():
        _write(tmp_path / "folder" / file, content)
    packed = load_submission(_zip(tmp_path / "hw.zip", files))
    folder = load_submission(tmp_path / "folder")
    assert packed.sha256 == folder.sha256
    _write(tmp_path / "folder" / "utils.py", "")
    assert load_submission(tmp_path / "folder").sha256 != packed.sha256


def test_several_candidates_are_ambiguous(tmp_path: Path) -> None:
    _write(tmp_path / "a.py", _F)
    _write(tmp_path / "b.ipynb", _notebook(_F))
    with pytest.raises(AmbiguousSubmissionError, match=r"\(a\.py, b\.ipynb\); give the file") as e:
        load_submission(tmp_path)
    assert e.value.exit_code == 2


def test_unsafe_members_are_ignored(tmp_path: Path) -> None:
    path = _zip(tmp_path / "hw.zip", {"../evil.py": _F, "/abs.py": _F, "C:/x.py": _F, "ok.py": _F})
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("link.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert load_submission(path).name == "ok.py"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["hw.zip"]


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "hw.zip", {"hw.py": _F})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    problems = load_submission(path).problems
    assert [problem.code for problem in problems] == ["unreadable"]
    assert "without a password" in problems[0].message


@pytest.mark.parametrize("size", [19 << 20, 40 << 20], ids=["by-ratio", "by-size"])
def test_a_bomb_is_not_unpacked(tmp_path: Path, size: int) -> None:
    submission = load_submission(_zip(tmp_path / "hw.zip", {"hw.py": b"#" * size}))
    assert submission.sources == ()
    assert _codes(submission) == [(Severity.ERROR, "too-large")]


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "hw.zip", {"hw.py": _F * 50})
    data = bytearray(path.read_bytes())
    data[40:50] = b"\xff" * 10
    path.write_bytes(data)
    problems = load_submission(path).problems
    assert [problem.code for problem in problems] == ["unreadable"]
    assert "cannot be unpacked" in problems[0].message


_METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


def _one_member(path: Path, method: int, content: bytes) -> bytearray:
    """A zip of one member, on disk, and its bytes."""
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("hw.py", content)
    return bytearray(path.read_bytes())


@pytest.mark.parametrize("method", _METHODS)
def test_members_are_unpacked_however_they_are_packed(tmp_path: Path, method: int) -> None:
    text = _F + "".join(f"x{number} = {number}\n" for number in range(5000))
    _one_member(tmp_path / "hw.zip", method, text.encode())
    submission = load_submission(tmp_path / "hw.zip")
    assert submission.sources == (Source("hw.py", text),)
    assert submission.problems == ()


@pytest.mark.parametrize("method", _METHODS)
@pytest.mark.parametrize("seed", range(10))
def test_a_zip_damaged_anywhere_is_told(tmp_path: Path, method: int, seed: int) -> None:
    path = tmp_path / "hw.zip"
    whole = _one_member(path, method, _F.encode() * 20)
    rng = random.Random(seed)
    for _ in range(30):
        data = bytearray(whole)
        for _ in range(3):
            data[rng.randrange(len(data))] = rng.choice([0, 255, rng.randrange(256)])
        path.write_bytes(data[: rng.choice([len(data), rng.randrange(len(data))])])
        submission = load_submission(path)
        assert submission.sources == () or submission.sources[0].text == _F * 20
        assert all(problem.message.endswith(".") for problem in submission.problems)


@pytest.mark.parametrize("method", _METHODS[1:])
def test_a_bomb_that_lies_about_its_size_is_not_unpacked(tmp_path: Path, method: int) -> None:
    path = tmp_path / "hw.zip"
    data = _one_member(path, method, b"#" * (60 << 20))
    for place in (data.index(b"PK\x03\x04") + 22, data.index(b"PK\x01\x02") + 24):
        data[place : place + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    tracemalloc.start()
    submission = load_submission(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert _codes(submission) == [(Severity.ERROR, "unreadable")]
    assert "hw.zip cannot be unpacked (" in submission.problems[0].message
    assert most < 20 << 20


def test_an_unknown_method_of_packing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "hw.zip"
    data = _one_member(path, zipfile.ZIP_STORED, _F.encode())
    for place in (data.index(b"PK\x03\x04") + 8, data.index(b"PK\x01\x02") + 10):
        data[place] = 93
    path.write_bytes(data)
    assert "method of packing, number 93" in load_submission(path).problems[0].message


def test_members_without_a_name_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "hw.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("", ".", "./", "::hw.py"):
            archive.writestr(zipfile.ZipInfo(name), _F)
    assert load_submission(path).name == "::hw.py"


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "hw.zip", {f"{number}.txt": "" for number in range(5001)})
    problems = load_submission(path).problems
    assert [problem.code for problem in problems] == ["unreadable"]
    assert "at most 5000" in problems[0].message


def test_wrong_bytes_in_comments_alone_do_no_harm(tmp_path: Path) -> None:
    submission = load_submission(_write(tmp_path / "hw.py", b"# \xf6\n" + _F.encode()))
    assert submission.sources == (Source("hw.py", f"# \ufffd\n{_F}"),)
    assert _codes(submission) == [(Severity.WARNING, "encoding")]
