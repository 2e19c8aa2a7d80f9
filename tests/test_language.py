"""Which language is spoken, and what becomes of a text in it."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from adcheck.language import (
    ENGLISH,
    LANGUAGES,
    MARKED,
    Catalogue,
    current,
    of_locale,
    place,
    tr,
    trn,
    use,
    using,
)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "uk_UA"}, "uk"),
        ({"LANG": "uk"}, "uk"),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "uk_UA.UTF-8"}, "uk"),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "uk_UA.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "ru_UA@cyr"}, "ru"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "be_BY.UTF-8"}, "en"),
        ({"LANG": "uz_UZ"}, "en"),
        ({"LANG": "qps"}, "en"),
        ({"LANG": "../../etc/passwd"}, "en"),
    ],
)
def test_the_locale_decides(environment: dict[str, str], language: str) -> None:
    assert of_locale(environment) == language


def test_english_needs_no_catalogue() -> None:
    code = (
        "import sys; from adcheck.language import tr, trn; tr('Points'); "
        "trn('{count} point', '{count} points', 2, count=2); print('gettext' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "0 points, 1 point, 2 points, 5 points, 11 points, 21 points, 2.5 points"),
        ("ru", "0 баллов, 1 балл, 2 балла, 5 баллов, 11 баллов, 21 балл, 2.5 балла"),
        ("uk", "0 балів, 1 бал, 2 бали, 5 балів, 11 балів, 21 бал, 2.5 бали"),
    ],
)
def test_plural_forms(language: str, forms: str) -> None:
    with using(language):
        told = [
            trn("{count} point", "{count} points", number, count=f"{number:g}")
            for number in (0, 1, 2, 5, 11, 21, 2.5)
        ]
    assert ", ".join(told) == forms


def test_what_a_catalogue_lacks_is_told_in_english(tmp_path: Path) -> None:
    with using("ru"):
        assert tr("There is no {thing} of this.", thing="word") == "There is no word of this."
        assert tr("") == ""
        assert Catalogue(tmp_path).tr("Points") == "Points"
        assert Catalogue(tmp_path).trn("a point", "points", 21) == "points"


def test_a_value_is_never_taken_for_a_text() -> None:
    with using("ru"):
        told = tr("It raised {type}: {text}", type="{text}", text="{type} {0} %s {place!r}")
    assert told == "Возникло исключение {text}: {type} {0} %s {place!r}"


def test_without_values_braces_are_braces() -> None:
    assert tr("{3} and {x}") == "{3} and {x}"


def test_a_language_for_a_while() -> None:
    with using("uk"):
        assert tr("Points") == "Бали"
        with using("ru"):
            assert tr("Points") == "Баллы"
        assert current() == "uk"
    assert tr("Points") == "Points"


def test_threads_speak_their_own_language_and_otherwise_that_of_the_process() -> None:
    told: dict[str, str] = {}
    met = threading.Barrier(2)

    def speak(language: str) -> None:
        with using(language):
            met.wait(10)
            told[language] = tr("Points")
            met.wait(10)

    threads = [threading.Thread(target=speak, args=(name,)) for name in ("ru", "uk")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert told == {"ru": "Баллы", "uk": "Бали"}
    use("ru")
    other = threading.Thread(target=lambda: told.update(process=tr("Points")))
    other.start()
    other.join(10)
    assert told["process"] == "Баллы"


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("cell 7, line 3", "ячейка 7, строка 3"),
        ("cell 7", "ячейка 7"),
        ("hw.py, line 12", "hw.py, строка 12"),
        ("hw.py", "hw.py"),
        ("the starter, line 1", "заготовка, строка 1"),
        ("cell 7b, line x", "cell 7b, line x"),
        ("a\nb, line 2", "a\nb, строка 2"),
        ("", ""),
    ],
)
def test_places_are_data_and_are_told_in_words(where: str, told: str) -> None:
    with using("ru"):
        assert place(where) == told
    assert place(where) == where


def test_the_marked_language_shows_what_can_be_translated() -> None:
    with using(MARKED):
        assert tr("Seed {seed}; isolation: {isolation}.", seed=1, isolation="weak") == (
            "⟦Seed 1; isolation: weak.⟧"
        )
        assert trn("{count} point", "{count} points", 2, count=2) == "⟦2 points⟧"
        assert place("cell 7, line 3") == "⟦⟦cell 7⟧, line 3⟧"
    assert MARKED not in LANGUAGES
    assert current() == ENGLISH
