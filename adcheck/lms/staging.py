"""Each student's files in a folder of their own, under the names that the student gave them."""

from __future__ import annotations

import os
import posixpath
import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from adcheck.errors import UsageError
from adcheck.lms.finding import Roster
from adcheck.lms.imports import helpers
from adcheck.lms.names import attempt_of

__all__ = ["stage"]


def stage(folder: Path, roster: Roster, into: Path) -> Roster:
    """Give every student a folder of their own.

    Canvas puts its numbers before every name, so that no module could be imported by its own; and
    in one folder for all, any student could import what another one handed in.

    Args:
        folder: of submissions, that the roster was found in; it stays as it is.
        roster: who handed in what.
        into: a folder that exists; in it each student gets one, called by their id. Its files are
            hard links where that is possible.

    Returns:
        The roster with paths relative to `into`; what is nobody's keeps its path.

    Raises:
        UsageError: a file cannot be read or written.
    """
    hand_ins, files = [], {}
    for hand_in in roster.hand_ins:
        files_of = roster.files.get(hand_in.student.id, {})
        own = _own(folder, files_of)
        try:
            for inner, path in own.items():
                _link(folder / path, into / hand_in.student.id / inner)
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(f"{error.filename} cannot be copied: {reason}.") from error
        inner_of = {path: inner for inner, path in files_of.items()}
        paths = (f"{hand_in.student.id}/{inner_of[path]}" for path in hand_in.paths)
        hand_ins.append(replace(hand_in, paths=tuple(paths)))
        files[hand_in.student.id] = {i: f"{hand_in.student.id}/{i}" for i in own}
    return replace(roster, hand_ins=tuple(hand_ins), files=files)


def _own(folder: Path, files: Mapping[str, str]) -> dict[str, str]:
    """A student's files; a helper that Canvas calls utils-1.py is there as utils.py too."""
    own = dict(files)
    places: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for inner, path in files.items():
        places[posixpath.dirname(inner)][posixpath.basename(inner)] = path
    for place, named in places.items():
        for name in helpers(folder, named):
            stem, suffix = posixpath.splitext(name)
            own.setdefault(posixpath.join(place, attempt_of(stem)[0] + suffix), named[name])
    return own


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
