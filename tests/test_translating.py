"""`adcheck translate`: a teacher's own assignment in another language."""

import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adcheck.assignment import load_assignment
from adcheck.cli import cli
from adcheck.errors import UsageError
from adcheck.language import using
from adcheck.translating import OWN, State, texts_of, untranslated, update

TITLE = "The gradient of log-sum-exp"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run("new", "jacobians").exit_code == 0
    return tmp_path / "jacobians"


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, list(args), prog_name="adcheck")


def fill(path: Path, text: str, translation: str) -> None:
    """What a teacher does in an editor."""
    before = path.read_text("utf-8")
    after = re.sub(rf'(msgid "{re.escape(text)}"\nmsgstr )"[^"]*"', rf'\1"{translation}"', before)
    assert after != before
    path.write_text(after, "utf-8")


def test_from_new_to_a_translated_title(own: Path) -> None:
    first = run("translate", "jacobians", "--to", "uk")
    assert first.exit_code == 1
    total = len(texts_of(own))
    assert first.stdout.startswith(f"jacobians, uk: 0 of {total} texts\n  missing: {TITLE}\n")
    po = own / "locale" / "uk.po"
    assert sorted(path.name for path in po.parent.iterdir()) == ["uk.mo", "uk.po"]
    fill(po, TITLE, "Градієнт логарифма суми експонент")
    second = run("translate", "jacobians", "--to", "uk")
    assert second.stdout.startswith(f"jacobians, uk: 1 of {total} texts\n")
    load = run("show", "jacobians", "--lang", "uk")
    assert "# The gradient of log-sum-exp" in load.stdout  # the statement is a file of its own
    (own / "statement.uk.md").write_text("# Градієнт\n", "utf-8")
    (own / "starter.uk.py").write_text("# тут\n", "utf-8")


def test_what_is_translated_is_told_and_the_rest_in_english(own: Path) -> None:
    update(own, "uk")
    fill(own / "locale" / "uk.po", TITLE, "Градієнт")
    update(own, "uk")
    (own / "statement.uk.md").write_text("# Умова\n", "utf-8")
    (own / "starter.uk.py").write_text("# ваш код\n", "utf-8")
    with using("uk"):
        told = load_assignment(str(own))
        mistakes = [m for task in told.load_tasks().values() for m in task.mistakes]
    assert told.title == "Градієнт"
    assert told.statement == "# Умова\n"
    assert told.starters["starter.py"].decode() == "# ваш код\n"
    assert b"def " in told.starters["starter.ipynb"]
    plain = load_assignment(str(own))
    assert plain.title == TITLE
    assert [m.sentence for m in mistakes] == [
        m.sentence for task in plain.load_tasks().values() for m in task.mistakes
    ]
    assert [text for text in untranslated(str(own))["uk"] if text == TITLE] == []
    assert len(untranslated(str(own))["uk"]) == len(texts_of(own)) - 1


def test_a_folder_without_translations_is_told_in_english(own: Path) -> None:
    assert untranslated(str(own)) == {}
    with using("ru"):
        assert load_assignment(str(own)).title == TITLE


def test_everything_that_students_read_is_found(own: Path) -> None:
    texts = set(texts_of(own))
    assignment = load_assignment(str(own))
    mistakes = [m for task in assignment.load_tasks().values() for m in task.mistakes]
    for mistake in mistakes:
        assert {mistake.sentence, mistake.hint} <= texts
    for item in assignment.items:
        assert {item.title, *(part.title for part in item.parts)} <= texts


def test_calls_in_code_are_found(own: Path) -> None:
    (own / "told.py").write_text(
        "from adcheck.authoring import texts\n\n_own = texts(__file__)\ntr = _own.tr\n"
        "x = tr('One ' 'text of {a}.', a=1)\ny = _own.trn('{n} a', '{n} b', 2, n=2)\n"
        "z = tr(x)\nw = other('Not this one.')\n"
    )
    texts = texts_of(own)
    assert "One text of {a}." in texts
    assert ("{n} a", "{n} b") in texts
    assert "Not this one." not in texts


def test_a_text_that_changed_is_empty_and_one_that_went_is_gone(own: Path) -> None:
    update(own, "ru")
    fill(own / "locale" / "ru.po", TITLE, "Градиент")
    assert TITLE not in update(own, "ru").missing
    rubric = own / "rubric.toml"
    rubric.write_text(rubric.read_text("utf-8").replace(TITLE, "Another title"), "utf-8")
    again = own.rename(own.with_name("renamed"))  # what was loaded before is still remembered
    state = update(again, "ru")
    assert "Another title" in state.missing
    assert "Градиент" not in (again / "locale" / "ru.po").read_text("utf-8")


def test_other_placeholders_are_told(own: Path) -> None:
    (own / "told.py").write_text("x = tr('A text of {a}.', a=1)\n")
    update(own, "ru")
    fill(own / "locale" / "ru.po", "A text of {a}.", "Текст {b}.")
    state = update(own, "ru")
    assert state.broken == ("A text of {a}.",)
    assert not state.complete


def test_looking_writes_nothing(own: Path) -> None:
    assert run("translate", "jacobians", "--check").exit_code == 1
    assert not (own / "locale").exists()


def test_a_file_that_is_none_is_wrong_usage(own: Path) -> None:
    update(own, "ru")
    (own / "locale" / "ru.po").write_bytes(b'msgid "\xff"\nmsgstr ""\n')
    done = run("translate", "jacobians", "--to", "ru")
    assert done.exit_code == 2
    assert "ru.po cannot be read" in done.stderr


def test_without_babel_its_extra_is_named(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "babel.messages.pofile", None)
    with pytest.raises(UsageError, match=r"adcheck\[translate\]"):
        update(own, "ru")


def test_nothing_to_translate_is_wrong_usage() -> None:
    assert run("translate").exit_code == 2


@pytest.mark.slow
def test_validate_tells_what_is_missing(own: Path) -> None:
    update(own, "uk")
    done = run("validate", "jacobians")
    assert done.exit_code == 0
    assert "told in English where uk is asked for, for want of a translation" in done.stderr
    assert "adcheck translate jacobians" in done.stderr


@pytest.mark.slow
def test_a_submission_is_graded_in_the_language_of_the_assignment(own: Path) -> None:
    update(own, "uk")
    fill(own / "locale" / "uk.po", TITLE, "Градієнт")
    update(own, "uk")
    done = run("check", "jacobians/starter.py", "-a", "jacobians", "--lang", "uk")
    assert done.exit_code == 1
    assert "\nГрадієнт\n" in done.stdout
    assert "Функція повернула None" in done.stdout


def test_own_messages_are_those_of_code_and_templates() -> None:
    texts = texts_of(OWN)
    assert "A person marks it." in texts
    assert "SHA-256 of the file:" in texts
    state: State = update(OWN, "ru", write=False)
    assert state.total == len(texts)
