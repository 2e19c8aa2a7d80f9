from pathlib import Path

from adcheck.lms import find
from tests.lms.trees import BOOK, plant


def test_names_before_the_dash_and_copies(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "Ada Lovelace - hw.ipynb": BOOK,
            "Copy of Ada Lovelace - hw.ipynb": (BOOK, 1_700_009_000.0),
            "Иван Петров – hw (1).ipynb": BOOK,
            "Иван Петров – hw.ipynb": BOOK,
            "Копия hw.ipynb": BOOK,
            "hw - Copy.ipynb": BOOK,
        },
    )
    roster = find(tmp_path)
    assert roster.layout == "classroom"
    assert [(h.student.id, h.paths) for h in roster.hand_ins] == [
        ("Ada_Lovelace", ("Copy of Ada Lovelace - hw.ipynb",)),
        ("Иван_Петров", ("Иван Петров – hw (1).ipynb",)),
    ]
    assert [other.path for other in roster.others] == ["hw - Copy.ipynb", "Копия hw.ipynb"]


def test_names_after_the_dash(tmp_path: Path) -> None:
    plant(tmp_path, {f"hw - {name}.ipynb": BOOK for name in ("Ada L", "Bo B", "Bo B (1)")})
    roster = find(tmp_path)
    assert [(h.student.name, h.paths) for h in roster.hand_ins] == [
        ("Ada L", ("hw - Ada L.ipynb",)),
        ("Bo B", ("hw - Bo B (1).ipynb",)),
    ]
    assert [problem.code for problem in roster.notes] == ["names-after-dash"]
