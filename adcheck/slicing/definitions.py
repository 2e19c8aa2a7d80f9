"""Functions, classes and comprehensions: scopes of their own, and code that runs later."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from adcheck.slicing.bindings import Binder, parts_of
from adcheck.slicing.facts import Binding, Frame, How, reached
from adcheck.slicing.references import Scope, bound_names, dotted

__all__ = ["Definer"]

_Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda"
_CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__", "__call__"})


class Definer(Binder):
    """Walks definitions, telling what runs with them from what runs when they are called."""

    def assign(self, node: ast.Assign) -> None:
        """Walk an assignment; a lambda gets the name that it is assigned to."""
        if isinstance(node.value, ast.Lambda):
            frame = self._body(node.value)
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self._register(target.id, frame)
                else:
                    if isinstance(target, ast.Attribute):
                        frame.method = True
                        self.facts.codes.append((f".{target.attr}", frame))
                    self._nest(frame)
        else:
            self.visit(node.value)
        for target in node.targets:
            self.store(target, node.value)
        names = [self.scope.resolve(t.id) for t in node.targets if isinstance(t, ast.Name)]
        for name in names if len(names) > 1 else ():
            self.frame.aliases.setdefault(name, set()).update(names)

    def ann_assign(self, node: ast.AnnAssign) -> None:
        """Walk an annotated assignment; functions do not evaluate the annotation."""
        if self.scope.kind != "function":
            self.visit(node.annotation)
        if node.value is not None:
            self.assign(ast.Assign([node.target], node.value))

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Walk a function's definition."""
        self.block(node.decorator_list)
        with self._type_parameters(node):
            self._annotations(node)
            frame = self._body(node)
        self.bind(Binding(node.name, How.FUNCTION, node))
        frame.static = any(dotted(d) == "staticmethod" for d in node.decorator_list)
        self._register(node.name, frame)
        self._decorate(node)

    def lambda_(self, node: ast.Lambda) -> None:
        """Walk a lambda that is not assigned to a name."""
        frame = self._body(node)
        self._lambdas[id(node)] = ref = f"lambda@{self.number}.{self._scopes}"
        self.facts.codes.append((ref, frame))
        self._nest(frame)

    def _nest(self, frame: Frame) -> None:
        """A function without a name of its own may be called wherever it stands."""
        if self.immediate:
            self._defer(frame)
        else:
            self.frame.uses |= frame.uses
        self.frame.absorb(frame)

    def class_(self, node: ast.ClassDef) -> None:
        """Walk a class's definition, whose body runs at once."""
        ref = self.scope.resolve(node.name)
        self.block(node.decorator_list)
        with self._type_parameters(node):
            self.block([*node.bases, *(keyword.value for keyword in node.keywords)])
            bases = frozenset().union(*(self.names.roots(b, self.scope) for b in node.bases))
            self._classes.append(ref)
            with self._inner(Scope("class")):
                self.block(node.body)
            self._classes.pop()
        self.bind(Binding(node.name, How.CLASS, node))
        self.frame.derived.setdefault(ref, set()).update(bases)
        self.frame.carries.setdefault(ref, set()).update(bases)
        self._decorate(node)

    def _decorate(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        for decorator in reversed(node.decorator_list):
            self._calls.decorator(decorator, self.scope.resolve(node.name))

    def _body(self, node: _Function) -> Frame:
        """Walk a function's defaults here and its body in a frame of its own."""
        arguments = node.args
        self.block([*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)])
        plain = [*arguments.posonlyargs, *arguments.args]
        extra = [a for a in (arguments.vararg, *arguments.kwonlyargs, arguments.kwarg) if a]
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        bound, declared = bound_names(body)
        bound |= {argument.arg for argument in [*plain, *extra]}
        frame = Frame()
        with self._inner(Scope("function", bound=bound, declared=declared), frame):
            refs = [self.scope.resolve(argument.arg) for argument in [*plain, *extra]]
            frame.parameters, frame.positional = tuple(refs), len(plain)
            self.block(body)
            if isinstance(node, ast.Lambda):
                self.give(node.body)
        return frame

    def _register(self, name: str, frame: Frame) -> None:
        """Keep what a function does under its name, for the calls of it."""
        in_class = frame.method = self.scope.kind == "class"
        key = f".{name}" if in_class else self.scope.resolve(name)
        self.facts.codes.append((key, frame))
        if in_class and name in _CONSTRUCTORS:
            frame.initialises = name in ("__init__", "__post_init__")
            self.facts.codes.append((self._classes[-1], frame))
        if self.immediate:
            self._defer(frame)
        else:
            self.frame.uses |= frame.uses
            self.frame.absorb(frame)

    def _defer(self, frame: Frame) -> None:
        self.facts.deferred |= frame.uses
        self.facts.eager |= frame.uses - (self._defined or frozenset())

    def _annotations(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        extra = [a for a in (arguments.vararg, arguments.kwarg) if a]
        self.block(a.annotation for a in [*every, *extra] if a.annotation is not None)
        self.visit(node.returns)

    def type_alias(self, node: Any) -> None:
        """Walk ``type X = …``, whose value is evaluated when it is asked for."""
        frame = Frame()
        self.bind(Binding(node.name.id, How.OTHER))
        with self._type_parameters(node), self._inner(Scope("function"), frame):
            self.visit(node.value)
        if self.immediate:
            self._defer(frame)

    def comprehension(self, node: Any) -> None:
        """Walk a comprehension; its first iterable belongs to the scope around it."""
        self.visit(node.generators[0].iter)
        targets = [n for g in node.generators for n in ast.walk(g.target)]
        scope = Scope("comprehension", bound={n.id for n in targets if isinstance(n, ast.Name)})
        lazy = int(isinstance(node, ast.GeneratorExp) and self.immediate)
        self._lazy += lazy
        with self._inner(scope):
            for index, generator in enumerate(node.generators):
                if index:
                    self.visit(generator.iter)
                for target in ast.walk(generator.target):
                    if isinstance(target, ast.Name):
                        self._link(scope.resolve(target.id), generator.iter)
                self.block(generator.ifs)
            parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            self.block(parts)
        self._lazy -= lazy

    def return_(self, node: ast.Return) -> None:
        """Walk ``return``."""
        self.leave(node)
        self.give(node.value)

    def yield_(self, node: ast.Yield | ast.YieldFrom) -> None:
        """Walk ``yield``."""
        self.block(ast.iter_child_nodes(node))
        self.give(node.value)

    def give(self, value: ast.expr | None) -> None:
        """Take note of what a function hands to its caller."""
        if value is None:
            return
        frame = self.frame
        given = self.names.roots(value, self.scope) | self.names.derived(value, self.scope)
        frame.returns |= given | reached(given, frame.aliases)
        functions = {key for key, _ in self.facts.codes if "@" in key}
        linked = given | reached(given, frame.derived) | reached(given, frame.aliases)
        lambdas = self.lambdas(value)
        made = any(isinstance(n, ast.GeneratorExp) for n in parts_of(value))
        frame.encloses |= made or bool(lambdas | (linked & functions))
        frame.returns |= lambdas
        for callee, passed in self.names.results(value, self.scope):
            frame.gives.add((callee, passed | reached(passed, frame.aliases)))

    def leave(self, node: ast.AST) -> None:
        """Walk what ends a block: nothing after it is reached."""
        self.block(ast.iter_child_nodes(node))
        self._defined = None

    @contextmanager
    def _inner(self, scope: Scope, frame: Frame | None = None) -> Iterator[None]:
        saved = self.scope, self.frame, self._defined, self._lazy, self.loops
        self._scopes += 1
        scope.parent, scope.number = self.scope, f"{self.number}.{self._scopes}"
        self.scope = scope
        if frame is not None:
            self.frame, self._lazy, self.loops = frame, 0, 0
        try:
            yield
        finally:
            self.scope, self.frame = saved[:2]
            if frame is not None:
                self._defined, self._lazy, self.loops = saved[2:]

    @contextmanager
    def _type_parameters(self, node: Any) -> Iterator[None]:
        parameters = getattr(node, "type_params", [])
        if not parameters:
            yield
            return
        with self._inner(Scope("comprehension", bound={p.name for p in parameters})):
            self.block(part for p in parameters for part in ast.iter_child_nodes(p))
            yield
