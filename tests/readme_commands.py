"""Prints a command of the README: the fenced block below the marker ``<!-- NAME -->``.

Continuous integration runs the README's commands as they stand there, and so do the tests.
"""

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def block(name: str, readme: Path = README) -> str:
    """The text of the fenced block that follows the marker."""
    pattern = rf"<!-- {re.escape(name)} -->\n+(```+)\w*\n(.*?)^\1$"
    found = re.search(pattern, readme.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    if found is None:
        raise SystemExit(f"README.md has no block marked <!-- {name} -->")
    return found[2]


if __name__ == "__main__":
    print(block(sys.argv[1]), end="")
