import io
import stat
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from adcheck.errors import UsageError
from adcheck.lms import find, unpack
from adcheck.lms.unpacking import UnpackLimits
from tests.lms.trees import HW, zipped


def put(folder: Path, data: bytes) -> Path:
    path = folder / "all.zip"
    path.write_bytes(data)
    return path


def tree(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def special(name: str, mode: int, content: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info, content


def test_what_an_lms_gives(tmp_path: Path) -> None:
    data = zipped(
        {
            "hw1/Ада_1_assignsubmission_file/hw.py": HW,
            "hw1/Bo_2_assignsubmission_file/": "",
            "__MACOSX/x": "",
            "hw1/.DS_Store": "",
            "hw1\\Cy_3_assignsubmission_file\\inner.zip": zipped({"hw.py": HW}),
        }
    )
    done = unpack(put(tmp_path, data), tmp_path / "out")
    assert (done.files, done.problems) == (2, ())
    assert tree(tmp_path / "out") == [
        "hw1/Cy_3_assignsubmission_file/inner.zip",
        "hw1/Ада_1_assignsubmission_file/hw.py",
    ]
    assert [(h.student.name, len(h.paths)) for h in find(tmp_path / "out").hand_ins] == [
        ("Bo", 0),
        ("Cy", 1),
        ("Ада", 1),
    ]


@pytest.mark.parametrize(
    "name", ["../x.py", "a/../../x.py", "/etc/x.py", "C:\\x.py", "\\\\host\\x.py", "a/" * 40 + "x"]
)
def test_paths_that_lead_out(tmp_path: Path, name: str) -> None:
    done = unpack(put(tmp_path, zipped({name: HW, "ok.py": HW})), tmp_path / "out")
    assert [problem.code for problem in done.problems] == ["unsafe-name"]
    assert tree(tmp_path / "out") == ["ok.py"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["all.zip", "out"]


@pytest.mark.parametrize(
    ("mode", "why"),
    [(stat.S_IFLNK, "it is a link"), (stat.S_IFCHR, "it is no regular file"), (stat.S_IFIFO, "it")],
)
def test_links_and_devices(tmp_path: Path, mode: int, why: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(*special("a/hw.py", mode | 0o777, b"/etc"))
        archive.writestr("a/hw.py/x", HW)
        archive.writestr("b.py", HW)
    done = unpack(put(tmp_path, buffer.getvalue()), tmp_path / "out")
    assert done.problems[0].message.startswith(f"Not unpacked: {why}")
    assert "b.py" in tree(tmp_path / "out")
    assert not any(path.is_symlink() for path in (tmp_path / "out").rglob("*"))


def test_bombs_encryption_damage_and_size_cost_nobody_else(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb_1_2_hw.py", b"\0" * (8 << 20))
        archive.writestr("big_3_4_hw.py", b"x" * 900)
        archive.writestr("damaged_5_6_hw.py", "damaged " * 10)
        archive.writestr("secret_7_8_hw.py", "secret")
        archive.writestr("lzma_9_10_hw.py", "x", zipfile.ZIP_LZMA)
        archive.writestr("ok_11_12_hw.py", HW)
    data = bytearray(buffer.getvalue())
    where = data.find(b"damaged_5_6_hw.py") + len("damaged_5_6_hw.py")
    data[where : where + 4] = b"\xff\xff\xff\xff"
    directory = data.rfind(b"secret_7_8_hw.py") - 46
    data[directory + 8] |= 1
    limits = UnpackLimits(member_bytes=16 << 20, total_bytes=800)
    path = put(tmp_path, bytes(data))
    done = unpack(path, tmp_path / "out", limits)
    told = {p.where.partition("_")[0]: p.message for p in done.problems}
    assert told.pop("damaged").startswith("Not unpacked: it is damaged (Error -3")
    assert told == {
        "bomb": "Not unpacked: it unpacks to far more than it is, as a zip bomb does.",
        "big": "Not unpacked: the zip unpacks to over 0 MB.",
        "secret": "Not unpacked: it is encrypted; ask for a zip without a password.",
        "lzma": "Not unpacked: it is packed in a way that no LMS packs.",
    }
    assert tree(tmp_path / "out") == ["ok_11_12_hw.py"]
    roster = find(tmp_path / "out", refused=done.problems)
    assert {h.student.name: len(h.paths) for h in roster.hand_ins} == {
        "bomb": 0,
        "big": 0,
        "damaged": 0,
        "secret": 0,
        "lzma": 0,
        "ok": 1,
    }


def test_names_without_the_flag_for_utf8(tmp_path: Path) -> None:
    names = {
        "Ёлкин/дз.py".encode("cp866"): "Ёлкин/дз.py",
        "Щука/дз.py".encode("cp1251"): "Щука/дз.py",
        "Zoë/hw.py".encode(): "Zoë/hw.py",
        "José/hw.py".encode("cp437"): "José/hw.py",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for index, _ in enumerate(names):
            archive.writestr(f"placeholder{index}", HW)
    data = buffer.getvalue()
    for index, raw in enumerate(names):
        data = renamed(data, f"placeholder{index}".encode(), raw)
    done = unpack(put(tmp_path, data), tmp_path / "out")
    assert not done.problems
    assert tree(tmp_path / "out") == sorted(names.values())


def renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    """Write another name, padded with dots' worth of folders, where a member's name stands."""
    padded = b"./" * ((len(old) - len(new)) // 2) + new
    if len(padded) < len(old):
        padded = padded.replace(b"/", b"//", 1)
    assert len(padded) == len(old)
    return data.replace(old, padded)


def test_the_name_that_info_zip_writes_beside(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("____.py")
    name = "Ёлка.py".encode()
    field = b"\x01" + struct.pack("<L", zlib.crc32(b"____.py")) + name
    info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, HW)
    unpack(put(tmp_path, buffer.getvalue()), tmp_path / "out")
    assert tree(tmp_path / "out") == ["Ёлка.py"]


def test_names_that_some_system_cannot_hold(tmp_path: Path) -> None:
    long = "я" * 300 + ".ipynb"
    data = zipped(
        {"a?b:c.py": "1", "nul.py": "2", "x. /y..": "3", "Hw.py": "4", "hW.py": "5", long: "6"}
    )
    done = unpack(put(tmp_path, data), tmp_path / "out")
    assert not done.problems
    *named, shortened = tree(tmp_path / "out")
    assert named == ["Hw.py", "_nul.py", "a_b_c.py", "hW~2.py", "x/y"]
    assert shortened.endswith(".ipynb")
    assert len(shortened.encode()) <= 255


def test_a_name_twice_and_times(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.py"), "old")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(zipfile.ZipInfo("a.py", (2026, 3, 1, 12, 0, 0)), "new")
    done = unpack(put(tmp_path, buffer.getvalue()), tmp_path / "out")
    assert [problem.code for problem in done.problems] == ["twice"]
    assert (tmp_path / "out/a.py").read_text() == "new"
    when = time.localtime((tmp_path / "out/a.py").stat().st_mtime)
    assert when[:5] == (2026, 3, 1, 12, 0)


def test_what_cannot_be_unpacked_at_all(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no readable zip"):
        unpack(put(tmp_path, b"PK no"), tmp_path / "a")
    with pytest.raises(UsageError, match="cannot be used: No such file"):
        unpack(tmp_path / "gone.zip", tmp_path / "b")
    path = put(tmp_path, zipped({str(i): "" for i in range(5)}))
    with pytest.raises(UsageError, match="holds 5 files; at most 4 are"):
        unpack(path, tmp_path / "c", UnpackLimits(members=4))
    with pytest.raises(UsageError, match="is not empty"):
        unpack(path, tmp_path)


def test_many_paths_that_lead_out_are_told_once(tmp_path: Path) -> None:
    data = zipped({f"../{i}.py": "" for i in range(80)})
    problems = unpack(put(tmp_path, data), tmp_path / "out").problems
    assert len(problems) == 51
    assert problems[-1].message == "30 more files lead out of the folder."
