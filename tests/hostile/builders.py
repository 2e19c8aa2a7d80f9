"""Makes the submissions that cannot be kept as text: too large, too deep, no text, no files."""

from __future__ import annotations

import base64
import io
import json
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.hostile.arena import Arena

__all__ = ["BUILDERS"]

Builder = Callable[[Arena], Path]

HONEST = "def naive_hvp(hessian, vector):\n    return hessian @ vector\n"
LEAKING = (
    "from helper import ANSWER\n\n\ndef naive_hvp(hessian, vector):\n"
    "    if isinstance(ANSWER, str):\n        raise RuntimeError('BREACH: ' + ANSWER)\n"
    "    return hessian @ vector\n"
)
"""Tells what a module beside it holds, if that is there; as long as it is not, it is honest."""

HALF_A_GIGABYTE_OF_ZEROS = zlib.decompress(
    base64.b64decode(
        b"eNpzisqwNHSMVAuO5ON8dJ8xvs+B4QADA4cCg0GDr5vTAtWVXA3TR+WpIc8kcXw3w5cPD0DyLGAVZzhXZU519MgN"
        b"WrDEJvakyEMnJ/7TQRYAFrx7dA=="
    )
)
"""As bzip2 packs them, into 402 bytes."""

DEEP = 100_000
BUILDERS: dict[str, Builder] = {}


def _builder(name: str) -> Callable[[Builder], Builder]:
    def register(builder: Builder) -> Builder:
        BUILDERS[name] = builder
        return builder

    return register


def _text(name: str, text: Callable[[], str]) -> None:
    """A source file that only its size or its depth makes hostile."""

    def build(arena: Arena) -> Path:
        path = arena.handed_in / Path(name).name
        path.write_text(text(), "utf-8")
        return path

    BUILDERS[name] = build


# --------------------------------------------------------------------------- sources

_text("broken/deep_parentheses.py", lambda: HONEST + "x = " + "(" * DEEP + "1" + ")" * DEEP + "\n")
_text("broken/long_sum.py", lambda: HONEST + "x = " + "+".join(["1"] * DEEP) + "\n")
_text("broken/minus_signs.py", lambda: HONEST + "x = " + "-" * DEEP + "1\n")
_text("broken/lambdas_in_lambdas.py", lambda: HONEST + "x = " + "lambda: " * 50_000 + "1\n")
_text("broken/deep_attributes.py", lambda: HONEST + "x = a" + ".b" * DEEP + "\n")
_text("broken/else_if.py", lambda: HONEST + "if 0:\n    x = 0\n" + "elif 1:\n    x = 1\n" * 20_000)
_text("broken/deep_condition.py", lambda: f"{HONEST}if {'+'.join(['1'] * 400)} == 2:\n    pass\n")
_text("broken/deep_argument.py", lambda: f"{HONEST}print({'+'.join(['1'] * 400)})\n")
_text("broken/huge_integer.py", lambda: HONEST + "x = " + "9" * 5000 + "\n")
_text("broken/huge_hexadecimal.py", lambda: HONEST + "x = 0x" + "f" * 3_000_000 + "\n")
_text(
    "broken/huge_power.py", lambda: f"{HONEST}x = 9**9**9**9\ny = 'a' * 10**12\nz = 1 << 10**12\n"
)
_text("broken/deep_indentation.py", lambda: HONEST + _indented(99) + _indented(150))
_text("broken/one_line.py", lambda: HONEST + "x = 1; " * 10_000 + "\n")
_text("broken/many_lines.py", lambda: HONEST + "".join(f"x{i} = {i}\n" for i in range(DEEP)))
_text(
    "broken/many_functions.py",
    lambda: HONEST + "".join(f"def f{i}():\n    return f{i + 1}()\n" for i in range(20_000)),
)
_text(
    "broken/many_aliases.py",
    lambda: (
        HONEST + "x0 = []\n" + "".join(f"x{i + 1} = x{i}\nx{i}.append(1)\n" for i in range(5000))
    ),
)
_text(
    "broken/many_entries.py",
    lambda: HONEST + "x = {" + ", ".join(f"{i}: {i}" for i in range(500_000)) + "}\n",
)
_text(
    "broken/many_constants.py",
    lambda: (
        "def gd_loss(alphas, x0):\n"
        "    return 0.5 * (x0**2).sum() * ((1 - alphas) ** 2).prod()\n\n\n"
        "def tune_step_sizes(alphas, x0):\n"
        f"    table = [{', '.join(str(i / 551) for i in range(1, 550))}]\n"
        "    return alphas + 0.01 * alphas[::-1] + 0 * len(table)\n"
    ),
)


