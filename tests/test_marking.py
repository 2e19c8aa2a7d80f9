import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adcheck.course import Mark
from adcheck.marking import read_marks, write_marks
from tests.entries import CLASS, HOSTILE

HEAD = "student,item,points,comment,reason\n"


def problems(*rows: str) -> tuple[str, ...]:
    marking = read_marks(HEAD + "\n".join(rows) + "\n", CLASS)
    assert bool(marking.marks) != bool(marking.problems)
    return marking.problems


def test_what_is_written_is_read_back() -> None:
    marks = {
        "ivanova": {
            "hvp.timing": Mark("hvp.timing", 2.5, "A, “b”;\nc", ""),
            "hvp.plot": Mark("hvp.plot", 0, "=1+1", ""),
        },
        "baker": {"hvp.hessian": Mark("hvp.hessian", 1, "", "'=Looked, again")},
    }
    text = write_marks({student: given.values() for student, given in marks.items()})
    marking = read_marks(text, CLASS)
    assert marking.problems == ()
    assert marking.marks == marks


def test_whole_file() -> None:
    marks = [Mark("hvp.timing", 1 / 3, "-2+3", "@SUM(A1)"), Mark("hvp.plot", 4.0)]
    assert write_marks({"ivanova": marks}) == (
        "student,item,points,comment,reason\n"
        "ivanova,hvp.timing,0.333333,'-2+3,'@SUM(A1)\n"
        "ivanova,hvp.plot,4,,\n"
    )


@given(st.text().map(str.strip), st.text().map(str.strip))
@example("1\r=1+1", "1\r\n2")
def test_any_text_survives(comment: str, reason: str) -> None:
    comment, reason = (text.replace("\0", "") for text in (comment, reason))
    mark = Mark("hvp.timing", 1, comment.strip(), reason.strip())
    text = write_marks({"ivanova": [mark]})
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.startswith(tuple("=+-@\t\r")) for cell in row)
    assert read_marks(text, CLASS).marks == {"ivanova": {"hvp.timing": mark}}


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffstudent;item;points;comment;reason\r\nivanova;hvp.plot;1,5;ok;\r\n",
        "Item\tPoints\tStudent\tComment\nhvp.plot\t1.5\tivanova\tok\n\n\t\t\t\n",
        ' student ,ITEM,points,comment\nivanova, hvp.plot ,"1,5",ok,,,\n',
        "student,item,points,comment,reason\nivanova,hvp.plot,01.50,ok",
    ],
    ids=["excel", "tabs", "untidy", "unended"],
)
def test_what_spreadsheets_make_of_it(text: str) -> None:
    marking = read_marks(text, CLASS)
    assert marking.problems == ()
    assert marking.marks == {"ivanova": {"hvp.plot": Mark("hvp.plot", 1.5, "ok")}}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("ivanov,hvp.plot,1,,", "Line 2: there is no student 'ivanov'; is it 'ivanova'?"),
        (",hvp.plot,1,,", "Line 2: there is no student ''."),
        ("ivanova,hvp.plt,1,,", "Line 2: there is no item 'hvp.plt'; is it 'hvp.plot'?"),
        (
            "ivanova,step_size.tune,1,,",
            "Line 2: 'step_size.tune' was not graded in the submission of 'ivanova'.",
        ),
        (
            "nobody,hvp.plot,1,,",
            "Line 2: nothing of 'nobody' was graded, so no item can be marked.",
        ),
        ("ivanova,hvp.plot,,good,", "Line 2: the points are missing."),
        (
            "ivanova,hvp.plot,two,,",
            "Line 2: the points should be a number such as 2 or 1.5, not 'two'.",
        ),
        ("ivanova,hvp.plot,4.5,,", "Line 2: '4.5' points are more than the 4 of hvp.plot."),
        (
            "ivanova,hvp.hvp,4,fine,",
            "Line 2: hvp.hvp was graded by the machine; changing its points needs a reason.",
        ),
        (
            "ivanova,hvp.plot,1,a,b,c",
            "Line 2: it has 6 cells, and the table 5 columns: "
            "a text with commas belongs between quotes.",
        ),
        (f"ivanova,hvp.plot,1,{'x' * 20_001},", "Line 2: a text is longer than 20000 characters."),
    ],
    ids=lambda text: text[:24],
)
def test_what_is_refused(row: str, problem: str) -> None:
    assert problems(row) == (problem,)


@pytest.mark.parametrize(
    "points", ["-1", "nan", "inf", "1e3", "0x1", "1_0", "١", "1.", "--", "1.5.2", "'-1", "9" * 400]
)
def test_no_points(points: str) -> None:
    assert len(problems(f"ivanova,hvp.plot,{points},,")) == 1


def test_a_mark_given_twice_is_refused_with_both_lines() -> None:
    rows = ('ivanova,hvp.plot,1,"two\nlines",', "baker,hvp.plot,1,,", "ivanova,hvp.plot,2,,")
    assert problems(*rows) == ("Line 5: hvp.plot of ivanova was marked in line 2 already.",)


def test_every_problem_is_told_at_once_and_nothing_is_half_taken() -> None:
    found = problems("ivanova,hvp.plot,1,,", "ivanova,hvp.timing,9,,", "x,hvp.plot,1,,")
    assert [problem.split(":")[0] for problem in found] == ["Line 3", "Line 4"]


def test_our_own_fault_is_marked_without_a_reason() -> None:
    assert problems("diaz,hvp.hvp,4,,") == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "The table is empty; its first line should be student,item,points,comment,reason."),
        (
            "name,points\n",
            "The first line has no column student and no column item; "
            "there should be student, item, points, comment, reason.",
        ),
    ],
    ids=["empty", "columns"],
)
def test_no_table(text: str, problem: str) -> None:
    assert read_marks(text, CLASS).problems == (problem,)


def test_a_cell_without_end() -> None:
    (problem,) = read_marks(HEAD + 'a,"' + "x" * 200_000, CLASS).problems
    assert problem.startswith("Line 2: this is no table of values")


def test_hostile_cells_are_told_harmlessly() -> None:
    cell = HOSTILE.replace('"', '""')
    (problem,) = problems(f'"{cell}",hvp.plot,1,,')
    assert problem.isprintable()
    assert len(problem) < 400


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    read_marks(text, CLASS)
    read_marks(HEAD + text, CLASS)
