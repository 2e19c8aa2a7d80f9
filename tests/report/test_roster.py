from pathlib import Path

from adcheck.course import HandIn, Student
from adcheck.lms import Roster
from adcheck.lms.claims import Unmatched, note
from adcheck.report.roster import render_roster
from tests.reports import HOSTILE


def test_a_line_for_each_student_with_what_was_taken() -> None:
    hand_ins = (
        HandIn(Student("ada", "Ada L."), ("a/hw.ipynb", "a/two.py")),
        HandIn(Student("bo", "Bo"), (), True, (note("x", "There is nothing to grade."),)),
    )
    roster = Roster("flat", hand_ins, (Unmatched("x.csv", "no student's"),), (note("y", "Hm."),))
    assert render_roster(roster) == (
        "layout flat, 2 students\n"
        "ada\tAda L.\ta/hw.ipynb, a/two.py\t\n"
        "bo\tBo\t(nothing that can be graded)\tlate\n"
        "\tThere is nothing to grade.\n"
        "left out\tx.csv\tno student's\n"
        "Hm.\n"
    )


def test_what_comes_from_students_is_escaped_and_breaks_no_line() -> None:
    nasty = f"{HOSTILE}\n\tx"
    student = Student("m", nasty)
    problem = note("x", nasty, nasty)
    roster = Roster(
        nasty,
        (HandIn(student, (nasty,), False, (problem,)),),
        (Unmatched(nasty, nasty),),
        (problem,),
    )
    text = render_roster(roster)
    assert len(text.splitlines()) == 5
    assert not {c for c in text if not c.isprintable()} - {"\n", "\t"}
    assert [line.count("\t") for line in text.splitlines()] == [0, 3, 1, 2, 0]


def test_one_student_is_no_students() -> None:
    roster = Roster("canvas", (HandIn(Student("a", "A"), (str(Path("a.py")),)),))
    assert render_roster(roster).startswith("layout canvas, 1 student\n")