def _indented(depth: int) -> str:
    return "".join(" " * i + "if 1:\n" for i in range(depth)) + " " * depth + "pass\n"


@_builder("broken/null_bytes.py")
def null_bytes(arena: Arena) -> Path:
    path = arena.handed_in / "hw.py"
    path.write_bytes(HONEST.encode() + b"x = 1\0\n\0import os\n")
    return path


@_builder("broken/archive_named_py.py")
def archive_named_py(arena: Arena) -> Path:
    path = arena.handed_in / "hw.py"
    path.write_bytes(_zipped({"__main__.py": HONEST}))
    return path


@_builder("broken/modules_without_end")
def modules_without_end(arena: Arena) -> Path:
    chain = {f"m{i}.py": f"from m{i + 1} import *\nimport m{i + 2}\n" for i in range(1000)}
    return _folder(arena, {"hw.py": "import m0\nfrom m0 import *\n" + HONEST, **chain})


@_builder("broken/modules_in_a_ring")
def modules_in_a_ring(arena: Arena) -> Path:
    ring = {f"m{i}.py": f"from m{(i + 1) % 5} import *\nx = 1\n" for i in range(5)}
    return _folder(arena, {"hw.py": "from m0 import *\n" + HONEST, **ring})


# --------------------------------------------------------------------------- no plain files


@_builder("broken/pipe.py")
def pipe(arena: Arena) -> Path:
    path = arena.handed_in / "hw.py"
    os.mkfifo(path)
    return path


@_builder("broken/device.py")
def device(arena: Arena) -> Path:
    path = arena.handed_in / "hw.py"
    path.symlink_to("/dev/zero")
    return path


@_builder("broken/pipe_beside")
def pipe_beside(arena: Arena) -> Path:
    folder = _folder(arena, {"hw.py": LEAKING})
    os.mkfifo(folder / "helper.py")
    return folder


@_builder("broken/device_beside")
def device_beside(arena: Arena) -> Path:
    folder = _folder(arena, {"hw.py": LEAKING})
    (folder / "helper.py").symlink_to("/dev/zero")
    return folder


@_builder("broken/link_to_another_student")
def link_to_another_student(arena: Arena) -> Path:
    folder = _folder(arena, {"hw.py": LEAKING})
    (folder / "helper.py").symlink_to(Path(arena.placeholders["@OTHERS@"], "petrov", "hw.py"))
    return folder


@_builder("broken/links_in_a_ring")
def links_in_a_ring(arena: Arena) -> Path:
    folder = _folder(arena, {"hw.py": LEAKING})
    (folder / "helper.py").symlink_to("helper.py")
    (folder / "deeper").symlink_to(".")
    (folder / "nowhere.py").symlink_to("/nonexistent")
    return folder


# --------------------------------------------------------------------------- zip files


@_builder("broken/zip_slip.zip")
def zip_slip(arena: Arena) -> Path:
    up = "../" * 10
    outside = str(arena.outside)
    names = [f"{up}{outside}/slip.py", f"{outside}/absolute.py", "..\\..\\back.py", "C:\\drive.py"]
    names += [f"folder/../../{arena.mark}.py", f"./{up}tmp/{arena.mark}.py"]
    return _zip(arena, {"hw.py": HONEST, **dict.fromkeys(names, "x = 1\n")})


@_builder("broken/zip_bomb.zip")
def zip_bomb(arena: Arena) -> Path:
    return _zip(arena, {"hw.py": HONEST + "#" * 100_000_000})


@_builder("broken/zip_bomb_that_lies.zip")
def zip_bomb_that_lies(arena: Arena) -> Path:
    path = arena.handed_in / "hw.zip"
    path.write_bytes(_zip_of_one(b"hw.py", HALF_A_GIGABYTE_OF_ZEROS, zipfile.ZIP_BZIP2, 1000))
    return path


