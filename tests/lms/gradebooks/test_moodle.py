import pytest

from adcheck.errors import UsageError
from adcheck.lms import export
from tests.lms.gradebooks.grades import grade

ENGLISH = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 12,Ada Lovelace,ada@example.org,"Submitted for grading",,37.00,Yes,'
    '"Monday, 2 March 2026, 8:00 AM",-,"one\ntwo"\n'
    "Participant 13,=Ivan,ivan@example.org,No submission,5.00,37.00,Yes,-,-,\n"
    "Participant 14,Cy,cy@example.org,,,37.00,No,-,-,\n"
)
RUSSIAN = (
    "\ufeffИдентификатор;Полное имя;Адрес электронной почты;Статус;Оценка;Максимальная оценка;"
    "Оценка может быть изменена;Последнее изменение (ответ);Последнее изменение (оценка)\r\n"
    "Участник12;Ада Лавлейс;ada@example.org;Ответы для оценки;;37,00;Да;-;-\r\n"
    "Участник13;Иван Петров;ivan@example.org;-;5,00;37,00;Да;-;-\r\n"
)
UKRAINIAN = (
    "Ідентифікатор\tПовне ім’я\tЕлектронна пошта\tСтатус\tОцінка\tМаксимальна оцінка\t"
    "Оцінка може бути змінена\tВостаннє змінювалося (оцінка)\n"
    "Учасник 12\tАда Лавлейс\tada@example.org\t\t\t37,00\tТак\t-\n"
)


def test_english() -> None:
    grades = [
        grade("Ada Lovelace", 2.675, "12"),
        grade("=Ivan", 37.5, "13"),
        grade("Cy", 1, "14"),
    ]
    filled = export("moodle", grades, ENGLISH.encode())
    assert filled.data.decode() == ENGLISH.replace('grading",,', 'grading",2.68,')
    assert [problem.message for problem in filled.notes] == [
        "=Ivan has 37.50 points, more than the worksheet's maximum of 37.00; Moodle would skip "
        "that without a word, so the cell was left.",
        "Cy's grade cannot be changed in Moodle.",
    ]


def test_russian_with_commas_and_numbers_of_another_precision() -> None:
    grades = [grade("Ада Лавлейс", 17.33555, "12"), grade("Иван Петров", 5, "13")]
    filled = export("moodle", grades, RUSSIAN.encode(), decimals=4)
    wanted = RUSSIAN.replace("оценки;;", "оценки;17,3356;").replace(";5,00;", ";5,0000;")
    assert filled.data.decode() == wanted
    assert filled.notes == ()


def test_russian_saved_by_an_old_spreadsheet() -> None:
    sheet = RUSSIAN.lstrip("\ufeff")
    filled = export("moodle", [grade("Ада Лавлейс", 7, "12")], sheet.encode("cp1251"))
    assert filled.data.decode("cp1251") == sheet.replace("оценки;;", "оценки;7,00;")


def test_ukrainian_with_tabs() -> None:
    filled = export("moodle", [grade("Ада Лавлейс", 7.125, "12")], UKRAINIAN.encode())
    assert filled.data.decode() == UKRAINIAN.replace("\t\t\t37", "\t\t7,13\t37")


def test_an_unknown_language_is_told_by_its_values() -> None:
    sheet = "X,Y,Z,Maximum Grade\nOsallistuja12,Ada,,37.00\n"
    filled = export("moodle", [grade("Ada", 7, "12")], sheet.encode())
    assert filled.data.decode() == sheet.replace("Ada,,", "Ada,7.00,")


def test_anonymous_marking_has_numbers_alone() -> None:
    sheet = "Identifier,Status,Grade,Maximum Grade\nParticipant 12,,,37.00\n"
    filled = export("moodle", [grade("Participant 12", 7, "12")], sheet.encode())
    assert filled.data.decode() == sheet.replace(",,,", ",,7.00,")


def test_by_e_mail_and_name_where_numbers_are_another_assignments() -> None:
    grades = [grade("Ivan", 3, "12", email="ivan@example.org"), grade("lovelace, ada", 4)]
    filled = export("moodle", grades, ENGLISH.encode())
    wanted = ENGLISH.replace('grading",,', 'grading",4.00,').replace(",5.00,37", ",3.00,37")
    assert filled.data.decode() == wanted
    assert [problem.code for problem in filled.notes] == ["another-name", "replaced", "not-graded"]


def test_names_that_several_have_match_nobody() -> None:
    sheet = ENGLISH.replace("=Ivan", "Ada Lovelace")
    grades = [grade("Ada Lovelace", 3), grade("Cy", 1)]
    filled = export("moodle", grades, sheet.encode())
    assert filled.data == sheet.encode()
    assert "Several lines or students go by ada lovelace" in filled.notes[0].message


def test_another_maximum_is_told() -> None:
    filled = export("moodle", [grade("Cy", 3, "14")], ENGLISH.replace("37.00", "100.00").encode())
    assert [problem.code for problem in filled.notes] == ["other-maximum", "locked", "not-graded"]


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ("Name,Grade\nAda,1\n", "no column of numbers of participants"),
        ("Identifier,Name\nParticipant 1,Ada\n", "no column of grades"),
        ("Identifier,Grade,Scale\nParticipant 1,,A\n", "graded on a scale"),
        ("", "The sheet is empty"),
        (RUSSIAN.replace("Лавлейс", "Другая").replace("Петров", "Иной"), "another course"),
    ],
    ids=["identifier", "grade", "scale", "empty", "other-assignment"],
)
def test_what_cannot_be_filled(sheet: str, message: str) -> None:
    grades = [grade("Ада Лавлейс", 1, "12"), grade("Иван Петров", 1, "13")]
    with pytest.raises(UsageError, match=message):
        export("moodle", grades, sheet.encode())


def test_an_excel_file() -> None:
    with pytest.raises(UsageError, match="an Excel file; download it as CSV"):
        export("moodle", [grade("Ada")], b"PK\x03\x04...")
