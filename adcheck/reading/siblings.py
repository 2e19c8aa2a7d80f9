"""The modules beside a submission that it imports, directly or through one another."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from adcheck.language import tr
from adcheck.model import Problem, Severity, Sibling, Source
from adcheck.reading.containers import Shelf, TooLargeError
from adcheck.reading.texts import Reading, decode, imported_modules, parse_problem

__all__ = ["SiblingFinder", "modules_of"]

_MAX_SIBLINGS = 200
# A student's file never stands in for what the worker itself runs on.
_NOT_SIBLINGS = sys.stdlib_module_names | {"jax", "jaxlib", "ml_dtypes", "numpy", "scipy"}


def modules_of(sources: Sequence[Source], package: str = "") -> list[str]:
    """Every dotted name that some import statement in `sources` may load as a module."""
    try:
        return [name for source in sources for name in imported_modules(source.text, package)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


class SiblingFinder:
    """Follows imports from one reading through the modules in its folder.

    Attributes:
        problems: about modules that are imported and could not be read.
        contents: the bytes of every module read, by its name on the shelf.
    """

    def __init__(self, shelf: Shelf, folder: str) -> None:
        """Look for modules on `shelf`, in `folder` (empty for the top)."""
        self._shelf = shelf
        self._prefix = f"{folder}/" if folder else ""
        self._found: dict[str, Sibling] = {}
        self._wanted: deque[str] = deque()
        self.problems: list[Problem] = []
        self.contents: dict[str, bytes] = {}

    def find(self, reading: Reading) -> tuple[Sibling, ...]:
        """The siblings that a program needs, in the order of their names."""
        self._wanted.extend(modules_of(reading.sources))
        for sibling in reading.siblings:
            self._add(sibling)
        seen = set(self._found) | {""}
        while self._wanted and len(self._found) < _MAX_SIBLINGS:
            module = self._wanted.popleft()
            if module not in seen and module.partition(".")[0] not in _NOT_SIBLINGS:
                seen.add(module)
                self._look_for(module)
        self._add_namespaces()
        return tuple(self._found[name] for name in sorted(self._found))

    def _look_for(self, module: str) -> None:
        path = module.replace(".", "/")
        for place, package in ((f"{path}/__init__.py", True), (f"{path}.py", False)):
            if self._shelf.holds(self._prefix + place):
                text = self._read(place)
                if text is not None:
                    self._add(Sibling(module, Source(place, text), package))
                return

    def _read(self, place: str) -> str | None:
        name = self._prefix + place
        try:
            self.contents[name] = self._shelf.read(name)
        except TooLargeError as error:
            self.problems.append(Problem(Severity.ERROR, "too-large", str(error), place))
            return None
        text, problems = decode(self.contents[name], place)
        problem = parse_problem(text, place, tr("This imported file"))
        self.problems += [*problems, *([problem] if problem else [])]
        return None if problem or any(p.severity is Severity.ERROR for p in problems) else text

    def _add(self, sibling: Sibling) -> None:
        self._found[sibling.name] = sibling
        package = sibling.name if sibling.package else sibling.name.rpartition(".")[0]
        self._wanted.extend(modules_of([sibling.source], package))

    def _add_namespaces(self) -> None:
        """A folder without ``__init__.py`` can be imported from as well."""
        for name in list(self._found):
            while name := name.rpartition(".")[0]:
                label = name.replace(".", "/") + "/__init__.py"
                self._found.setdefault(name, Sibling(name, Source(label, ""), package=True))
                if not self._found[name].package:
                    self._found[name] = replace(self._found[name], package=True)
