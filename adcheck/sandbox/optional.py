"""What a program imports and may do without: modules that are not installed here, progress bars.

Part of the child side: nothing of the grader is known here.
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["stand_in_for_tqdm", "with_optional_imports"]


def with_optional_imports(tree: ast.Module) -> ast.Module:
    """Lets an import at top level fail until what it imports is used.

    Students import pandas, seaborn or Colab's helpers for their experiments. Where such a module
    is not installed here, or lacks a name, the graded functions run all the same unless they
    really need it.
    Imports inside ``try`` stay as they are: there the student has an answer of their own.
    """
    body: list[ast.stmt] = []
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                single = _guarded(ast.Import([alias]), statement, [alias])
                if "." in alias.name and not alias.asname:
                    # jax.gone may be absent where jax is there: it must not lose its name
                    top = ast.Import([ast.alias(alias.name.split(".")[0])])
                    body.append(_guarded(top, statement, top.names))
                    single = _guarded(ast.Import([alias]), statement, [])
                body.append(single)
        elif isinstance(statement, ast.ImportFrom) and statement.module != "__future__":
            body.append(_guarded(statement, statement, statement.names))
        else:
            body.append(statement)
    return ast.fix_missing_locations(ast.Module(body, tree.type_ignores))


def _guarded(statement: ast.stmt, at: ast.stmt, names: Sequence[ast.alias]) -> ast.stmt:
    bound = [a.asname or a.name.split(".")[0] for a in names if a.name != "*"]
    setters: list[ast.stmt] = [
        ast.Assign(
            [ast.Name(name, ast.Store())],
            ast.Call(ast.Name("__adcheck_absent__", ast.Load()), [ast.Name("__e", ast.Load())], []),
        )
        for name in bound
    ]
    handler = ast.ExceptHandler(ast.Name("ImportError", ast.Load()), "__e", setters or [ast.Pass()])
    guarded = ast.Try([statement], [handler], [], [])
    for node in ast.walk(guarded):
        ast.copy_location(node, at)
    return guarded


class _Absent:
    """Stands for a module, or something of one, that is not installed here.

    Naming it is harmless; using it raises the import's own error.
    """

    def __init__(self, error: ImportError) -> None:
        self.__dict__["_error"] = error

    def __getattr__(self, name: str) -> _Absent:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __setattr__(self, name: str, value: object) -> None:
        """Setting an option of an absent module changes nothing."""

    def __getitem__(self, item: object) -> _Absent:
        return self

    def __or__(self, other: object) -> _Absent:
        return self

    __ror__ = __or__

    def __call__(self, *args: object, **kwargs: object) -> Any:
        self._fail()

    def __iter__(self) -> Any:
        self._fail()

    def __mro_entries__(self, bases: object) -> Any:
        self._fail()

    def _fail(self) -> None:
        error = self.__dict__["_error"]
        raise type(error)(str(error), name=error.name) from None


def stand_in_for_tqdm() -> None:
    """A progress bar is decoration: where tqdm is not installed, its loops run without one."""
    if importlib.util.find_spec("tqdm") is not None:
        return

    class Bar:
        def __init__(self, iterable: Any = (), *args: object, **kwargs: object) -> None:
            self._iterable = iterable

        def __iter__(self) -> Any:
            return iter(self._iterable)

        def __len__(self) -> int:
            return len(self._iterable)

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *exc: object) -> None:
            return None

        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda *args, **kwargs: None

    def trange(*args: int, **kwargs: object) -> Bar:
        return Bar(range(*args))

    for name in ("tqdm", "tqdm.auto", "tqdm.notebook", "tqdm.autonotebook", "tqdm.std"):
        module = types.ModuleType(name)
        module.__dict__.update(tqdm=Bar, trange=trange, tqdm_notebook=Bar, tnrange=trange)
        module.__dict__["__path__"] = []
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)


builtins.__dict__["__adcheck_absent__"] = _Absent
