"""Small folders and zips of submissions, as the systems really lay them out."""

import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

HW = "import jax\n\ndef hvp(f, x, v):\n    return x\n"
BOOK = json.dumps(
    {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}, ensure_ascii=False
)


def notebook(source: str) -> str:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, "id": "a"}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})


def plant(folder: Path, files: Mapping[str, str | tuple[str, float]]) -> Path:
    """Write files, each with its text or its text and time; a path that ends in / is a folder."""
    for name, content in files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        text, when = content if isinstance(content, tuple) else (content, 1_700_000_000.0)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (when, when))
    return folder


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
