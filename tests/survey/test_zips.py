import zipfile
from pathlib import Path

import pytest

from adcheck.sandbox import reading
from adcheck.survey import reader, zips
from adcheck.survey.zips import unzipped
from tests.lms.trees import zipped


def packed(tmp_path: Path, files: dict[str, bytes | str]) -> Path:
    path = tmp_path / "hw.zip"
    path.write_bytes(zipped(files))
    return path


def test_modules_and_notebooks_come_by_their_paths_and_nothing_else_does(tmp_path: Path) -> None:
    files = {"hw/a.ipynb": "{}", "hw/b.py": "x = 1\n", "hw/data.csv": "1", "c.PY": "y = 2\n"}
    path = packed(tmp_path, {**files, "../out.py": "z", "/abs.py": "z"})
    wanted = {"hw/a.ipynb": b"{}", "hw/b.py": b"x = 1\n", "c.PY": b"y = 2\n"}
    assert unzipped(str(path)) == wanted
    assert reader.unzipped(path) == wanted
    reading.stop()


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip"])
def test_what_is_no_zip_holds_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "hw.zip").write_bytes(data)
    assert unzipped(str(tmp_path / "hw.zip")) == {}
    assert unzipped(str(tmp_path / "gone.zip")) == {}


def test_too_much_is_taken_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MOST_BYTES", 10)
    assert unzipped(str(packed(tmp_path, {"a.py": "x" * 6, "b.py": "y" * 6}))) == {}
    assert len(unzipped(str(packed(tmp_path, {"a.py": "x" * 6})))) == 1


@pytest.mark.parametrize("name", ["a" * 201 + ".py", "x/" + "é" * 101 + ".py"])
def test_names_that_no_folder_holds_are_not_tried(tmp_path: Path, name: str) -> None:
    assert unzipped(str(packed(tmp_path, {name: "x", "b.py": "y"}))) == {}


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    assert unzipped(str(packed(tmp_path, {"a.py": bytes(5_000_000)}))) == {}


def test_an_encrypted_member_is_left_to_who_says_so(tmp_path: Path) -> None:
    path = packed(tmp_path, {"a.py": "x"})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        [info] = archive.infolist()
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    assert info.flag_bits & 1 == 0
    assert unzipped(str(path)) == {}
