"""Which of a student's files are modules that another one of them imports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from adcheck.lms.names import attempt_of

__all__ = ["helpers"]

_MOST_BYTES: Final = 32 << 20
# In a notebook, a line of code begins after a quotation mark or an escaped line break. Hostile
# text is only searched, never parsed: nothing nests here.
_IMPORT: Final = re.compile(
    rb'(?:^|[";]|\\n)[ \t]*(?:from[ \t]+\.?([\w.]+)[ \t]+import\b|import[ \t]+([\w., \t]+))',
    re.MULTILINE,
)


def helpers(folder: Path, files: Mapping[str, str]) -> dict[str, str]:
    """Find the modules that are imported by another file.

    Args:
        folder: that the paths start from.
        files: of one folder: the path of each, by the name that its owner gave it.

    Returns:
        For the name of each module that is imported, the name of a file that imports it. Empty if
        every file is imported by another, for then all of them, or none, is the submission.
    """
    code = {name: path for name, path in files.items() if _suffix(name) in (".py", ".ipynb")}
    modules = {module: name for name in code for module in _modules(name)}
    if len(code) < 2 or not modules:
        return {}
    found: dict[str, str] = {}
    for name, path in sorted(code.items()):
        for module in _imported(folder / path):
            helper = modules.get(module)
            if helper is not None and helper != name and PurePosixPath(name).stem != module:
                found.setdefault(helper, name)
    return found if len(found) < len(code) else {}


def _modules(name: str) -> set[str]:
    """The names a file may be imported by; Canvas calls a later attempt at one utils-1.py."""
    stem = PurePosixPath(name).stem
    return {stem, attempt_of(stem)[0]} if _suffix(name) == ".py" else set()


def _imported(path: Path) -> set[str]:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
    except OSError:
        return set()
    names: set[str] = set()
    for one, several in _IMPORT.findall(data):
        listed = [one] if one else [part.split()[0] for part in several.split(b",") if part.strip()]
        names |= {name.split(b".")[0].decode("utf-8", "replace") for name in listed}
    return names


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
