"""Running a student's program inside the worker: its cells, its sibling modules, its errors.

Part of the child side: nothing of the grader is known here.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import sys
import traceback
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from adcheck.sandbox.optional import stand_in_for_tqdm, with_optional_imports
from adcheck.sandbox.shell import Shell
from adcheck.sandbox.work import Performance

__all__ = ["Namespace", "describe_exception", "load", "supply"]

Namespace = dict[str, Any]
MAX_MESSAGE = 4000
MAX_FRAMES = 20


def load(
    sources: Sequence[tuple[str, str]],
    siblings: Sequence[tuple[str, str, str, bool]],
    whole: bool,
    stand_ins: Mapping[str, str],
) -> tuple[Namespace, BaseException | None]:
    """Runs a program.

    Args:
        sources: label and text of each cell, in order.
        siblings: dotted name, label, text and whether a package, of each importable module.
        whole: run as a script or notebook would be: as ``__main__``, going on after a cell that
            raises. A slice stops at the first exception instead.
        stand_ins: dotted names of functions to be replaced as soon as they are defined, each with
            the key under which `answer_for` says what is answered instead.

    Returns:
        The module's namespace, and the first exception that stopped it or one of its cells.
    """
    name = "__main__" if whole else "submission"
    module = types.ModuleType(name)
    module.__dict__["get_ipython"] = Shell
    sys.modules[name] = module
    sys.meta_path.insert(0, _SiblingFinder(siblings, stand_ins))
    stand_in_for_tqdm()
    labels = {label for label, _ in sources} | {label for _, label, _, _ in siblings}
    _student_labels.update(labels)
    first: BaseException | None = None
    for label, text in sources:
        module.__dict__["__file__"] = label
        try:
            exec(_compiled(label, text, stand_ins), module.__dict__)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the student's too
            first = first or error
            if not whole:
                break
    return module.__dict__, first


def _compiled(label: str, text: str, stand_ins: Mapping[str, str]) -> types.CodeType:
    """Compiles one source so that tracebacks and ``inspect.getsource`` see its label and lines."""
    linecache.cache[label] = (len(text), None, text.splitlines(keepends=True), label)
    tree = with_optional_imports(ast.parse(text, label))
    if stand_ins:
        tree = _with_stand_ins(tree, stand_ins)
    return compile(tree, label, "exec", dont_inherit=True)


# --------------------------------------------------------------------------- stand-ins

answer_for: dict[str, Any] = {}
"""What each replaced function answers during the current call: an array, a function, or work."""


def supply(namespace: Namespace, names: Mapping[str, str], aliases: Mapping[str, str]) -> None:
    """Gives a program stand-ins of functions that it lacks.

    Args:
        namespace: of the program.
        names: dotted names, each with its key in `answer_for`.
        aliases: names of the program's own for classes that are given.
    """
    for dotted, key in names.items():
        owner, _, name = dotted.rpartition(".")
        if not owner:
            namespace.setdefault(name, _stand_in(key))
            continue
        cls = namespace.get(aliases.get(owner, owner))
        if cls is not None and not hasattr(cls, name):
            with contextlib.suppress(AttributeError, TypeError):
                setattr(cls, name, _stand_in(key))


def _stand_in(key: str) -> Callable[..., Any]:
    def stand_in(*args: Any, **keywords: Any) -> Any:
        answer = answer_for.get(key, _nothing_said)
        if isinstance(answer, Performance):
            return answer(*args, **keywords)
        return answer(*[*args, *keywords.values()][:2]) if callable(answer) else answer

    return stand_in


def _nothing_said(*args: Any) -> Any:
    raise RuntimeError("it is called before anything is asked of it")


def _with_stand_ins(tree: ast.Module, stand_ins: Mapping[str, str]) -> ast.Module:
    """Replaces functions where they are defined, before anything else is made of them."""
    body: list[ast.stmt] = []
    for statement in tree.body:
        body.append(statement)
        bound = _bound_at_top(statement)
        for dotted, key in stand_ins.items():
            if dotted.split(".")[0] in bound:
                source = f"{dotted} = __adcheck_stand_in__({key!r})"
                body += [ast.copy_location(s, statement) for s in ast.parse(source).body]
    return ast.fix_missing_locations(ast.Module(body, tree.type_ignores))


def _bound_at_top(statement: ast.stmt) -> set[str]:
    """Names that a statement binds, or whose attributes it sets, as far as a definition may."""
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import() | ast.ImportFrom():
            return {a.asname or a.name for a in statement.names}
        case ast.Assign() | ast.AnnAssign() | ast.If() | ast.Try() | ast.With():
            nodes = list(ast.walk(statement))
            defined = {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
            aliases = {n.asname or n.name for n in nodes if isinstance(n, ast.alias)}
            stored = [n for n in nodes if isinstance(getattr(n, "ctx", None), ast.Store)]
            owners = [n.value if isinstance(n, ast.Attribute) else n for n in stored]
            return defined | aliases | {n.id for n in owners if isinstance(n, ast.Name)}
    return set()


# --------------------------------------------------------------------------- imports


class _SiblingFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the modules that were handed in beside the submission, from memory."""

    def __init__(
        self, siblings: Iterable[tuple[str, str, str, bool]], stand_ins: Mapping[str, str]
    ) -> None:
        self._stand_ins = stand_ins
        self._siblings = {name: (label, text, package) for name, label, text, package in siblings}

    def find_spec(
        self, fullname: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._siblings:
            return None
        package = self._siblings[fullname][2]
        return importlib.util.spec_from_loader(fullname, self, is_package=package)

    def exec_module(self, module: types.ModuleType) -> None:
        label, text, _ = self._siblings[module.__name__]
        exec(_compiled(label, text, self._stand_ins), module.__dict__)


builtins.__dict__["__adcheck_stand_in__"] = _stand_in


# --------------------------------------------------------------------------- errors

_student_labels: set[str] = set()


def describe_exception(error: BaseException) -> dict[str, Any]:
    """An exception as plain data: type, message, and the student's own frames, outermost first."""
    try:
        message = str(error)
    except BaseException:  # a student's __str__ may raise anything
        message = "(its message cannot be shown)"
    frames = [
        {"where": f"{f.filename}, line {f.lineno}", "function": f.name, "code": f.line or ""}
        for f in traceback.extract_tb(error.__traceback__)
        if f.filename in _student_labels
    ]
    if isinstance(error, SyntaxError) and error.filename in _student_labels:
        where = f"{error.filename}, line {error.lineno}"
        frames.append({"where": where, "function": "<module>", "code": (error.text or "").strip()})
    return {
        "type": type(error).__name__[:200],
        "message": message[:MAX_MESSAGE],
        "frames": [_clipped(frame) for frame in frames[-MAX_FRAMES:]],
    }


def _clipped(frame: dict[str, str]) -> dict[str, str]:
    return {key: text[:300] for key, text in frame.items()}
