"""What a class hands in: right and wrong, hanging and hostile, notebooks, zips, nothing at all."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.batch.courses import Files
from tests.submissions_of import SUBMISSIONS, content

__all__ = ["CLASS", "TIMEOUT", "Pupil", "crowd"]

TIMEOUT: Final = 4.0
"""Processor seconds for each call: so that who hangs does not hang for long, and who is slow has
twice what they need on a busy machine."""

_HOSTILE: Final = Path(__file__).parents[1] / "hostile"
_FEW: Final = content("partial/get_params_and_naive_only.py")


@dataclass(frozen=True)
class Pupil:
    """One student.

    Attributes:
        name: in full.
        files: that are handed in, by name.
        graded: which of them is graded for the assignment hvp; empty if none can be.
    """

    name: str
    files: Files
    graded: str


def _one(name: str, sample: str, file: str = "") -> Pupil:
    file = file or Path(sample).name
    return Pupil(name, {file: content(sample)}, file)


def _hostile(name: str, sample: str) -> Pupil:
    return Pupil(name, {"hw.py": (_HOSTILE / sample).read_bytes()}, "hw.py")


CLASS: Final = (
    _one("Иван Петров", "right/Иванова_дз5.zip", "дз5.zip"),
    _one("Ada Lovelace", "partial/get_params_and_naive_only.py"),
    _one("Bo Berg", "wrong/naive_hvp_elementwise.py"),
    _one("Мария Ёлкина", "right/colab_step_size_only.ipynb", "Копия ДЗ (1).ipynb"),
    _one("Cy Young", "broken/syntax_error_in_one_cell.ipynb"),
    _one("Dee Loop", "broken/endless_loop.py"),
    _hostile("Mal Lory", "secrets/descriptors.py"),
    _hostile("Eve Forger", "forging/answers_and_dies.py"),
    _one("Bin Ary", "broken/binary.py", "hw.py"),
    Pupil("No Code", {"essay.pdf": b"%PDF-1.7"}, ""),
    Pupil("Re Submits", {"hw.py": b"", "hw (1).py": _FEW}, "hw (1).py"),
    Pupil(
        "Ann Both",
        {
            "hvp.ipynb": content("partial/hvp_and_loss.ipynb"),
            "step_size.py": content("partial/only_step_size.py"),
        },
        "hvp.ipynb",
    ),
)


def crowd(count: int) -> list[Pupil]:
    """A class of any size: `CLASS`, then all samples and every fifth hostile one, mixed.

    Nobody hands in the same, unless a notebook's turn comes a second time.
    """
    pool = [*CLASS, *_pool()]
    return [_numbered(pool[number % len(pool)], number) for number in range(count)]


def _pool() -> list[Pupil]:
    samples = [
        path.relative_to(SUBMISSIONS).as_posix()
        for folder in ("right", "wrong", "partial", "broken")
        for path in sorted((SUBMISSIONS / folder).glob("*"))
        if path.suffix in (".py", ".ipynb")
    ]
    hostile = [
        path.relative_to(_HOSTILE).as_posix() for path in sorted(_HOSTILE.glob("*/*.py"))[::5]
    ]
    pupils = [_one("Sam", sample) for sample in samples]
    pupils += [_hostile("Mal", sample) for sample in hostile]
    random.Random(0).shuffle(pupils)
    return pupils


def _numbered(pupil: Pupil, number: int) -> Pupil:
    name = pupil.name if number < len(CLASS) else f"{pupil.name} {_word(number)}"
    remark = f"\n# {name}\n".encode()
    files = {f: d + remark if f.endswith(".py") else d for f, d in pupil.files.items()}
    return Pupil(name, files, pupil.graded)


def _word(number: int) -> str:
    """A number in letters, as no layout takes for one of its own."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)).title()
