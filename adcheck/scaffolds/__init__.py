"""Files that put adcheck to work on other people's machines; beside this one, with gaps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

__all__ = ["SYSTEMS", "System", "scaffold", "skeleton", "workflow"]

System: TypeAlias = Literal["github", "gitlab"]
SYSTEMS: tuple[System, ...] = get_args(System)

_HERE: Final = Path(__file__).parent
_PATHS: Final = {"github": ".github/workflows/adcheck.yml", "gitlab": ".gitlab-ci.yml"}
_COURSE: Final = "../adcheck-course"  # beside the checkout, whose files a homework may import
_GITHUB_COURSE: Final = "      ADCHECK_COURSE: ${{ vars.ADCHECK_COURSE }}"


def workflow(
    system: System,
    *,
    assignment: str,
    homework: str,
    source: str = "",
    language: str = "en",
    packages: Sequence[str] = (),
    fetched: bool = False,
) -> tuple[str, bytes]:
    """The file that makes a CI system grade a homework whenever it is pushed.

    Args:
        system: which one.
        assignment: what ``-a`` gets.
        homework: path of the file to grade.
        source: what pip installs adcheck from; empty to have it read from a variable.
        language: of the reports.
        packages: what else is installed, because students import it.
        fetched: whether the assignment is a folder of a Git repository, which a variable names.

    Returns:
        Where the file goes, seen from the root of the repository, and what is in it.
    """
    assignment = f"{_COURSE}/{assignment}" if fetched else assignment
    gaps = {
        "ASSIGNMENT": json.dumps(assignment),
        "HOMEWORK": json.dumps(homework),
        "LANG": f" --lang {language}" if language != "en" else "",
        "PACKAGES": "".join(f" {package}" for package in packages),
        "FETCH": scaffold(f"fetch.{system}.yml", {"COURSE": _COURSE}) if fetched else "",
    }
    if system == "github":
        gaps["SOURCE"] = json.dumps(source) if source else "${{ vars.ADCHECK_SOURCE }}"
        gaps["VARIABLES"] = f"{_GITHUB_COURSE}\n" if fetched else ""
    else:  # a variable that is named here, even empty, would hide the project's own
        gaps["VARIABLES"] = f"    ADCHECK_SOURCE: {json.dumps(source)}\n" if source else ""
    return _PATHS[system], scaffold(f"{system}.yml", gaps).encode()


def skeleton(slug: str) -> dict[str, bytes]:
    """A small assignment that works, for a teacher to change into their own.

    Args:
        slug: of the assignment; an identifier.

    Returns:
        Name and content of each file of its folder.
    """
    folder = _HERE / "assignment"
    names = sorted(file.name for file in folder.iterdir() if file.is_file())
    gaps = {"SLUG": slug}
    return {
        name.replace("test_assignment", f"test_{slug}"): scaffold(
            f"assignment/{name}", gaps
        ).encode()
        for name in names
    }


def scaffold(name: str, gaps: Mapping[str, str]) -> str:
    """The text of a file beside this one.

    Args:
        name: of the file, its folder included.
        gaps: what stands in the place of ``@NAME@``.
    """
    text = (_HERE / name).read_text("utf-8")
    for gap, value in gaps.items():
        text = text.replace(f"@{gap}@", value)
    return text
