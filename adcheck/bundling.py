"""Autograders for Gradescope: a zip with adcheck, an assignment, and the scripts that run them."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

import adcheck
from adcheck.assignment import folder_of, is_shipped, load_assignment, reference_folder
from adcheck.errors import UsageError
from adcheck.scaffolds import scaffold

__all__ = ["absent", "bundle", "pinned"]

_SPARE_SECONDS: Final = 45.0
"""Of the platform's limit: for starting, and for writing what happened if time runs out."""

_SCRIPTS: Final = ("setup.sh", "run_autograder", "grade.py")
_LEFT_OUT: Final = ("__pycache__", "_data")
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can name


def bundle(
    assignments: Sequence[str],
    *,
    options: Sequence[str] = (),
    packages: Sequence[str] = (),
    minutes: float = 10.0,
) -> bytes:
    """Make an autograder.

    Args:
        assignments: slugs or folders.
        options: further words for ``adcheck check``.
        packages: what students may import beyond what adcheck and the rubrics name.
        minutes: that Gradescope grants a submission.

    Returns:
        A zip, the same bytes for the same contents and installed packages.

    Raises:
        AssignmentError: one of the assignments cannot be loaded.
        UsageError: two of them have the same slug, or a package is not installed here.
    """
    files, names = _assignments(assignments)
    gaps = {"PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}"}
    files |= {name: scaffold(name, gaps).encode() for name in _SCRIPTS}
    seconds = max(minutes * 60 - _SPARE_SECONDS, minutes * 30)
    settings = {"assignments": names, "options": list(options), "seconds": seconds}
    files["autograder.json"] = f"{json.dumps(settings, indent=2)}\n".encode()
    lines = pinned(packages, _asked_for(assignments))
    files["requirements.txt"] = "".join(f"{line}\n" for line in lines).encode()
    files |= _tree(Path(adcheck.__file__).parent, "lib/adcheck")
    files |= _tree(reference_folder(), "lib/adcheck/_data/reference")
    return _zip(files)


def absent(assignments: Sequence[str]) -> list[str]:
    """What the rubrics name and is not installed here, so that nothing says which version."""
    return [name for name in _asked_for(assignments) if not _installed(name)]


def pinned(packages: Sequence[str] = (), wished: Sequence[str] = ()) -> list[str]:
    """What adcheck and some packages need, at the versions that are installed here.

    Args:
        packages: that have to be installed here.
        wished: that go without a version where they are not.

    Raises:
        UsageError: one of `packages` is not installed here.
    """
    found: dict[str, str] = {}
    wanted = [*_needs("adcheck"), *packages, *wished]
    for name in wanted:
        if _canonical(name) in found:
            continue
        version = _installed(name)
        if version:
            found[_canonical(name)] = f"=={version}"
            wanted += _needs(name)
        elif name in packages:
            advice = "install it, so that its version can be written down"
            raise UsageError(f"the package {name} is not installed here: {advice}")
        elif name in wished:
            found[_canonical(name)] = ""
        # any other is for another system or Python
    return [f"{name}{version}" for name, version in sorted(found.items())]


def _asked_for(assignments: Sequence[str]) -> list[str]:
    """What students import, by the assignments' rubrics."""
    loaded = map(load_assignment, assignments)
    return list(dict.fromkeys(package for one in loaded for package in one.packages))


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _needs(name: str) -> Iterator[str]:
    """Names of the packages that one requires, extras left out."""
    for line in _requirements(name):
        found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line)
        if found and not re.search(r";.*\bextra\s*==", line):
            yield found[0]


def _requirements(name: str) -> Sequence[str]:
    try:
        return metadata.requires(name) or ()
    except metadata.PackageNotFoundError:
        if name != "adcheck":
            raise
    import tomllib  # a checkout that was never installed

    project = Path(adcheck.__file__).parent.parent / "pyproject.toml"
    lines: list[str] = tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"]
    return lines


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# --------------------------------------------------------------------------- files


def _assignments(given: Sequence[str]) -> tuple[dict[str, bytes], list[str]]:
    """The assignments' files, and by what names ``-a`` knows them in the container."""
    files: dict[str, bytes] = {}
    names: list[str] = []
    for slug_or_path in given:
        slug, folder = load_assignment(slug_or_path).slug, folder_of(slug_or_path)
        shipped = is_shipped(slug_or_path)
        name = slug if shipped else f"assignments/{slug}"
        if slug in (known.rpartition("/")[2] for known in names):
            raise UsageError(f"two of the assignments are called {slug}; an autograder takes one")
        place = f"lib/adcheck/_data/assignments/{slug}" if shipped else name
        files |= _tree(folder, place)
        names.append(name)
    return files, names


def _tree(folder: Path, place: str) -> Mapping[str, bytes]:
    """Every file below a folder, by its path in the zip."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    inner = ((path.relative_to(folder), path) for path in paths)
    return {
        f"{place}/{name.as_posix()}": path.read_bytes()
        for name, path in inner
        if not any(part in _LEFT_OUT or part.startswith(".") for part in name.parts)
    }


def _zip(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.create_system = 3  # Unix, or the mode would not be read
            entry.external_attr = (0o100755 if data.startswith(b"#!") else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return stream.getvalue()
