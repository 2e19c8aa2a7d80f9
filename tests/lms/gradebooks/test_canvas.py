import pytest

from adcheck.errors import UsageError
from adcheck.lms import export
from tests.lms.gradebooks.grades import grade

SHEET = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Notes,"
    '"Homework 2, ""AD"" (501)",Quiz (502),Essay (503),Current Score\r\n'
    ",,,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,,37.00,10.00,5.00,(read only)\r\n"
    '"Lovelace, Ada",12,S12,ada@example.org,"One and Two",=1+1,,3.00,-1.00,50.00\r\n'
    '"Petrov, Ivan",13,S13,ivan,One,"a\r\nb","EX",3.00,,50.00\r\n'
    '"O\'Neil, Cy",14,,cy,One,,5.00,,,\r\n'
    '"Moon, Di",15,,di,One,,N/A,,,\r\n'
    '"Gone, Eve",16,,eve,One,,1.50,,,\r\n'
    '"Student, Test",99,,xyz,One,,,,,\r\n'
)
GRADES = [
    grade("lovelaceada", 17.335, "12"),
    grade("petrovivan", 20, "13"),
    grade("oneilcy", 38, "14"),
    grade("di", 9, email="DI@example.org"),
    grade("stranger", 1, "77"),
]


def test_one_column_is_filled_and_every_other_byte_stays() -> None:
    filled = export("canvas", GRADES, SHEET.encode())
    wanted = SHEET.replace("=1+1,,", "=1+1,17.34,").replace(",5.00,,,\r", ",38.00,,,\r")
    assert filled.data.decode() == wanted
    assert [student.name for student in filled.written] == ["lovelaceada", "oneilcy"]
    assert [student.name for student in filled.students] == ["stranger"]
    assert filled.lines == ("Gone, Eve",)
    assert [problem.message for problem in filled.notes] == [
        "The grades were put under 'Homework 2, \"AD\" (501)'.",
        "Petrov, Ivan is excused (EX), which was left.",
        "O'Neil, Cy has 38.00 points, more than the 37.00 of the sheet; Canvas takes that.",
        "Moon, Di was not given the assignment (N/A), which was left.",
        "1 grade that stood in the sheet already was replaced.",
        "Graded, but not in the sheet: stranger.",
        "In the sheet, but not graded: Gone, Eve.",
    ]


@pytest.mark.parametrize("name", ["502", "quiz", "Quiz (502)", " QUI"])
def test_a_column_by_number_title_or_a_part_of_it(name: str) -> None:
    filled = export("canvas", GRADES[:1], SHEET.encode(), assignment=name)
    assert filled.data.decode() == SHEET.replace("=1+1,,3.00", "=1+1,,17.34")


def test_semicolons_and_decimal_commas() -> None:
    sheet = (
        "Student;ID;SIS Login ID;Section;HW (501)\n"
        "    Points Possible;;;;37,00\n"
        "Lovelace, Ada;12;ada;One;\n"
    )
    filled = export("canvas", GRADES[:1], sheet.encode())
    assert filled.data.decode() == sheet.replace("One;", "One;17,34")


def test_last_and_first_names_in_columns_of_their_own() -> None:
    sheet = "LastName,FirstName,ID,SIS Login ID,Section,HW (501)\nLovelace,Ada,12,ada,One,\n"
    filled = export("canvas", [grade("Ada Lovelace", 7)], sheet.encode())
    assert filled.data.decode() == sheet.replace("One,", "One,7.00")


def test_grades_that_wait_are_left_unless_asked_for() -> None:
    waiting = [grade("lovelaceada", 11, "12", waiting=6.0)]
    filled = export("canvas", waiting, SHEET.encode())
    assert filled.data == SHEET.encode()
    assert filled.notes[1].message == (
        "lovelaceada still has points that wait for a person; that grade was left out until then."
    )
    filled = export("canvas", waiting, SHEET.encode(), incomplete=True)
    assert filled.data.decode() == SHEET.replace("=1+1,,", "=1+1,11.00,")


@pytest.mark.parametrize(
    ("sheet", "assignment", "message"),
    [
        ("Name,Grade\nAda,1\n", "", "no grade book of Canvas"),
        (SHEET, "Exam", "No column goes by 'Exam'.*: 'Homework 2, .*'Quiz \\(502\\)'"),
        (SHEET.replace("10.00", "37.00"), "", "Several columns have 37.00 points"),
        (SHEET.replace("37.00", "36.00"), "", "No column has 37.00 points"),
        (SHEET.replace("37.00", "(read only)"), "501", "read only"),
        ("Student,ID,SIS Login ID,Section\nA,12,a,b\n", "", "The sheet has no assignment"),
    ],
    ids=["other", "title", "several", "none", "read-only", "no-assignment"],
)
def test_what_cannot_be_filled(sheet: str, assignment: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        export("canvas", GRADES, sheet.encode(), assignment=assignment)


def test_another_courses_sheet_and_none() -> None:
    strangers = [grade(f"s{number}", 1, str(900 + number)) for number in range(9)]
    with pytest.raises(UsageError, match=r"another course.*none of the 9.*Nothing was written"):
        export("canvas", strangers, SHEET.encode())
    with pytest.raises(UsageError, match=r"download the grade book.*--into"):
        export("canvas", GRADES)