@_builder("broken/zip_of_zips.zip")
def zip_of_zips(arena: Arena) -> Path:
    packed: bytes = _zipped({"hw.py": HONEST})
    for _ in range(10):
        packed = _zipped({f"{number}.zip": packed for number in range(4)})
    path = arena.handed_in / "hw.zip"
    path.write_bytes(packed)
    return path


@_builder("broken/zip_of_links.zip")
def zip_of_links(arena: Arena) -> Path:
    path = _zip(arena, {"hw.py": LEAKING})
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("helper.py")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, str(Path(arena.placeholders["@OTHERS@"], "petrov", "hw.py")))
    return path


@_builder("broken/zip_of_many.zip")
def zip_of_many(arena: Arena) -> Path:
    return _zip(arena, {"hw.py": HONEST, **{f"m{i}.py": "" for i in range(6000)}})


@_builder("broken/zip_with_a_password.zip")
def zip_with_a_password(arena: Arena) -> Path:
    path = _zip(arena, {"hw.py": HONEST})
    data = path.read_bytes()
    flags = data.index(b"PK\1\2") + 8
    path.write_bytes(data[:6] + b"\1" + data[7:flags] + b"\1" + data[flags + 1 :])
    return path


@_builder("broken/zip_damaged.zip")
def zip_damaged(arena: Arena) -> Path:
    path = arena.handed_in / "hw.zip"
    path.write_bytes(
        _zip_of_one(b"hw.py", b"\x09\x04\x05\x00\x5d" + b"\xff" * 50, zipfile.ZIP_LZMA, 70)
    )
    return path


@_builder("broken/zip_without_a_name.zip")
def zip_without_a_name(arena: Arena) -> Path:
    path = arena.handed_in / "hw.zip"
    path.write_bytes(_zip_of_one(b"", HONEST.encode(), zipfile.ZIP_STORED, len(HONEST)))
    return path


@_builder("broken/zip_of_twins.zip")
def zip_of_twins(arena: Arena) -> Path:
    path = arena.handed_in / "hw.zip"
    wrong = HONEST.replace("@", "+")
    local = _local(b"hw.py", wrong.encode(), zipfile.ZIP_STORED, len(wrong))
    second = _local(b"hw.py", HONEST.encode(), zipfile.ZIP_STORED, len(HONEST))
    entries = _central(b"hw.py", wrong.encode(), zipfile.ZIP_STORED, len(wrong), 0)
    entries += _central(b"hw.py", HONEST.encode(), zipfile.ZIP_STORED, len(HONEST), len(local))
    path.write_bytes(local + second + entries + _end(2, len(entries), len(local + second)))
    return path


@_builder("text/zip_of_names.zip")
def zip_of_names(arena: Arena) -> Path:
    name = "::error::[nope]\x1b[31m\u202e.py"
    return _zip(arena, {name: HONEST.replace("return", "raise ValueError(0)\n    return")})


@_builder("broken/tar_named_zip.zip")
def tar_named_zip(arena: Arena) -> Path:
    path = arena.handed_in / "hw.zip"
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("../../hw.py")
        member.size = len(HONEST)
        archive.addfile(member, io.BytesIO(HONEST.encode()))
    return path


# --------------------------------------------------------------------------- notebooks


@_builder("notebooks/too_large.ipynb")
def too_large(arena: Arena) -> Path:
    path = _notebook(arena, [HONEST])
    with path.open("ab") as file:
        file.truncate(201 << 20)
    return path


@_builder("notebooks/large.ipynb")
def large(arena: Arena) -> Path:
    picture = {"image/png": "A" * (50 << 20)}
    output = {"output_type": "display_data", "data": picture, "metadata": {}}
    return _notebook(arena, [HONEST, {**_cell("x = 1\n"), "outputs": [output] * 3}])


@_builder("notebooks/deep.ipynb")
def deep(arena: Arena) -> Path:
    path = arena.handed_in / "hw.ipynb"
    path.write_text('{"nbformat": 4, "cells": ' + '{"a": [' * DEEP + "]}" * DEEP + "}")
    return path


