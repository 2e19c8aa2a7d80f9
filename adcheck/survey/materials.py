"""What a person looks at who marks an item: functions, text cells, saved figures and results."""

from __future__ import annotations

import ast
import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from adcheck.course import Material, MaterialKind
from adcheck.language import tr
from adcheck.model import Source, Submission
from adcheck.reading.texts import parse
from adcheck.submission import load_submission
from adcheck.survey.cells import saved_cells, text_of

__all__ = ["materials"]

MOST_IMAGES = 12
MOST_IMAGE_BYTES = 500_000
"""Of all images of a submission together; a usual figure has 30,000."""

MOST_PIECES = 120
LONGEST_TEXT = 4000  # characters of one text cell or function
LONGEST_OUTPUT = 1500  # characters of one printed result
_IMAGES = ("image/png", "image/jpeg")


def materials(path: str, wanted: Mapping[str, Sequence[str]]) -> dict[str, tuple[Material, ...]]:
    """Gathers what there is to look at.

    Args:
        path: as for `adcheck.submission.load_submission`.
        wanted: for each item, the accepted names of its function; none for a text.

    Returns:
        By item. What belongs to the submission as a whole (its text cells, figures and printed
        results, or the code that no item names) is there once, with the first item.
    """
    submission = load_submission(path)
    found = {id_: list(_functions(submission, names)) for id_, names in wanted.items()}
    first = next(iter(wanted), None)
    if first is not None:
        found[first] += _of_the_whole(path, submission)
    return {id_: tuple(pieces) for id_, pieces in found.items() if pieces}


def _functions(submission: Submission, names: Sequence[str]) -> Iterator[Material]:
    wanted = {name.rpartition(".")[2] for name in names}
    for source in submission.sources:
        for node in ast.walk(parse(source.text)):
            if isinstance(node, ast.FunctionDef) and node.name in wanted:
                text = ast.get_source_segment(source.text, node) or ""
                where = f"{source.label}, line {node.lineno}"
                yield Material(MaterialKind.CODE, where, _cut(text, LONGEST_TEXT))


def _of_the_whole(path: str, submission: Submission) -> list[Material]:
    cells = saved_cells(Path(path))
    if cells is None:
        return [_code(source) for source in submission.sources]
    pieces: list[Material] = []
    images = _Images()
    for number, cell in enumerate(cells, 1):
        pieces += _of_cell(cell, f"cell {number}", images)
    return pieces[:MOST_PIECES]


def _code(source: Source) -> Material:
    return Material(MaterialKind.CODE, source.label, _cut(source.text, 3 * LONGEST_TEXT))


def _of_cell(cell: Mapping[str, Any], where: str, images: _Images) -> Iterator[Material]:
    if cell.get("cell_type") == "markdown":
        text = text_of(cell.get("source"))
        if text.strip():
            yield Material(MaterialKind.MARKDOWN, where, _cut(text, LONGEST_TEXT))
        return
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, dict):
            continue
        data = output.get("data")
        bundle = data if isinstance(data, dict) else {}
        image = images.taken(bundle, where)
        if image is not None:
            yield image
            continue
        text = text_of(output.get("text", bundle.get("text/plain")))
        if text.strip():
            yield Material(MaterialKind.TEXT, where, _cut(text, LONGEST_OUTPUT))


class _Images:
    """Takes images as long as there are not too many."""

    def __init__(self) -> None:
        self._left, self._bytes = MOST_IMAGES, MOST_IMAGE_BYTES

    def taken(self, bundle: Mapping[str, Any], where: str) -> Material | None:
        for media_type in _IMAGES:
            content = "".join(text_of(bundle.get(media_type)).split())
            if content and _is_base64(content):
                if not self._left or len(content) > self._bytes:
                    told = tr("(a figure: look into the notebook)")
                    return Material(MaterialKind.TEXT, where, told)
                self._left, self._bytes = self._left - 1, self._bytes - len(content)
                return Material(MaterialKind.IMAGE, where, content, media_type)
        return None


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "\n…"
