"""The catalogues that come with adcheck are whole, and what they are made from."""

import ast
import io
import json
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from adcheck.assignment import in_language, load_assignment
from adcheck.language import FOLDER, LANGUAGES, using
from adcheck.translating import OWN, update

ROOT = Path(__file__).parent.parent
OTHERS = LANGUAGES[1:]
SHIPPED = sorted(path.parent for path in ROOT.glob("assignments/*/rubric.toml"))
FOLDERS = [OWN, *SHIPPED]
HOW = "adcheck translate --own " + " ".join(folder.name for folder in SHIPPED)
ENGLISH_WORDS = re.compile(r"\b(the|of|is|are|was|not|and|which|where|with|your|its)\b", re.I)
CYRILLIC = re.compile("[а-яёґєії]", re.I)
ALIEN = {"ru": re.compile("[ґєії]", re.I), "uk": re.compile("[ёъыэ]", re.I)}


def each(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(name, FOLDERS, ids=lambda folder: folder.name)


@pytest.mark.parametrize("language", OTHERS)
@each("folder")
def test_every_text_is_translated(folder: Path, language: str) -> None:
    state = update(folder, language, write=False)
    assert not state.missing, f"without {language}: {state.missing}; after `{HOW}` fill them in"
    assert not state.broken, f"other placeholders in {language}: {state.broken}"


@pytest.mark.parametrize("language", OTHERS)
@each("folder")
def test_files_are_as_the_command_leaves_them(folder: Path, language: str) -> None:
    state = update(folder, language, write=False)
    assert (folder / FOLDER / f"{language}.po").read_bytes() == state.po, f"give `{HOW}`"
    assert (folder / FOLDER / f"{language}.mo").read_bytes() == state.mo, f"give `{HOW}`"


def told(catalog: Catalog) -> dict[str, list[str]]:
    """What is said for each text, in all its forms; there are libraries that use lists for them."""

    def forms(text: object) -> list[str]:
        return [str(text)] if isinstance(text, str) else list(map(str, text or ()))  # type: ignore[call-overload]

    return {"~".join(forms(m.id)): forms(m.string) for m in catalog if m.id}


@pytest.mark.parametrize("language", OTHERS)
@each("folder")
def test_po_and_mo_agree(folder: Path, language: str) -> None:
    place = folder / FOLDER
    written = read_po(io.BytesIO((place / f"{language}.po").read_bytes()), locale=language)
    with (place / f"{language}.mo").open("rb") as file:
        compiled = read_mo(file)
    assert told(written) == told(compiled)
    assert written.num_plurals == 3
    assert not [message.id for message in written if message.fuzzy]


@pytest.mark.parametrize("language", OTHERS)
@each("folder")
def test_translations_are_in_that_language(folder: Path, language: str) -> None:
    path = folder / FOLDER / f"{language}.po"
    for message in read_po(io.BytesIO(path.read_bytes()), locale=language):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in texts if message.id else ():
            words = re.sub(r"\{\w+\}|`[^`]*`", "", str(text))
            assert not ENGLISH_WORDS.search(words), text
            assert not ALIEN[language].search(words), text
            assert str(text)[-1:] in ".?:!" or str(message.id)[-1:] not in ".?", text
            if re.search("[a-z]{4}", re.sub(r"\{\w+\}", "", str(message.id)), re.I):
                assert CYRILLIC.search(words), text


# --------------------------------------------------------------------------- whole files


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", ["statement.md", "starter.py", "starter.ipynb"])
@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_whole_files_are_there(folder: Path, name: str, language: str) -> None:
    text = (folder / in_language(name, language)).read_text("utf-8")
    assert len(CYRILLIC.findall(text)) > 200
    assert not ALIEN[language].search(text)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_statements_say_the_same_of_code_and_points(folder: Path, language: str) -> None:
    english = (folder / "statement.md").read_text("utf-8")
    other = (folder / in_language("statement.md", language)).read_text("utf-8")

    def blocks(text: str) -> list[str]:
        return re.findall(r"```.*?```|\$\$.*?\$\$", text, re.DOTALL)

    assert blocks(other) == blocks(english)
    headings = [re.findall(r"^(#+ (?:\d+)?).*?(\d*)(?: \w+\))?$", text, re.MULTILINE)
                for text in (other, english)]  # fmt: skip
    assert headings[0] == headings[1]
    codes = [set(re.findall(r"`[^`\n]+`", text)) for text in (other, english)]
    assert codes[1] <= codes[0] | {"`starter.ipynb`", "`starter.py`"}


def bare(source: str) -> str:
    """Code without what is said in it: docstrings, printed texts, comments."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            node.value = ""
    return ast.unparse(tree)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_starters_are_the_same_program(folder: Path, language: str) -> None:
    def modules(name: str) -> list[str]:
        text = (folder / name).read_text("utf-8")
        if name.endswith(".py"):
            return [text]
        return ["".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == "code"]

    for name in ("starter.py", "starter.ipynb"):
        english, other = modules(name), modules(in_language(name, language))
        assert [bare(text) for text in other] == [bare(text) for text in english]
        assert "".join(other).count("###") == "".join(english).count("###")


def test_an_assignment_is_loaded_in_the_language_that_is_spoken() -> None:
    with using("uk"):
        told = load_assignment("hvp")
        mistakes = told.load_tasks()["hvp.hessian"].mistakes
    assert told.title == "Бенчмарк добутку гессіана на вектор"
    assert told.items[3].parts[1].title == "Гессіан не будується"
    assert told.statement.startswith("# Бенчмарк")
    assert "ВАШ КОД ТУТ" in told.starters["starter.py"].decode()
    assert "YOUR CODE HERE" in told.given.text  # what graders supply is the same for everybody
    assert mistakes[0].sentence.startswith("Гессіан усюди дорівнює нулю")
    plain = load_assignment("hvp")
    assert plain.title == "Benchmarking the Hessian-vector product"
    assert plain.digest == told.digest
    assert plain.load_tasks()["hvp.hessian"].mistakes[0].slug == mistakes[0].slug
