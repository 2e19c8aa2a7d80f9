"""``--lang``, and the locale where it is not given."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adcheck.cli import cli
from tests.submissions_of import SUBMISSIONS

ROOT = Path(__file__).parent.parent
EMPTY = str(SUBMISSIONS / "broken" / "empty.py")


def run(*args: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(cli, list(args), prog_name="adcheck")


def process(*args: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "adcheck", *args],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "", "LC_MESSAGES": "", **environment},
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("args", "environment", "told"),
    [
        (["--lang", "ru"], {}, "22 балла, из них 4 ставит человек"),
        (["--lang", "uk"], {"LC_ALL": "ru_RU.UTF-8"}, "22 бали, з них 4 ставить людина"),
        (["--lang", "en"], {"LC_ALL": "ru_RU.UTF-8"}, "22 points, 4 of them marked by a person"),
        ([], {"LC_ALL": "uk_UA.UTF-8"}, "22 бали, з них 4 ставить людина"),
        ([], {"LC_ALL": "C.UTF-8"}, "22 points, 4 of them marked by a person"),
    ],
)
def test_the_option_comes_before_the_locale(
    args: list[str], environment: dict[str, str], told: str
) -> None:
    assert told in run("list", *args, **environment).stdout


def test_a_real_process_follows_its_locale() -> None:
    assert "Кри" not in process("list", LANG="en_US.UTF-8")
    assert "балла" in process("list", LANG="ru_RU.UTF-8", PYTHONUTF8="1")
    assert "бали" in process("list", LANG="en_US.UTF-8", LC_MESSAGES="uk_UA.UTF-8", PYTHONUTF8="1")


def test_a_terminal_without_the_letters_is_spoken_to_in_english() -> None:
    ascii_ = {"LANG": "ru_RU.UTF-8", "PYTHONIOENCODING": "ascii"}
    assert "22 points" in process("list", **ascii_)
    assert "22 points" not in process("list", "--lang", "ru", **ascii_)  # as it was asked for


def test_an_unknown_language_is_wrong_usage() -> None:
    done = run("list", "--lang", "de")
    assert done.exit_code == 2
    assert "'en', 'ru', 'uk'" in done.stderr


def test_show_and_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    statement = run("show", "step_size", "--lang", "uk").stdout
    assert statement.startswith("# Підбір кроків градієнтним спуском\n")
    assert "## Критерії: 15 балів" in statement
    started = run("start", "step_size", "--lang", "ru", "--ci", "gitlab").stdout
    assert "Заполните один из них, затем запустите:" in started
    assert "  adcheck check step_size/starter.py --lang ru\n" in started
    assert "ВАШ КОД ЗДЕСЬ" in Path("step_size/starter.py").read_text("utf-8")
    assert sorted(path.name for path in Path("step_size").glob("starter*")) == [
        "starter.ipynb",
        "starter.py",
    ]
    assert "--lang ru" in Path("step_size/.gitlab-ci.yml").read_text("utf-8")


def test_an_autograder_speaks_the_language(tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    assert run("gradescope", "hvp", "--lang", "uk", "-o", str(target)).exit_code == 0
    with zipfile.ZipFile(target) as archive:
        options = json.loads(archive.read("autograder.json"))["options"]
        names = set(archive.namelist())
    assert options[-2:] == ["--lang", "uk"]
    assert "lib/adcheck/locale/uk.mo" in names
    assert "lib/adcheck/_data/assignments/hvp/locale/uk.mo" in names
    assert "lib/adcheck/_data/assignments/hvp/statement.uk.md" in names


def test_a_file_of_which_nothing_can_be_read(tmp_path: Path) -> None:
    done = run("check", EMPTY, "-a", "hvp", "--lang", "uk")
    assert done.exit_code == 1
    assert "✗ empty.py: Файл empty.py порожній." in done.stdout
    assert "Функції з іменем calculate_hessian не знайдено." in done.stdout
    assert "adcheck check" in run("check", "--help", LC_ALL="uk_UA.UTF-8").stdout


@pytest.mark.slow
def test_a_course_is_told_in_its_language_and_graded_again_for_another(tmp_path: Path) -> None:
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / "hw.py").write_text("def naive_hvp(h, v):\n    return None\n")
    args = ["batch", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "-a", "hvp"]
    args += ["--jobs", "1", "--isolation", "auto"]
    first = run(*args, "--lang", "ru")
    assert first.exit_code == 0, first.stderr
    page = (tmp_path / "out" / "reports" / "ada.html").read_text("utf-8")
    assert '<html lang="ru">' in page
    assert "Функция вернула None" in page
    assert "Функция с именем calculate_hessian не найдена." in page
    again = run(*args, "--lang", "ru")
    assert "1 of 1 were graded before" in again.stderr
    other = run(*args, "--lang", "uk")
    assert "1 of 1 were graded before" not in other.stderr
    assert "Функція повернула None" in (tmp_path / "out" / "reports" / "ada.html").read_text(
        "utf-8"
    )
    report = json.loads((tmp_path / "out" / "reports" / "ada.json").read_text("utf-8"))
    assert "Функція повернула None" in json.dumps(report, ensure_ascii=False)
    marks = tmp_path / "manual.csv"
    marks.write_text("student,item,points\nada,hvp.plot,3\n")
    assert run("merge", str(tmp_path / "out"), str(marks)).exit_code == 0
    assert "Оцінено вручну:" in (tmp_path / "out" / "reports" / "ada.html").read_text("utf-8")
