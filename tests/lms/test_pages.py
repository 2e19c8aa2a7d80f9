import io
import zipfile
from pathlib import Path

import pytest

from adcheck.errors import UsageError
from adcheck.lms import FeedbackZip, feedback_zip, find
from tests.lms.trees import HW, plant


def names(made: FeedbackZip) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_moodle(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "Ада Л_12_assignsubmission_file/hw.py": HW,
            "Bo_13_assignsubmission_onlinetext/onlinetext.html": "",
            "Cy_14_assignsubmission_file_hw.py": HW,
            "Participant_15_assignsubmission_file/hw.py": HW,
            "Default group_assignsubmission_file/hw.py": HW,
        },
    )
    hand_ins = find(tmp_path).hand_ins
    pages = {hand_in.student.id: hand_in.student.name.encode() for hand_in in hand_ins}
    made = feedback_zip("moodle", pages, hand_ins)
    assert names(made) == {
        "Bo_13_assignsubmission_file_/feedback.html": b"Bo",
        "Cy_14_assignsubmission_file_/feedback.html": b"Cy",
        "Participant_15_assignsubmission_file_/feedback.html": b"Participant 15",
        "Ада Л_12_assignsubmission_file_/feedback.html": "Ада Л".encode(),
    }
    assert [student.name for student in made.left] == ["Default group"]
    assert made == feedback_zip("moodle", pages, hand_ins)


def test_canvas(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "ada_LATE_12_100_link.py": HW,
            "bo_13_text.html": "",
            "cy_14_101_hw.py": HW,
            "cy_14_102_hw-1.py": HW,
            "di_15_103_hw.py": HW,
        },
    )
    hand_ins = find(tmp_path).hand_ins
    pages = {hand_in.student.id: b"page" for hand_in in hand_ins if hand_in.student.name != "di"}
    made = feedback_zip("canvas", pages, hand_ins)
    assert names(made) == {
        "ada_LATE_12_100_feedback.html": b"page",
        "cy_14_102_feedback.html": b"page",
    }
    assert [student.name for student in made.left] == ["bo"]
    assert [problem.code for problem in made.notes] == ["shown-as", "no-place"]


def test_a_download_of_another_system(tmp_path: Path) -> None:
    hand_ins = find(plant(tmp_path, {"alice.py": HW})).hand_ins
    with pytest.raises(UsageError, match="came in a download of Canvas's"):
        feedback_zip("canvas", {"alice": b""}, hand_ins)
    with pytest.raises(UsageError, match="came in a download of Moodle's"):
        feedback_zip("moodle", {"alice": b""}, hand_ins)