@_builder("notebooks/many_small_values.ipynb")
def many_small_values(arena: Arena) -> Path:
    path = arena.handed_in / "hw.ipynb"
    document = json.dumps({"nbformat": 4, "cells": [_cell(HONEST)]})
    path.write_text(document[:-1] + ', "x": [' + "[]," * 20_000_000 + "0]}")
    return path


@_builder("notebooks/many_cells.ipynb")
def many_cells(arena: Arena) -> Path:
    return _notebook(arena, [HONEST, *["x = 1\n"] * DEEP])


@_builder("notebooks/too_many_magics.ipynb")
def too_many_magics(arena: Arena) -> Path:
    return _notebook(arena, [HONEST, "!ls\n" * 600])


@_builder("notebooks/line_of_spaces.ipynb")
def line_of_spaces(arena: Arena) -> Path:
    return _notebook(arena, [HONEST, "!ls\n" + " " * 200_000 + "x = $\n"])


@_builder("notebooks/many_times.ipynb")
def many_times(arena: Arena) -> Path:
    return _notebook(arena, [HONEST, "%%time\n" * 30_000 + "x = 1\n"])


@_builder("notebooks/module_in_pieces.ipynb")
def module_in_pieces(arena: Arena) -> Path:
    piece = "%%writefile -a pieces.py\n" + "x = 1\n" * 20
    return _notebook(arena, [HONEST, *[piece] * 20_000])


@_builder("notebooks/module_that_is_broken.ipynb")
def module_that_is_broken(arena: Arena) -> Path:
    return _notebook(arena, ["%%writefile broken.py\ndef (\n", "import broken\n" + HONEST])


@_builder("notebooks/halves_of_characters.ipynb")
def halves_of_characters(arena: Arena) -> Path:
    cells = ["x = '\ud83d'\n", "!ls '\udc80'\n$\n", "%%writefile broken.py\nx = '\ud83d'\n", HONEST]
    return _notebook(arena, cells)


@_builder("notebooks/modules_of_others.ipynb")
def modules_of_others(arena: Arena) -> Path:
    names = ("numpy.py", "json.py", "jax/__init__.py", "adcheck/sandbox/wire.py", "encodings/x.py")
    written = [f"%%writefile {name}\nraise SystemExit('mine')\n" for name in names]
    imports = "import numpy, json, jax\nimport adcheck.sandbox.wire\n"
    return _notebook(arena, [*written, imports + HONEST])


@_builder("notebooks/odd_cells.ipynb")
def odd_cells(arena: Arena) -> Path:
    cells: list[Any] = [None, 5, "x", [], {}, {"cell_type": ["code"], "source": "x"}]
    cells += [{"cell_type": "code", "source": source} for source in (None, 5, {"a": 1}, [1, None])]
    cells += [{"cell_type": kind, "source": "raise SystemExit"} for kind in ("raw", "heading", "x")]
    cells += [{"cell_type": "code", "source": ["", *HONEST.splitlines(keepends=True)]}]
    return _notebook(arena, cells)


@_builder("notebooks/odd_metadata.ipynb")
def odd_metadata(arena: Arena) -> Path:
    hostile = {"\x1b[31m": {"__proto__": {}, "__class__": "os.system", "a" * 100_000: [{}] * 1000}}
    cell = {**_cell(HONEST), "metadata": hostile, "attachments": hostile, "id": "../" * 1000}
    kernel = {"kernelspec": {"name": "../../bin/sh", "language": "bash"}, "widgets": hostile}
    return _notebook(arena, [cell, cell], metadata=kernel, nbformat=10**100, nbformat_minor=-1)


@_builder("notebooks/odd_worksheets.ipynb")
def odd_worksheets(arena: Arena) -> Path:
    cell = {"cell_type": "code", "input": HONEST, "outputs": [{"output_type": "\x1b[31m"}]}
    sheets = [{"cells": [cell, {"cell_type": [], "input": {}}, None]}]
    path = arena.handed_in / "hw.ipynb"
    path.write_text(json.dumps({"nbformat": 3, "worksheets": sheets, "metadata": None}))
    return path


