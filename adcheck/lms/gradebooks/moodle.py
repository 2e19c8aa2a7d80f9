"""Moodle's offline grading worksheet, in whatever language the teacher downloaded it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from adcheck.course import Grade
from adcheck.errors import UsageError
from adcheck.lms.claims import note, warning
from adcheck.lms.gradebooks.filled import Filled, fill
from adcheck.lms.gradebooks.matching import Line, match
from adcheck.lms.gradebooks.numbers import parse, rounded, uses_comma, written
from adcheck.lms.gradebooks.sheet import Sheet, read_sheet
from adcheck.model import Problem

__all__ = ["fill_moodle"]

# As Moodle's language packs translate "recordid", "grade", "maxgrade", "scale" of mod_assign and
# "fullname", "email" of the core: en, ru, uk, be, kk, de, es, fr, it, pt, nl, pl, cs, ca, gl, ja,
# zh, ar, tr. Wherever a translation is missing, the values of the column tell.
_IDENTIFIER: Final = re.compile(
    r"identifier|идентификатор|ідентифікатор|id|identificador|identifiant|identificativo|"
    r"identificatie|identyfikator|identifikátor|識別碼|标识符|编号|المُعرَّف",
    re.I,
)
_GRADE: Final = re.compile(
    r"grade|mark|оценка|оцінка|адзнака|баға|bewertung|calificación|note|valutazione|"
    r"nota|avaliação|cijfer|beoordeling|ocena|známka|qualificació|cualificación|評点|評定|成绩|"
    r"成績|الدرجة|not",
    re.I,
)
_MAXIMUM: Final = re.compile(
    r"maximum grade|maximum mark|максимальная оценка|максимальна оцінка|beste bewertung|"
    r"höchstbewertung|calificación máxima|note maximale|valutazione massima|nota máxima|"
    r"avaliação máxima|maximumcijfer|maximale cijfer|maksymalna ocena|nejvyšší známka|"
    r"qualificació màxima|cualificación máxima|最大評点|最高評点|最高分|最大成绩|en yüksek not",
    re.I,
)
_SCALE: Final = re.compile(r"scale|шкала|skala|bewertungsskala|escala|barème|scala|schaal", re.I)
_NAME: Final = re.compile(
    r"full name|name|полное имя|имя / фамилия|повне ім[’'ʼ]я|ім[’'ʼ]я( / прізвище)?|"
    r"vollständiger name|nombre( completo)?|nom complet|prénom/nom|nome( completo)?|"
    r"volledige naam|imię i nazwisko|celé jméno|nome e cognome|氏名|全名|ad soyad",
    re.I,
)
_PARTICIPANT: Final = re.compile(r"[^\d\s]+\s*(\d+)")
_NO: Final = re.compile(r"no|нет|ні|nein|non|não|nee|nie|ne|いいえ|否", re.I)
_CHANGEABLE: Final = re.compile(
    r"grade can be changed|оценка может быть изменена|оцінка може бути змінена|"
    r"bewertung kann geändert werden|la calificación puede (ser cambiada|cambiarse)|"
    r"la note peut être modifiée",
    re.I,
)


@dataclass(frozen=True)
class _Columns:
    """Where a worksheet has what; -1 where it has it not."""

    identifier: int
    grade: int
    maximum: int
    name: int
    email: int
    changeable: int


def fill_moodle(
    data: bytes, grades: Sequence[Grade], *, decimals: int = 2, incomplete: bool = False
) -> Filled:
    """Fill the grading worksheet that a teacher downloaded from an assignment in Moodle.

    Moodle finds students by the worksheet's own numbers and compares its times with those of
    grades given meanwhile: so it has to be downloaded, and no line is made here.

    Args:
        data: the sheet.
        grades: one for each student.
        decimals: how many Moodle keeps: 0 to 5.
        incomplete: whether to write grades that still wait for a person.

    Raises:
        UsageError: this is no such sheet or another assignment's.
    """
    sheet = read_sheet(data)
    columns = _columns(sheet)
    lines = [_line(sheet, row, columns) for row in range(1, len(sheet.rows))]
    matches = match(lines, grades, names_decide=True)
    numbers = (sheet.value(line.row, c) for line in lines for c in (columns.grade, columns.maximum))
    comma = uses_comma(numbers)

    def verdict(line: Line, grade: Grade) -> tuple[str, Problem | None]:
        score, most = rounded(grade.score, decimals), parse(sheet.value(line.row, columns.maximum))
        if _NO.fullmatch(sheet.value(line.row, columns.changeable)):
            return "", note("locked", f"{line.name}'s grade cannot be changed in Moodle.")
        if most is not None and score > most:
            return "", _above(line.name, f"{score:f}", f"{most:f}")
        return written(grade.score, decimals, comma=comma), None

    notes = _scaled(sheet, columns, grades)
    return fill(sheet, columns.grade, matches, verdict, incomplete=incomplete, notes=notes)


def _columns(sheet: Sheet) -> _Columns:
    identifier = _identifier(sheet)
    grade = _titled(sheet, _GRADE)
    maximum = _titled(sheet, _MAXIMUM)
    if grade < 0 and maximum > 0:
        grade = maximum - 1  # Moodle writes the one right before the other
    if identifier < 0 or grade < 0:
        lacking = "numbers of participants" if identifier < 0 else "grades"
        raise UsageError(
            f"This is no grading worksheet of Moodle: it has no column of {lacking}. In the "
            "assignment, allow the feedback type Offline grading worksheet, and download it."
        )
    if maximum < 0 and _titled(sheet, _SCALE) >= 0:
        raise UsageError("This assignment is graded on a scale in Moodle; change it to points.")
    return _Columns(
        identifier,
        grade,
        maximum,
        _titled(sheet, _NAME),
        _email(sheet),
        _titled(sheet, _CHANGEABLE),
    )


def _titled(sheet: Sheet, titles: re.Pattern[str]) -> int:
    found = [index for index, title in enumerate(sheet.header) if titles.fullmatch(title)]
    return found[0] if found else -1


def _identifier(sheet: Sheet) -> int:
    """The column of "Participant 123", in whatever language; its title may be any."""
    rows = range(1, len(sheet.rows))
    for index, title in enumerate(sheet.header):
        values = [value for row in rows if (value := sheet.value(row, index))]
        numbered = sum(bool(_PARTICIPANT.fullmatch(value)) for value in values)
        prefixes = {re.sub(r"\s*\d+$", "", value) for value in values}
        if values and numbered == len(values) and len(prefixes) == 1:
            return index
        if _IDENTIFIER.fullmatch(title) and all(value[-1:].isdigit() for value in values):
            return index
    return -1


def _email(sheet: Sheet) -> int:
    rows = range(1, len(sheet.rows))
    for index in range(len(sheet.header)):
        values = [value for row in rows if (value := sheet.value(row, index))]
        if values and all(re.fullmatch(r"\S+@\S+\.\S+", value) for value in values):
            return index
    return -1


def _line(sheet: Sheet, row: int, columns: _Columns) -> Line:
    number = re.search(r"\d+$", sheet.value(row, columns.identifier))
    return Line(
        row,
        sheet.value(row, columns.name),
        number[0] if number else "",
        sheet.value(row, columns.email),
    )


def _scaled(sheet: Sheet, columns: _Columns, grades: Sequence[Grade]) -> list[Problem]:
    most = {parse(sheet.value(row, columns.maximum)) for row in range(1, len(sheet.rows))} - {None}
    ours = {rounded(grade.max_score) for grade in grades}
    if columns.maximum < 0 or not most or most == ours:
        return []
    theirs = " and ".join(f"{number:f}" for number in sorted(n for n in most if n is not None))
    points = " and ".join(f"{number:f}" for number in sorted(ours))
    message = f"The worksheet's maximum is {theirs}, the homework's {points}; nothing was scaled."
    return [warning("other-maximum", message)]


def _above(name: str, score: str, most: str) -> Problem:
    message = (
        f"{name} has {score} points, more than the worksheet's maximum of {most}; Moodle would "
        "skip that without a word, so the cell was left."
    )
    return warning("above-maximum", message)
