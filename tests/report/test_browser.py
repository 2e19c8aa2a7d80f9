"""The pages in a real browser, from a file, without a network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from adcheck.course import Alike, Mark
from adcheck.marking import read_marks, write_marks
from adcheck.report import page, review, summary
from tests.entries import BAKER, CLASS, EVERYBODY, HOSTILE, IVANOVA

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request

pytestmark = pytest.mark.browser

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SMALL: Final = (390, 844)
LARGE: Final = (1280, 900)
ALL_LEFT: Final = "13 marks left, in 5 of 5"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"there is no browser: none of {', '.join(NAMES)}")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        yield started
        started.close()


@dataclass
class Window:
    """A browser that writes down whatever goes wrong on a page, or wants to leave it."""

    context: BrowserContext
    faults: list[str] = field(default_factory=list)

    def open(self, path: Path, text: str) -> Page:
        path.write_text(text, "utf-8")
        tab = self.context.new_page()
        tab.on("console", lambda message: self.faults.append(message.text))
        tab.on("pageerror", lambda error: self.faults.append(str(error)))
        tab.on("dialog", self._dialog)
        tab.on("request", self._request)
        tab.goto(path.as_uri())
        return tab

    def _dialog(self, dialog: Dialog) -> None:
        self.faults.append(dialog.message)
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.faults.append(request.url)


@pytest.fixture
def window(browser: Browser) -> Iterator[Window]:
    made = Window(browser.new_context(accept_downloads=True))
    yield made
    made.context.close()
    assert made.faults == []


@pytest.fixture
def marking(window: Window, tmp_path: Path) -> Page:
    """The page for marking."""
    return window.open(tmp_path / "review.html", review.render(EVERYBODY))


def exported(tab: Page) -> dict[str, dict[str, Mark]]:
    """What `adcheck.marking` reads of the table that the page exports."""
    with tab.expect_download() as waiting:
        tab.keyboard.press("e")
    assert waiting.value.suggested_filename == "manual.csv"
    marking = read_marks(waiting.value.path().read_text("utf-8"), EVERYBODY)
    assert marking.problems == ()
    return {student: dict(marks) for student, marks in marking.marks.items()}


def remaining(tab: Page) -> str:
    return tab.locator("#remaining").inner_text()


def press(tab: Page, keys: str) -> None:
    for key in keys.split():
        tab.keyboard.press(key)


def test_marking_by_keys_and_reloading(marking: Page) -> None:
    assert remaining(marking) == ALL_LEFT
    press(marking, "2 h Enter 4 Enter 3")
    assert remaining(marking) == "10 marks left, in 4 of 5"
    marking.keyboard.press("c")
    marking.keyboard.type('=Good; "short", e.g. j\nand k')
    press(marking, "Escape Enter")
    assert marking.locator("h2").inner_text() == "Baker, Ann"
    marking.reload()
    assert remaining(marking) == "10 marks left, in 4 of 5"
    assert marking.locator("h2").inner_text() == "Baker, Ann"
    marking.keyboard.press("k")
    assert marking.locator(".points").first.input_value() == "2.5"
    assert exported(marking)["ivanova"] == {
        "hvp.timing": Mark("hvp.timing", 2.5),
        "hvp.plot": Mark("hvp.plot", 4),
        "hvp.analysis": Mark("hvp.analysis", 3, '=Good; "short", e.g. j\nand k'),
    }


def test_marks_that_were_there_are_exported_again(marking: Page) -> None:
    found = exported(marking)
    assert found["baker"] == BAKER.marks
    assert found["cohen"] == {"hvp.timing": Mark("hvp.timing", 4)}
    assert set(found) == {"baker", "cohen", "mallory"}


def test_changing_a_mark_of_the_machine_needs_a_reason(marking: Page) -> None:
    marking.locator("summary", has_text="Change a mark").click()
    card = marking.locator(".item[data-item='hvp.hvp']")
    card.locator(".points").fill("1")
    assert card.locator(".wrong").inner_text() == "Changing the machine's mark needs a reason."
    marking.keyboard.press("Escape")
    assert "ivanova" not in exported(marking)
    assert "Left out" in marking.locator("#notice").inner_text()
    card.locator(".reason").fill("Copied from the lecture.")
    marking.keyboard.press("Escape")
    changed = {"hvp.hvp": Mark("hvp.hvp", 1, "", "Copied from the lecture.")}
    assert exported(marking)["ivanova"] == changed


@pytest.mark.parametrize("text", ["5", "-1", "x", "1.2.3", "1e3", "Infinity"])
def test_points_out_of_range_do_not_count(marking: Page, text: str) -> None:
    marking.locator(".points").first.fill(text)
    assert marking.locator(".wrong").first.inner_text()
    assert remaining(marking) == ALL_LEFT


def test_buttons_and_the_field_follow_each_other(marking: Page) -> None:
    card = marking.locator(".item").first
    card.locator("label", has_text="1.5").click()
    assert card.locator(".points").input_value() == "1.5"
    card.locator(".points").fill("2,0")
    assert card.locator("input[value='2']").is_checked()
    card.locator("text=Clear").click()
    assert card.locator(".points").input_value() == ""
    assert card.locator("input:checked").count() == 0
    assert remaining(marking) == ALL_LEFT


def test_keys_do_nothing_in_a_field_or_when_switched_off(marking: Page) -> None:
    marking.locator(".comment").first.fill("")
    press(marking, "j 3 e")
    assert marking.locator(".comment").first.input_value() == "j3e"
    marking.locator("summary", has_text="Keys").click()
    marking.locator("#keys").uncheck()
    marking.keyboard.press("j")
    assert marking.locator("h2").inner_text() == "Мария Иванова"


def test_a_table_is_imported_whole_or_not_at_all(marking: Page, tmp_path: Path) -> None:
    expect = pytest.importorskip("playwright.sync_api").expect
    marks = [Mark("hvp.timing", 1.5, "-a\n“b”; c"), Mark("hvp.hvp", 1, "", "'=x")]
    table = tmp_path / "manual.csv"
    table.write_text("\ufeff" + write_marks({"ivanova": marks}), "utf-8")
    marking.locator("#file").set_input_files(table)
    # The page reads the file in its own time.
    notice = expect(marking.locator("#notice"))
    notice.to_have_text("2 marks imported.")
    assert exported(marking)["ivanova"] == {mark.item: mark for mark in marks}
    wrong = [Mark("hvp.plot", 1), Mark("hvp.analysis", 9)]
    table.write_text(write_marks({"ivanova": wrong, "ghost": wrong[:1]}), "utf-8")
    marking.locator("#file").set_input_files(table)
    expect(marking.locator("#notice li")).to_have_text(
        ["Row 3: At most 4.", "Row 4: there is no such student or item here."]
    )
    assert exported(marking)["ivanova"] == {mark.item: mark for mark in marks}
    table.write_text("nothing", "utf-8")
    marking.locator("#file").set_input_files(table)
    notice.to_contain_text("no table of marks")


def test_another_tab_follows(marking: Page, window: Window) -> None:
    second = window.context.new_page()
    second.goto(marking.url)
    second.keyboard.press("4")
    marking.wait_for_function("document.querySelector('.points').value === '4'")


def test_marks_of_another_batch_are_not_shown(
    marking: Page, window: Window, tmp_path: Path
) -> None:
    marking.keyboard.press("4")
    other = window.open(tmp_path / "other.html", review.render([IVANOVA]))
    assert remaining(other) == "3 marks left, in 1 of 1"


def test_a_browser_that_keeps_nothing_says_so(window: Window, tmp_path: Path) -> None:
    window.context.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    tab = window.open(tmp_path / "review.html", review.render(EVERYBODY))
    tab.keyboard.press("4")
    assert "does not keep the marks" in tab.locator("#notice").inner_text()
    assert exported(tab)["ivanova"] == {"hvp.timing": Mark("hvp.timing", 4)}


PAGES: Final[dict[str, Callable[[], str]]] = {
    "page": lambda: page.render(EVERYBODY[-1]),
    "mark": lambda: page.render(BAKER),
    "summary": lambda: summary.render(EVERYBODY, alike=[Alike(("baker", "x"), 0.9, HOSTILE)]),
    "review": lambda: review.render(CLASS),
    "hostile": lambda: review.render(EVERYBODY[-1:]),
}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["phone", "screen"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_and_load_nothing(
    window: Window, tmp_path: Path, name: str, size: tuple[int, int]
) -> None:
    tab = window.open(tmp_path / f"{name}.html", PAGES[name]())
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert tab.evaluate(wider) <= 0
