"""Gradescope's export: ``submission_<id>/`` folders, and a list of who handed in which."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from adcheck.errors import UsageError
from adcheck.language import tr
from adcheck.lms.claims import Claim, Claims, Unmatched, note
from adcheck.lms.tree import File
from adcheck.model import Problem

__all__ = ["EXAMPLE", "METADATA", "claim"]

METADATA: Final = "submission_metadata.yml"
EXAMPLE: Final = f"{METADATA} and submission_1234/hw.py"
_MOST_BYTES: Final = 64 << 20
# Every value as text: a student's number 007 must not become seven, nor any tag an object.
_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class _Owner:
    """Who handed in a submission, and with whom."""

    name: str
    sid: str
    email: str
    told: Problem | None


def claim(folder: Path, files: Sequence[File]) -> Claims:
    """Tell whose each file is.

    Raises:
        UsageError: the list of submissions cannot be read.
    """
    lists = [file for file in files if file.name == METADATA and file.refused is None]
    if not lists:
        return Claims((), tuple(Unmatched(file.path, f"there is no {METADATA}") for file in files))
    listed = min(lists, key=lambda file: (len(file.parts), file.path))
    top = posixpath.dirname(listed.path)
    owners = {posixpath.join(top, key): who for key, who in _owners(folder / listed.path)}
    claims: list[Claim] = []
    others: list[Unmatched] = []
    seen: set[str] = set()
    for file in files:
        place = _place(file.path, owners)
        if place:
            seen.add(place)
            claims += [_claim(file, place, owner) for owner in owners[place]]
        elif file is not listed:
            others.append(Unmatched(file.path, f"{listed.path} names nobody for it"))
    claims += [_claim(File(f"{p}/"), p, owner) for p in owners.keys() - seen for owner in owners[p]]
    nobody = [Unmatched(p, f"{listed.path} lists no submitter") for p in seen if not owners[p]]
    return Claims(tuple(claims), tuple(others + nobody))


def _place(path: str, owners: Mapping[str, Any]) -> str:
    """The submission's folder, or the file itself, that the list has."""
    place = path.rstrip("/")
    while place and place not in owners:
        place = posixpath.dirname(place)
    return place


def _claim(file: File, place: str, owner: _Owner) -> Claim:
    inner = file.path[len(place) :].strip("/") or posixpath.basename(file.path)
    name = owner.name or owner.email or owner.sid
    return Claim(file, inner, name, lms_id=owner.sid, email=owner.email, told=owner.told)


def _owners(path: Path) -> Iterator[tuple[str, list[_Owner]]]:
    for key, value in _read(path).items():
        listed = _get(value, "submitters")
        people = [person for person in listed or () if isinstance(person, Mapping)]
        names = [_text(person, "name") or _text(person, "email") for person in people]
        owners = []
        for position, person in enumerate(people):
            who = _text(person, "name"), _text(person, "sid"), _text(person, "email")
            if any(who):
                owners.append(_Owner(*who, _together(names[:position] + names[position + 1 :])))
        yield str(key), owners


def _together(others: Sequence[str]) -> Problem | None:
    if not others:
        return None
    names = ", ".join(others)
    message = tr("Handed in together with {names}; each of them has the same grade.", names=names)
    return note("group", message)


def _read(path: Path) -> Mapping[Any, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise UsageError(f"{path} is larger than {_MOST_BYTES >> 20} MB, so it was not read.")
        found = yaml.load(data, Loader=_LOADER)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        message = f"{path} is no readable YAML{where}; --layout flat takes each folder as it is."
        raise UsageError(message) from error
    return found if isinstance(found, Mapping) else {}


def _get(value: object, key: str) -> Any:
    """Ruby writes its symbols with a colon before them."""
    return value.get(f":{key}", value.get(key)) if isinstance(value, Mapping) else None


def _text(person: Mapping[Any, Any], key: str) -> str:
    found = _get(person, key)
    return found.strip() if isinstance(found, str) and found not in ("null", "~") else ""
