import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcheck.lms.names import attempt_of, distinct, safe_id


@pytest.mark.parametrize(
    ("name", "number", "id"),
    [
        ("Ada Lovelace", "", "Ada_Lovelace"),
        ("Ada Lovelace", "12", "Ada_Lovelace_12"),
        ("Participant 12", "12", "Participant_12"),
        ("../../etc/passwd", "", "etc_passwd"),
        ("con", "", "con_"),
        ("", "", "student"),
        ("Ёлкин  Й.", "", "Ёлкин_Й"),
        ("प्रिया", "", "प्रिया"),
        ("O'Neil-Smith, Jr.", "a b", "O_Neil-Smith_Jr_a_b"),
    ],
)
def test_ids(name: str, number: str, id: str) -> None:
    assert safe_id(name, number) == id


@given(st.text(st.characters(exclude_categories=())), st.text())
def test_ids_are_safe_everywhere(name: str, number: str) -> None:
    id = safe_id(name, number)
    assert 0 < len(id.encode()) <= 230
    assert not set(id) & set('<>:"/\\|?* \n\x00')
    assert not id.startswith((".", "-"))
    assert not id.endswith(".")


@given(st.lists(st.sampled_from(["a", "A", "a-2", "A-2", "b"])))
def test_distinct_ids(names: list[str]) -> None:
    given_ids = distinct(names)
    assert len({id.casefold() for id in given_ids}) == len(names)
    assert given_ids[:1] == names[:1]


@pytest.mark.parametrize(
    ("stem", "attempt"),
    [
        ("hw", ("hw", 0, True)),
        ("hw (2)", ("hw", 2, True)),
        ("Copy of hw", ("hw", 1, True)),
        ("Копия hw (1)", ("hw", 2, True)),
        ("hw - Copy", ("hw", 1, True)),
        ("hw-1", ("hw", 1, False)),
        ("Copy of ", ("Copy of ", 0, True)),
        ("(1)", ("(1)", 1, True)),
    ],
)
def test_attempts(stem: str, attempt: tuple[str, int, bool]) -> None:
    assert attempt_of(stem) == attempt
