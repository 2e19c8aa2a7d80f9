from pathlib import Path

import pytest

from adcheck.errors import UsageError
from adcheck.lms import find
from tests.lms.trees import HW, plant

METADATA = """---
submission_5:
  :submitters:
  - :name: Ada Lovelace
    :sid: '007'
    :email: ada@example.org
  - :name: Иван Петров
    :sid: 012
    :email: ivan@example.org
  :created_at: 2026-04-26 17:34:00.861687000 Z
  :score: 2.0
  :results:
    output: |-
      :submitters: not these
submission_6:
  :submitters:
  - :name: Cy
    :email: cy@example.org
submission_8:
  :submitters: []
"""


def test_groups_and_who_handed_in_nothing(tmp_path: Path) -> None:
    top = "assignment_99_export"
    plant(
        tmp_path,
        {
            f"{top}/submission_metadata.yml": METADATA,
            f"{top}/submission_5/hw.py": HW,
            f"{top}/submission_5/deep/notes.txt": "",
            f"{top}/submission_7/hw.py": HW,
            f"{top}/submission_8/hw.py": HW,
        },
    )
    roster = find(tmp_path)
    assert roster.layout == "gradescope"
    students = [hand_in.student for hand_in in roster.hand_ins]
    assert [(s.id, s.lms_id, s.email) for s in students] == [
        ("Ada_Lovelace_007", "007", "ada@example.org"),
        ("Cy", "", "cy@example.org"),
        ("Иван_Петров_012", "012", "ivan@example.org"),
    ]
    ada, cy, ivan = roster.hand_ins
    assert ada.paths == ivan.paths == (f"{top}/submission_5/hw.py",)
    assert [problem.message for problem in ivan.problems] == [
        "Handed in together with Ada Lovelace; each of them has the same grade."
    ]
    assert (cy.paths, [problem.code for problem in cy.problems]) == ((), ["nothing-to-grade"])
    assert [(other.path, other.why.rpartition(" ")[0]) for other in roster.others] == [
        (f"{top}/submission_7/hw.py", f"{top}/submission_metadata.yml names nobody for"),
        (f"{top}/submission_8", f"{top}/submission_metadata.yml lists no"),
    ]


@pytest.mark.parametrize("text", ["a: [", "\x00", "a: &x [*x"], ids=["flow", "nul", "alias"])
def test_a_broken_list_is_told_plainly(tmp_path: Path, text: str) -> None:
    plant(tmp_path, {"submission_metadata.yml": text, "submission_5/hw.py": HW})
    with pytest.raises(UsageError, match=r"no readable YAML.*--layout flat takes each folder"):
        find(tmp_path, "gradescope")


def test_objects_in_the_list_are_never_made(tmp_path: Path) -> None:
    evil = "submission_5: !!python/object/apply:os.system ['touch /tmp/owned']\n"
    plant(tmp_path, {"submission_metadata.yml": evil, "submission_5/hw.py": HW})
    with pytest.raises(UsageError, match="fits the layout"):
        find(tmp_path, "gradescope")
