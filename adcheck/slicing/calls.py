"""What a call or a store changes: settings, objects passed to it, or nothing that matters."""

from __future__ import annotations

import ast
import re
from typing import Protocol

from adcheck.slicing.facts import Binding, CallSite, Facts, Frame, How, Ref, Vocabulary
from adcheck.slicing.references import WRAPPERS, Names, Scope, dotted, innermost, words

__all__ = ["CHANGERS", "HARMLESS", "CallReader", "Walker"]

# Methods that change what they are called on, whatever it is.
CHANGERS = words(
    """append extend insert remove pop clear sort reverse update setdefault popitem add discard
    appendleft extendleft popleft rotate subtract write send fill partition resize itemset
    setflags defjvp defjvps defvjp def_partition __setitem__ __setattr__ __delitem__ __iadd__"""
)
# Methods that are called for what they show or return, on lines of their own.
HARMLESS = words(
    """block_until_ready head tail describe info show print summary item tolist copy mean std sum
    min max plot hist savefig flush lower compile count index keys values items get format join
    forward shape astype reshape ravel flatten clear_cache"""
)
# Functions of libraries that change their first argument.
_ARGUMENT_CHANGERS = words(
    """setattr delattr next heappush heappop heapify heapreplace shuffle fill_diagonal copyto put
    place putmask update_wrapper __setattr__ insort setitem delitem"""
)
_DYNAMIC = frozenset({"exec", "eval", "globals", "locals", "compile", "__import__"})
_CONFIGURES = re.compile(
    r"(jax\.config|os\.environ|sys\.path)\.\w+$|os\.putenv$|sys\.setrecursionlimit$"
)
_SETTINGS = frozenset({"os.environ", "sys.path", "sys.modules", "jax.config"})
_LOADERS = frozenset({"run", "load", "loadpy", "runfile"})


class Walker(Protocol):
    """What the reader needs of whoever walks the program."""

    vocabulary: Vocabulary
    names: Names
    facts: Facts
    frame: Frame
    scope: Scope
    loops: int
    number: int

    @property
    def immediate(self) -> bool:
        """Whether what is walked runs with the piece itself."""

    def visit(self, node: ast.AST | None) -> None:
        """Walk one node."""

    def lambdas(self, node: ast.AST) -> set[Ref]:
        """The lambdas that an expression's value may hold."""


