"""A notebook's cells as they were saved, with what they printed and drew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from adcheck.reading.containers import Folder, size_limit

__all__ = ["saved_cells", "text_of"]


def saved_cells(path: Path) -> list[dict[str, Any]] | None:
    """A notebook's cells, of which nothing but the kind is certain.

    Args:
        path: of a file, a folder or a zip.

    Returns:
        None for anything but a notebook; for a folder or a zip that holds one, too.
    """
    if path.suffix.lower() == ".zip" or path.is_dir():
        return None
    data = Folder(path.parent).read(path.name)
    if len(data) > size_limit(path.name):
        return None
    try:
        document = json.loads(data)
        cells = document["cells"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else None


def text_of(value: object) -> str:
    """Notebooks keep text as a string or as a list of lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""
