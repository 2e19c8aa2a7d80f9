import base64
import json
from pathlib import Path
from typing import Any

import pytest

from adcheck.course import Material, MaterialKind
from adcheck.sandbox import reading
from adcheck.survey import reader
from adcheck.survey.materials import LONGEST_TEXT, MOST_IMAGES, MOST_PIECES, materials
from tests.lms.trees import zipped

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(60)).decode()
WANTED: dict[str, tuple[str, ...]] = {"hw.timing": ("timing", "Lab.measure"), "hw.essay": ()}


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs)}


def text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def figure(data: object = PNG, kind: str = "image/png") -> dict[str, Any]:
    return {"output_type": "display_data", "data": {kind: data, "text/plain": "<Figure>"}}


def book(tmp_path: Path, *cells: Any) -> str:
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}
    path = tmp_path / "hw.ipynb"
    path.write_text(json.dumps(document))
    return str(path)


def kinds(pieces: tuple[Material, ...]) -> list[str]:
    return [f"{piece.kind} {piece.where}" for piece in pieces]


def test_functions_by_any_accepted_name_and_the_whole_once_with_the_first_item(
    tmp_path: Path,
) -> None:
    path = book(
        tmp_path,
        text("# *Why*"),
        code("def timing(n):\n    return n\n", {"output_type": "stream", "text": ["1\n", "2\n"]}),
        code("class Lab:\n    def measure(self):\n        pass\n", figure()),
        text("  \n"),
    )
    found = materials(path, WANTED)
    assert kinds(found["hw.timing"]) == [
        "code cell 2, line 1",
        "code cell 3, line 2",
        "markdown cell 1",
        "text cell 2",
        "image cell 3",
    ]
    assert found["hw.timing"][3].content == "1\n2\n"
    assert (found["hw.timing"][4].media_type, found["hw.timing"][4].content) == ("image/png", PNG)
    assert "hw.essay" not in found


def test_a_module_is_shown_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "hw.py").write_text("x = 1\n")
    found = materials(str(tmp_path / "hw.py"), {"hw.essay": ()})
    assert found == {"hw.essay": (Material(MaterialKind.CODE, "hw.py", "x = 1\n"),)}


def test_a_notebook_in_a_zip_shows_its_code_alone(tmp_path: Path) -> None:
    inner = Path(book(tmp_path, text("Why"), code("def timing(): pass\n"))).read_text()
    (tmp_path / "hw.zip").write_bytes(zipped({"hw.ipynb": inner}))
    found = materials(str(tmp_path / "hw.zip"), WANTED)
    assert [piece.kind for piece in found["hw.timing"]] == ["code", "code"]


def test_much_is_cut_and_said_to_be(tmp_path: Path) -> None:
    path = book(tmp_path, text("y" * 9000), *[code("", figure()) for _ in range(MOST_IMAGES + 1)])
    essay, *figures = materials(path, {"hw.essay": ()})["hw.essay"]
    assert len(essay.content) == LONGEST_TEXT + 2
    assert [piece.kind for piece in figures] == ["image"] * MOST_IMAGES + ["text"]
    assert figures[-1].content == "(a figure: look into the notebook)"
    many = book(tmp_path, *[text(f"a {n}") for n in range(MOST_PIECES + 50)])
    assert len(materials(many, {"hw.essay": ()})["hw.essay"]) == MOST_PIECES


@pytest.mark.parametrize(
    "cell",
    [
        None,
        7,
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": 7, "outputs": {}},
        {"cell_type": "code", "source": "", "outputs": [7, {}, {"data": 7}, {"text": 7}]},
        {"cell_type": "markdown", "source": {"x": 1}},
        {"cell_type": "code", "source": "", "outputs": [figure("<script>")]},
        {"cell_type": "code", "source": "", "outputs": [figure({"a": 1})]},
        {"cell_type": "code", "source": "", "outputs": [figure(PNG, "image/svg+xml")]},
    ],
)
def test_strange_cells_are_passed_over(tmp_path: Path, cell: object) -> None:
    path = book(tmp_path, cell, text("Why"))
    pieces = materials(path, {"hw.essay": ()}).get("hw.essay", ())
    assert not [piece for piece in pieces if piece.kind is MaterialKind.IMAGE]
    assert [p.content for p in pieces if p.kind is MaterialKind.MARKDOWN] == ["Why"]


@pytest.mark.parametrize("document", [b"", b"{", b"[]", b'{"cells": 7}', b"[" * 50_000, b"\xff"])
def test_what_is_no_notebook_shows_nothing_of_it(tmp_path: Path, document: bytes) -> None:
    (tmp_path / "hw.ipynb").write_bytes(document)
    assert materials(str(tmp_path / "hw.ipynb"), WANTED) == {}


def test_they_come_from_the_process_that_reads(tmp_path: Path) -> None:
    path = book(tmp_path, text("Why"), code("def timing(): pass\n", figure()))
    assert reader.materials(path, WANTED) == materials(path, WANTED)
    reading.stop()