class CallReader:
    """Reads calls and stores where a walker meets them."""

    def __init__(self, walker: Walker) -> None:
        """Write what is found into the walker's current frame."""
        self._walker = walker

    def call(self, node: ast.Call, bare: bool) -> None:
        """Read one call; `bare` if it is a statement of its own."""
        walker = self._walker
        walker.visit(node.func)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            walker.visit(argument)
        origin = walker.names.origin(innermost(node.func), walker.scope)
        direct = not isinstance(node.func, ast.Call)
        if walker.immediate and not (direct and dotted(node.func).split(".")[-1] in WRAPPERS):
            walker.facts.runs = True
        if origin is not None:
            self._library_call(origin if direct else "", node)
        self._record(node, known=origin is not None, bare=bare)

    def decorator(self, node: ast.expr, ref: Ref) -> None:
        """Read a decorator as the call that it is."""
        walker = self._walker
        if walker.names.origin(innermost(node), walker.scope) is not None:
            return
        if walker.immediate:
            walker.facts.runs = True
        call = ast.Call(node, [], [], lineno=node.lineno)
        self._record(call, known=False, bare=False, passed=(frozenset({ref}),))

    def store(self, target: ast.Attribute | ast.Subscript, value: ast.AST | None) -> None:
        """Read a store into an attribute or an element."""
        walker = self._walker
        frame, origin = walker.frame, walker.names.origin(target.value, walker.scope)
        attribute = target.attr if isinstance(target, ast.Attribute) else ""
        if origin in _SETTINGS or (attribute and origin and not origin.startswith("matplotlib")):
            self._configure()
        elif origin is not None:
            frame.mutates.add(dotted(target.value).partition(".")[0])
        else:
            frame.mutates |= self._reach(target.value)
        if attribute and value is not None:
            self._patch(f"{dotted(target.value)}.{attribute}", value)

    def _patch(self, path: str, value: ast.AST) -> None:
        """Take note of ``Class.method = function``."""
        walker = self._walker
        carried = walker.names.roots(value, walker.scope)
        if path.count(".") != 1 or path.startswith("."):
            return
        walker.frame.carries.setdefault("." + path.partition(".")[2], set()).update(carried)
        if walker.immediate and walker.scope.kind == "module":
            walker.facts.bindings.append(Binding(path, How.VALUE, value))

    def _library_call(self, origin: str, node: ast.Call) -> None:
        walker, last = self._walker, origin.rpartition(".")[2]
        roots = [walker.names.roots(argument, walker.scope) for argument in node.args]
        named = {k.arg: walker.names.roots(k.value, walker.scope) for k in node.keywords}
        if _CONFIGURES.match(origin):
            self._configure()
        if origin in _DYNAMIC or origin.startswith(("importlib.", "runpy.")):
            walker.frame.dynamic = True
        if origin == "vars" and not node.args:
            walker.frame.dynamic = True
        if _runs_file(node):
            walker.frame.dynamic = True
        if last.startswith("register"):
            walker.frame.mutates |= frozenset().union(*roots, *named.values())
        elif last in _ARGUMENT_CHANGERS and roots:
            walker.frame.mutates |= roots[0]
        walker.frame.mutates |= named.get("out", frozenset())
        match node.args:
            case [owner, ast.Constant(value=str(name)), value] if last == "setattr":
                self._patch(f"{dotted(owner)}.{name}", value)

    def _configure(self) -> None:
        frame = self._walker.frame
        if self._walker.loops:
            frame.configures_deep = True
        else:
            frame.configures = True

    def _record(
        self,
        node: ast.Call,
        known: bool,
        bare: bool,
        passed: tuple[frozenset[Ref], ...] | None = None,
    ) -> None:
        walker = self._walker
        names, scope = walker.names, walker.scope
        callee, receiver = "", frozenset[Ref]()
        if known or isinstance(node.func, ast.Call):
            receiver = self._wrapped(node.func)
            if isinstance(node.func, ast.Call):
                receiver |= self._reach(node.func)
        elif isinstance(node.func, ast.Name):
            callee = scope.resolve(node.func.id)
        elif isinstance(node.func, ast.Attribute):
            callee, receiver = f".{node.func.attr}", self._reach(node.func.value)
        else:
            receiver = self._reach(node.func) | walker.lambdas(node.func)
        arguments = tuple(
            names.roots(argument, scope) | walker.lambdas(argument) for argument in node.args
        )
        for argument in node.args:
            if isinstance(argument, ast.Attribute) and argument.attr in CHANGERS:
                walker.frame.mutates |= names.roots(argument, scope)
        keywords = {k.arg or "**": names.roots(k.value, scope) for k in node.keywords}
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            keywords["**"] = keywords.get("**", frozenset()).union(*arguments)
        site = CallSite(
            callee,
            dotted(node.func),
            receiver,
            arguments if passed is None else passed,
            keywords,
            bare,
            known,
            callee.startswith(".")
            and dotted(node.func)[: -len(callee)] in walker.vocabulary.classes,
            getattr(node, "lineno", 0),
        )
        if not known or receiver or site.passed:
            walker.frame.calls.append(site)

    def _reach(self, node: ast.expr) -> frozenset[Ref]:
        """What is changed through an expression; a call's result gets a variable of its own."""
        walker = self._walker
        results = set(walker.names.results(node, walker.scope))
        roots = walker.names.roots(node, walker.scope)
        if not results:
            return roots
        ref = f"@{node.lineno}.{node.col_offset}.{walker.number}"
        walker.frame.results.setdefault(ref, set()).update(results)
        return roots | {ref}

    def _wrapped(self, node: ast.AST) -> frozenset[Ref]:
        """What stands in a computed callee, such as f and g in ``compose(f)(g)(x)``."""
        names, scope = self._walker.names, self._walker.scope
        found: set[Ref] = set()
        while isinstance(node, ast.Call):
            for argument in node.args:
                found |= names.roots(argument, scope)
            node = node.func
        return frozenset(found | names.roots(node, scope))


def _runs_file(node: ast.Call) -> bool:
    return bool(
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "run_line_magic"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value in _LOADERS
    )
