"""Files that an experiment saves: wherever it wants them, they end in the worker's own folder.

Part of the child side. A worker may make no folders, and Google Drive is not there; neither is a
reason to lose the points of an experiment that was right until it saved its table.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["install"]

_real_mkdir, _real_open = os.mkdir, io.open


def install() -> None:
    """Lets making a folder, and opening a file to write, succeed where they would not."""
    os.mkdir = _mkdir
    io.open = builtins.open = _open


def _mkdir(path: Any, *args: Any, **keywords: Any) -> None:
    try:
        _real_mkdir(path, *args, **keywords)
    except FileExistsError:
        raise
    except OSError:
        frames = sys.modules.get("pandas.io.common")
        with contextlib.suppress(AttributeError):  # it looks for the folder before it opens a file
            setattr(frames, "check_parent_directory", lambda path: None)  # noqa: B010


def _open(file: Any, mode: Any = "r", *args: Any, **keywords: Any) -> Any:
    try:
        return _real_open(file, mode, *args, **keywords)
    except (PermissionError, FileNotFoundError):
        writes = isinstance(mode, str) and not set("wax").isdisjoint(mode)
        if not writes or not isinstance(file, str | os.PathLike):
            raise
        name = Path(os.fsdecode(file)).name
        return _real_open(Path(tempfile.gettempdir(), name), mode, *args, **keywords)
