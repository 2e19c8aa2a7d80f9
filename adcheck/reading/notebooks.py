"""Notebooks: code cells as Python, with IPython's magics translated and line numbers kept."""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Mapping
from typing import Any

from adcheck.language import tr
from adcheck.model import Problem, Severity, Sibling, Source
from adcheck.reading.texts import Reading, decode, parse, parse_problem, refusal

__all__ = [
    "TooManyMagicsError",
    "looks_like_notebook",
    "read_notebook",
    "too_many_magics",
    "translate_magics",
]

# Cell magics whose body is Python that runs in the notebook itself.
_PYTHON_BODIES = frozenset(
    {"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "debug", "snakeviz", "heat"}
    | {"adcheck"}
)
_CELL_MAGIC = re.compile(r"%%(?P<name>\w+)[ \t]*(?P<rest>[^\n]*)")
_MAGIC_LINE = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$|=[ \t]*[!%]", re.MULTILINE)
# What matched is not given back, or a line of spaces would take time in its length's square.
_TIME = re.compile(r"^(?P<before>[ \t]*+(?:[\w.,\[\] \t]++=[ \t]*+)?)%time[ \t]+(?P<code>.+)$")
_ENV = re.compile(
    r"^(?P<indent>[ \t]*)%(?:set_)?env[ \t]+(?P<name>\w+)[ \t]*[=\s][ \t]*(?P<value>.+)$"
)
_SHELL = re.compile(r"^[ \t]*+(?:[\w.,\[\] \t]++=[ \t]*+)?[%!]")


class TooManyMagicsError(Exception):
    """Raised when there are more magics and shell escapes in one piece than IPython translates."""


def looks_like_notebook(data: bytes) -> bool:
    """Tell whether bytes are a notebook whatever the file is called (JSON parses as Python)."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"nbformat"' in data


def read_notebook(data: bytes, label: str) -> Reading:
    """Read a notebook of format 1 to 4; small faults in its form do no harm.

    Args:
        data: the file's bytes.
        label: the file's name, for messages.

    Returns:
        One source for each code cell that parses, labelled ``"cell N"`` among all cells.
    """
    text, problems = decode(data, label)
    if not text.strip():
        empty = Problem(Severity.ERROR, "empty", tr("{file} is empty.", file=label), label)
        return Reading(problems=problems or (empty,))
    try:
        cells = _cells(json.loads(text))
    except RecursionError:
        message = tr("{file} is nested too deeply for a notebook.", file=label)
        return refusal("not-a-notebook", message, label)
    except ValueError as error:
        message = tr(
            "{file} is no valid notebook ({error}); save or download it again.",
            file=label,
            error=error,
        )
        return refusal("not-a-notebook", message, label)
    reading = _read_cells(cells)
    if not any(_is_code(cell) and _source(cell).strip() for cell in cells):
        message = tr("{file} holds no code cell.", file=label)
        empty = Problem(Severity.ERROR, "empty", message, label)
        return Reading(problems=(*problems, empty))
    return Reading(reading.sources, reading.siblings, (*problems, *reading.problems))


def translate_magics(text: str) -> str:
    """Translate line magics, shell escapes and help requests; lines stay where they are.

    Text that holds none, or that parses as it is, comes back unchanged; so does what IPython
    itself cannot read.

    Raises:
        TooManyMagicsError: if there are hundreds of them.
    """
    if not _MAGIC_LINE.search(text) or _parses(text):
        return text
    from IPython.core import inputtransformer2

    manager: Any = inputtransformer2
    body = _plain_lines(text)
    if _parses(body):
        return body
    blank = len(body) - len(body.lstrip("\n"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            translated: str = manager.TransformerManager().transform_cell(body.lstrip("\n"))
        except RecursionError:
            return text
        except RuntimeError as error:
            raise TooManyMagicsError from error
        except Exception:  # whatever else it stumbles over is told as what does not parse
            return text
    return "\n" * blank + translated


def too_many_magics(label: str, part: str, advice: str) -> Problem:
    """Say that a piece was left out, because it holds too many magics.

    Args:
        label: how a person finds it, such as ``"cell 3"``.
        part: what it is called in a sentence, such as ``"This cell"``.
        advice: what to do.
    """
    message = tr(
        "{part} holds more notebook commands (! or %) than can be translated and was left out: "
        "{advice}.",
        part=part,
        advice=advice,
    )
    return Problem(Severity.ERROR, "too-complex", message, label)


def _cells(document: object) -> list[Mapping[str, Any]]:
    if not isinstance(document, dict):
        raise ValueError(tr("it is no JSON object"))
    cells = document.get("cells")
    if cells is None and "worksheets" in document:
        cells = _upgraded(document)
    if not isinstance(cells, list):
        raise ValueError(tr("it has no list of cells"))
    return [cell if isinstance(cell, dict) else {} for cell in cells]


def _upgraded(document: dict[str, Any]) -> list[Any]:
    """The cells of a notebook older than format 4."""
    try:
        cells = [cell for sheet in document["worksheets"] for cell in sheet["cells"]]
    except (TypeError, KeyError, IndexError):
        raise ValueError(tr("its worksheets hold no cells")) from None
    cells = [cell for cell in cells if isinstance(cell, dict)]
    for cell in cells:
        cell["outputs"] = []
    import nbformat

    read: Any = nbformat.reads
    logger = logging.getLogger("traitlets")
    disabled, logger.disabled = logger.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(read(json.dumps(document), as_version=4)["cells"])
    except Exception:  # whatever nbformat dislikes, the code itself is still in "input"
        return [{**cell, "source": cell.get("input", cell.get("source", ""))} for cell in cells]
    finally:
        logger.disabled = disabled


def _is_code(cell: Mapping[str, Any]) -> bool:
    return cell.get("cell_type") == "code"


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    text = re.sub(r"\r\n?", "\n", source.removeprefix("\ufeff"))
    return text if not text or text.endswith("\n") else text + "\n"


def _read_cells(cells: list[Mapping[str, Any]]) -> Reading:
    sources: list[Source] = []
    written: dict[str, Sibling] = {}
    problems: list[Problem] = []
    for number, cell in enumerate(cells, 1):
        text = _source(cell) if _is_code(cell) else ""
        label = f"cell {number}"
        magic, body = _split_magic(text)
        if magic and magic["name"] in ("writefile", "file"):
            _write(written, magic["rest"], Source(label, body))
            continue
        if magic:
            continue
        try:
            body = _dedented(translate_magics(body))
        except TooManyMagicsError:
            advice = tr("split it into several cells")
            problems.append(too_many_magics(label, tr("This cell"), advice))
            continue
        if problem := parse_problem(body, label, tr("This cell")):
            problems.append(problem)
        elif body.strip():
            sources.append(Source(label, body))
    siblings, broken = _that_parse(written)
    return Reading(tuple(sources), siblings, (*problems, *broken))


def _split_magic(text: str) -> tuple[re.Match[str] | None, str]:
    """The ``%%magic`` whose body is not Python, and a cell's text with all its magics blank."""
    lines = text.splitlines(keepends=True)
    for index, line in enumerate(lines):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _CELL_MAGIC.match(line.lstrip())
        if match:
            lines[index] = "\n"
        if not match or match["name"] not in _PYTHON_BODIES:
            return match, "".join(lines)
    return None, "".join(lines)


def _write(written: dict[str, Sibling], arguments: str, source: Source) -> None:
    """Take note of a ``%%writefile`` cell if it writes a module that could be imported."""
    words = arguments.split()
    path = words[-1].strip("'\"").removeprefix("./") if words else ""
    stem, package = path.removesuffix(".py"), path.endswith("__init__.py")
    parts = stem.split("/")[: -1 if package else None]
    if not path.endswith(".py") or not parts or not all(part.isidentifier() for part in parts):
        return
    name = ".".join(parts)
    if "-a" in words and name in written:
        before = written[name].source
        source = Source(before.label, before.text + source.text.removeprefix("\n"))
    written[name] = Sibling(name, source, package)


def _that_parse(
    written: Mapping[str, Sibling],
) -> tuple[tuple[Sibling, ...], list[Problem]]:
    """The modules that can be used, now that all their parts are there, and why others cannot."""
    siblings: list[Sibling] = []
    problems: list[Problem] = []
    for sibling in written.values():
        source = sibling.source
        part = tr("The module {name} that this cell writes", name=sibling.name)
        if problem := parse_problem(source.text, source.label, part):
            problems.append(problem)
        else:
            siblings.append(sibling)
    return tuple(siblings), problems


def _plain_lines(text: str) -> str:
    """Turn what has a plain meaning into Python: ``%time x = f()`` binds x, ``%env`` sets."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if _SHELL.match(line):
            _join_continued(lines, index)
        if match := _TIME.match(lines[index]):
            lines[index] = match["before"] + match["code"]
        elif match := _ENV.match(lines[index]):
            name, value = match["name"], match["value"].strip()
            lines[index] = f"{match['indent']}import os; os.environ[{name!r}] = {value!r}"
    return "\n".join(lines)


def _join_continued(lines: list[str], index: int) -> None:
    """Join a command that goes on after a backslash, leaving blank lines in its place."""
    following = index + 1
    while lines[index].endswith("\\") and following < len(lines):
        lines[index] = lines[index][:-1] + lines[following].lstrip()
        lines[following] = ""
        following += 1


def _dedented(text: str) -> str:
    """A cell that is indented as a whole runs in IPython, so it must parse here."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    if not indent or _parses(text):
        return text
    return "\n".join(line.removeprefix(indent) for line in text.split("\n"))


def _parses(text: str) -> bool:
    try:
        parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
