import csv
import io

import pytest

from adcheck.errors import UsageError
from adcheck.lms import Gradebook, export
from tests.lms.gradebooks.grades import grade

GRADES = [
    grade("Ада Лавлейс", 17.335, "12", email="ada@example.org", items={"a.x": 1 / 3, "a.y": 17}),
    grade("=cmd|' /C calc'!A0", 4, email="-x@y", login="+1", items={"a.y": 4}, late=True),
    grade("Petrov, Ivan", 9, waiting=6.0),
]

NEW = {
    "csv": """id,name,lms_id,email,login,a.x,a.y,score,max_score,late,waiting
Ада_Лавлейс,Ада Лавлейс,12,ada@example.org,,0.33,17.00,17.34,37.00,,0.00
'=cmd|'_/C_calc'!A0,'=cmd|' /C calc'!A0,,'-x@y,'+1,,4.00,4.00,37.00,late,0.00
"Petrov,_Ivan","Petrov, Ivan",,,,,,,37.00,,6.00
""",
    "nbgrader": """\
assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score
hw2,,,12,Лавлейс,Ада,ada@example.org,17.34,0.00,17.34,37.00
hw2,,,'+1,calc'!A0,'=cmd|' /C,'-x@y,4.00,0.00,4.00,37.00
hw2,,,"Petrov,_Ivan",Petrov,Ivan,,,,,37.00
""",
    "classroom": """Last Name,First Name,Email Address,Score,Max Score
calc'!A0,'=cmd|' /C,'-x@y,4.00,37.00
Petrov,Ivan,,,37.00
Лавлейс,Ада,ada@example.org,17.34,37.00
""",
    "gradescope": """First Name,Last Name,SID,Email,Total Score,Max Points,Status,a.x,a.y
Ада,Лавлейс,12,ada@example.org,17.34,37.00,Graded,0.33,17.00
'=cmd|' /C,calc'!A0,,'-x@y,4.00,37.00,Graded,,4.00
Ivan,Petrov,,,,37.00,Ungraded,,
""",
}


@pytest.mark.parametrize("to", ["csv", "nbgrader", "classroom", "gradescope"])
def test_new_sheets(to: Gradebook) -> None:
    made = export(to, GRADES, assignment="hw2")
    assert made.data.decode() == NEW[to]
    assert {student.name for student in made.written} == {
        grade.student.name for grade in GRADES if not grade.waiting
    }
    assert made.notes[-1].message.startswith("Petrov, Ivan still has points that wait")


@pytest.mark.parametrize("to", ["csv", "nbgrader", "classroom", "gradescope"])
def test_incomplete_grades_too(to: Gradebook) -> None:
    made = export(to, GRADES, incomplete=True)
    assert len(made.written) == 3
    assert "9.00" in made.data.decode()
    assert made.notes[-1].message.endswith("that grade was written without them.")


def test_a_name_begins_no_line_of_its_own() -> None:
    eve = grade("Eve\r=1+1", 1)
    text = export("csv", [eve]).data.decode()
    header, row = csv.reader(io.StringIO(text, newline=""))
    assert row[header.index("name")] == "Eve\r=1+1"


@pytest.mark.parametrize("to", ["classroom", "nbgrader", "csv"])
def test_sheets_that_are_made_take_none(to: Gradebook) -> None:
    with pytest.raises(UsageError, match="--into does not go with --to"):
        export(to, GRADES, b"a,b\n")


def test_gradescopes_own_download() -> None:
    sheet = (
        "First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status\n"
        "Ada,Lovelace,12,ada@example.org,,,10.0,Missing\n"
        "Ivan,Petrov,013,ivan@example.org,,2.0,10.0,Graded\n"
    )
    grades = [grade("Ada Lovelace", 11, "12"), grade("Ivan Petrov", 3, "013")]
    filled = export("gradescope", grades, sheet.encode())
    assert filled.data.decode() == sheet.replace(",,,10", ",,11.00,10").replace(",2.0,", ",3.00,")
    assert [p.code for p in filled.notes] == ["by-hand", "above-maximum", "replaced"]
    with pytest.raises(UsageError, match="no sheet of Gradescope"):
        export("gradescope", grades, b"a,b\n")
