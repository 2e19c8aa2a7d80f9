"""What every test may use: golden files that hold whole outputs."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from adcheck.language import ENGLISH, of_locale, use

# Every run draws the same: what fails here fails for everybody. A slow machine is no failure.
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite tests/golden from what is printed now"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with a file of tests/golden, or rewrites the file."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.is_file(), f"no golden file {name}: run pytest --update-golden and read it"
        assert text == path.read_bytes().decode(), f"{name} differs; if it should: --update-golden"

    return compare


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what takes long or downloads much, unless ``-m`` asks for it."""
    marks = [m for m in ("releases", "slow_way") if m not in str(config.getoption("-m"))]
    left_out = {item for item in items for mark in marks if item.get_closest_marker(mark)}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


if of_locale() != ENGLISH:  # what is compared is English, whoever runs the tests
    os.environ["LC_ALL"] = "C.UTF-8"


@pytest.fixture(autouse=True)
def spoken_as_before() -> Iterator[None]:
    """A command that a test runs in this process may have changed the language."""
    yield
    use(ENGLISH)
