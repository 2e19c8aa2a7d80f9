"""The sample submissions, as bytes."""

from pathlib import Path
from typing import Final

SUBMISSIONS: Final = Path(__file__).parent / "submissions"


def content(name: str) -> bytes:
    """What one of them holds, by its path in `tests/submissions`."""
    return (SUBMISSIONS / name).read_bytes()
