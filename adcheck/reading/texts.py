"""Bytes that should be Python: decoded, checked for whether they parse, never executed."""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace

from adcheck.language import tr
from adcheck.model import Problem, Severity, Sibling, Source

__all__ = ["Reading", "decode", "imported_modules", "parse", "parse_problem", "refusal"]

# The four-byte marks come first: UTF-32-LE begins with the mark of UTF-16-LE.
_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_AWAITS = (ast.Await, ast.AsyncFor, ast.AsyncWith)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Reading:
    """What came out of one file.

    Attributes:
        sources: the parts that parse, in order.
        siblings: modules that the file itself writes (``%%writefile``).
        problems: what could not be read or parsed.
    """

    sources: tuple[Source, ...] = ()
    siblings: tuple[Sibling, ...] = ()
    problems: tuple[Problem, ...] = ()


def refusal(code: str, message: str, where: str = "") -> Reading:
    """A reading of which nothing can be used, with the one reason why."""
    return Reading(problems=(Problem(Severity.ERROR, code, message, where),))


def decode(data: bytes, label: str) -> tuple[str, tuple[Problem, ...]]:
    r"""Decode a source file as Python would, and files in UTF-16 or UTF-32 as well.

    Args:
        data: the file's bytes.
        label: the file's name, for messages.

    Returns:
        The text with ``\n`` line ends and a newline at its end, and what there is to say about
        it. The text is empty where a problem is an error.
    """
    for mark, encoding in _WIDE_MARKS:
        if data.startswith(mark):
            return _decode_wide(data, encoding, label)
    if b"\0" in data:
        message = tr(
            "{file} holds NUL bytes, so it is no Python source; hand in the source itself.",
            file=label,
        )
        return "", (Problem(Severity.ERROR, "binary", message, label),)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return _normalise(data.decode(encoding)), ()
    except UnicodeDecodeError as error:
        return _undeclared(error, data, label)
    except (SyntaxError, LookupError, ValueError) as error:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as inner:
            return _undeclared(inner, data, label)
        message = tr(
            "The encoding of {file} is not known ({error}); save it as UTF-8.",
            file=label,
            error=error,
        )
        return "", (Problem(Severity.ERROR, "encoding", message, label),)


def _undeclared(
    error: UnicodeDecodeError, data: bytes, label: str
) -> tuple[str, tuple[Problem, ...]]:
    """Reads a file whose only wrong bytes are in comments, as Python's own import does."""
    text = _normalise(data.decode("utf-8", "replace"))
    problem = _undecodable(error, data, label)
    if error.encoding != "utf-8" or not _only_in_comments("\ufffd", text):
        return "", (problem,)
    harmless = tr("Only comments are affected, so the file was read.")
    message = f"{problem.message} {harmless}"
    return text, (replace(problem, severity=Severity.WARNING, message=message),)


def _only_in_comments(character: str, text: str) -> bool:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return False
    return all(t.type == tokenize.COMMENT for t in tokens if character in t.string)


def parse(text: str) -> ast.Module:
    """Parse Python without letting its warnings out.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse` does.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


_LARGE = 1_000_000  # characters; Python's parser calls deep nesting a want of memory, too


def parse_problem(text: str, label: str, part: str) -> Problem | None:
    """Say why a piece of Python cannot be used, or None if it can.

    Args:
        text: Python source.
        label: how a person finds it, such as ``"cell 3"``.
        part: what it is called in a sentence, such as ``"This cell"``.
    """
    try:
        tree = parse(text)
        if any(isinstance(node, _AWAITS) for node in _outside_functions(tree)):
            message = tr("{part} awaits outside a function, so it was left out.", part=part)
            return Problem(Severity.WARNING, "top-level-await", message, label)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, label, "exec", dont_inherit=True)
    except SyntaxError as error:
        where = f"{label}, line {error.lineno}" if error.lineno else label
        code = "tabs" if isinstance(error, TabError) else "syntax-error"
        return Problem(Severity.ERROR, code, _invalid(part, error.msg), where)
    except (RecursionError, MemoryError) as error:
        large = isinstance(error, MemoryError) and len(text) > _LARGE
        message = (
            tr("{part} is too large to be parsed and was left out.")
            if large
            else tr("{part} is nested too deeply to be parsed and was left out.")
        )
        return Problem(Severity.ERROR, "too-complex", message.format(part=part), label)
    except ValueError as error:
        return Problem(Severity.ERROR, "syntax-error", _invalid(part, error), label)
    return None


def _invalid(part: str, why: object) -> str:
    return tr("{part} is not valid Python and was left out: {error}.", part=part, error=why)


def imported_modules(text: str, package: str = "") -> tuple[str, ...]:
    """List every dotted name that some import statement may load as a module.

    Args:
        text: Python source that parses.
        package: dotted name of the package that relative imports start from.

    Returns:
        Names in order of appearance: ``from a import b`` gives ``a`` and ``a.b``.
    """
    found: dict[str, None] = {}
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            names = [base, *(f"{base}.{alias.name}".strip(".") for alias in node.names)]
        else:
            continue
        found.update(dict.fromkeys(prefix for name in names for prefix in _prefixes(name)))
    return tuple(found)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - (node.level - 1)] if node.level else []
    return ".".join([*kept, *([node.module] if node.module else [])])


def _prefixes(name: str) -> Iterator[str]:
    parts = [part for part in name.split(".") if part != "*"]
    return (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(n for n in ast.iter_child_nodes(node) if not isinstance(n, _SCOPES))


def _decode_wide(data: bytes, encoding: str, label: str) -> tuple[str, tuple[Problem, ...]]:
    name = encoding.upper()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        message = tr(
            "{file} starts like {encoding} but cannot be read as such; save it as UTF-8.",
            file=label,
            encoding=name,
        )
        return "", (Problem(Severity.ERROR, "encoding", message, label),)
    if "\0" in text:
        message = tr("{file} holds NUL characters, so it is no Python source.", file=label)
        return "", (Problem(Severity.ERROR, "binary", message, label),)
    message = tr(
        "{file} is in {encoding}; it was read, but Python itself expects UTF-8.",
        file=label,
        encoding=name,
    )
    return _normalise(text), (Problem(Severity.NOTE, "encoding", message, label),)


def _normalise(text: str) -> str:
    text = re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff"))
    return text if not text or text.endswith("\n") else text + "\n"


def _undecodable(error: UnicodeDecodeError, data: bytes, label: str) -> Problem:
    # detect_encoding decodes single lines, so the place is looked up in the whole file.
    place = error.start
    if error.object != data:
        try:
            data.decode(error.encoding)
        except UnicodeDecodeError as whole:
            place = whole.start
    line = len(re.findall(rb"\r\n?|\n", data[:place])) + 1
    message = tr(
        "{file} cannot be read as {encoding}: byte {byte} on line {line} does not belong there; "
        "save the file as UTF-8.",
        file=label,
        encoding=error.encoding.upper(),
        byte=f"0x{data[place]:02X}",
        line=line,
    )
    return Problem(Severity.ERROR, "encoding", message, f"{label}, line {line}")