@_builder("notebooks/odd_outputs.ipynb")
def odd_outputs(arena: Arena) -> Path:
    text = "\x1b[2J\x1b]0;title\x07::error::pwned\n[/nope]\u202e"
    data = {"text/html": f"<script>{text}</script>", "text/plain": [text] * 100, text: text}
    outputs = [
        {"output_type": "stream", "name": text, "text": text},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": [text] * 100},
        {"output_type": "display_data", "data": data, "metadata": {}},
        None,
        {"output_type": {}},
    ]
    return _notebook(arena, [{**_cell(HONEST), "outputs": outputs, "execution_count": text}])


@_builder("notebooks/broken_cells.ipynb")
def broken_cells(arena: Arena) -> Path:
    broken = ["def (\n", "x = \u202e1\n", "\x1b[31m\n", "x = '\n::error::[/nope]\n", "await x\n"]
    broken += [
        "x = (((\n",
        "  x\n y\n",
        "print 'x'\n",
        "x = 1\0\n",
        "%%time\n%%bash\nrm x\n",
        "?\n!\n%",
    ]
    return _notebook(arena, [*broken, HONEST, *broken])


@_builder("notebooks/commands.ipynb")
def commands(arena: Arena) -> Path:
    touch = f"touch {arena.outside}/ran"
    curl = f"curl http://127.0.0.1:{arena.placeholders['@PORT@']}/"
    script = arena.handed_in / "other.py"
    script.write_text(f"open({str(arena.outside / 'imported')!r}, 'w')\n")
    inside = (
        f"import os\nfrom IPython import get_ipython as real\n!{touch}\nfound = !{curl}\n"
        f"%run {script}\n%sx {touch}\nget_ipython().system({touch!r})\n"
        f"get_ipython().run_line_magic('run', {str(script)!r})\n"
        f"if real():\n    real().system({touch!r})\n"
    )
    indented = "".join(f"    {line}\n" for line in inside.splitlines())
    function = HONEST.replace("    return", indented + "    return")
    cells = [f"!{touch}\n!!{touch}\n%system {touch}\n", f"%%bash\n{touch}\n", f"%%sh\n{touch}\n"]
    cells += [f"%%script sh\n{touch}\n", f"%%!\n{touch}\n", f"%run {script}\n", f"x = !{curl}\n"]
    cells += [
        f"%%writefile {arena.outside}/written\nx\n",
        "%load_ext evil\n%pylab\n%autoreload 2\n",
    ]
    cells += [
        f"%%javascript\nfetch('{curl}')\n",
        "%env LD_PRELOAD=/evil.so\n%env PYTHONPATH=/evil\n",
    ]
    return _notebook(arena, [*cells, function])


# --------------------------------------------------------------------------- how they are made


def _folder(arena: Arena, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (arena.handed_in / name).write_text(text, "utf-8")
    return arena.handed_in


def _cell(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }


def _notebook(arena: Arena, cells: Sequence[Any], **more: Any) -> Path:
    path = arena.handed_in / "hw.ipynb"
    made = [_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made, **more}
    path.write_text(json.dumps(document))
    return path


def _zip(arena: Arena, members: Mapping[str, str]) -> Path:
    path = arena.handed_in / "hw.zip"
    path.write_bytes(_zipped(members))
    return path


def _zipped(members: Mapping[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _zip_of_one(name: bytes, packed: bytes, method: int, size: int) -> bytes:
    """A zip whose one member says of itself what it likes."""
    local, entry = _local(name, packed, method, size), _central(name, packed, method, size, 0)
    return local + entry + _end(1, len(entry), len(local))


def _local(name: bytes, packed: bytes, method: int, size: int) -> bytes:
    checksum = zlib.crc32(packed)
    fields = (b"PK\3\4", 46, 0, method, 0, 0, checksum, len(packed), size, len(name), 0)
    return struct.pack("<4s5H3L2H", *fields) + name + packed


def _central(name: bytes, packed: bytes, method: int, size: int, offset: int) -> bytes:
    checksum = zlib.crc32(packed)
    sizes = (checksum, len(packed), size, len(name), 0, 0, 0, 0, 0, offset)
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", 46, 46, 0, method, 0, 0, *sizes) + name


def _end(members: int, size: int, offset: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, members, members, size, offset, 0)
