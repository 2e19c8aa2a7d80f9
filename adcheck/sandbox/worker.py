"""The worker: runs a student's program and answers calls of its functions with plain data.

It is a process of its own (see `adcheck.sandbox.entry`) and talks through its standard input and
output, which it moves out of the program's reach first: what the program prints goes to standard
error. It imports nothing of the grader: no reference, no expected answer, no seed of a run is
ever in this process.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy.typing as npt

from adcheck.sandbox import clock, cost, figures, pending, program, tables, wire, work
from adcheck.sandbox.evaluation import (
    UnsupportedError,
    evaluate,
    interpret_first,
    trace_once,
)
from adcheck.sandbox.values import Decoder, Encoder

AnyArray = npt.NDArray[Any]
MAX_REQUEST_BYTES = 1024**3
MAX_NAME = 200


def main(layers: dict[str, str]) -> None:
    """Serves one program: the first frame loads it, each later one describes or calls.

    Args:
        layers: of confinement; told before anything of the program is read.
    """
    requests, replies = _private_pipes()
    wire.write_frame(replies, {"ready": True, "layers": layers})
    worker: _Worker | None = None
    while frame := wire.read_frame(requests, MAX_REQUEST_BYTES, wire.PROGRAM_HEADER_BYTES):
        header, arrays = frame
        sent: list[AnyArray] = []
        try:
            if worker is None:
                worker = _Worker(header)
                answer = worker.loaded
            else:
                answer, sent = worker.answer(header, arrays)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the student's too
            answer = {"raised": program.describe_exception(error)}
        _flush()
        wire.write_frame(replies, answer, sent)


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Moves the grader's pipes to new descriptors; prints and reads get harmless ones."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    return requests, replies


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # a program may have closed or replaced it
            continue


class _Worker:
    """One loaded program."""

    def __init__(self, header: dict[str, Any]) -> None:
        import jax

        jax.config.update("jax_enable_x64", header["x64"])  # type: ignore[no-untyped-call]
        _Clock.listen()
        self._interpret: bool = header["interpret"]
        self._forget: Callable[[], None] = lambda: None
        if self._interpret and not header["scripted"]:
            interpret_first()
            self._forget = trace_once()
        self._names: dict[str, str] = header["targets"]
        self._aliases: dict[str, str] = header["aliases"]
        self._functions: dict[str, Any] = {}
        stand_ins = {self._names[i]: i for i in header["stand_ins"] if i in self._names}
        if header["scripted"]:
            clock.install([text for _, text in header["sources"]])
            work.install()
        self._namespace, error = program.load(
            header["sources"], header["siblings"], header["whole"], stand_ins
        )
        program.supply(self._namespace, header["supplied"], self._aliases)
        self.loaded: dict[str, Any] = {}
        if error is not None:
            self.loaded["raised"] = program.describe_exception(error)

    def answer(
        self, header: dict[str, Any], arrays: Sequence[AnyArray]
    ) -> tuple[dict[str, Any], list[AnyArray]]:
        """Answers one request other than ``load``."""
        if header["op"] == "describe":
            return {"parameters": _parameters(self._function(header["item"], None))}, []
        if header["op"] == "cost":
            return {"operations": self._cost(header, arrays)}, []
        if header["op"] == "together":
            return self._together(header, arrays)
        return self._call(header, arrays)

    def _call(
        self, header: dict[str, Any], arrays: Sequence[AnyArray]
    ) -> tuple[dict[str, Any], list[AnyArray]]:
        if header["reading"] != "value":
            return self._attempted(header, arrays), []
        clock = _Clock()
        call = self._prepared(header, arrays, quick=header["jit"] or self._interpret)
        result = _applied(call, self._interpret, clock) if header["jit"] else call()
        encoder = Encoder()
        tree = encoder.tree(result)
        observed = {name: encoder.tree(value) for name, value in call.observed.items()}
        return {"value": tree, "observed": observed, **clock.read()}, encoder.arrays

    def _attempted(self, header: dict[str, Any], arrays: Sequence[AnyArray]) -> dict[str, Any]:
        """The first call that does not raise, with one tuple of arguments after the other."""
        first: BaseException | None = None
        for attempt, args in enumerate([header["args"], *header["otherwise"]]):
            try:
                return self._read({**header, "args": args}, arrays) | {"attempt": attempt}
            except Exception as error:
                first = first or error
        assert first is not None
        raise first

    def _read(self, header: dict[str, Any], arrays: Sequence[AnyArray]) -> dict[str, Any]:
        """Makes a call whose result, a table or a figure, is sent back as plain data."""
        call = self._prepared(header, arrays, quick=False)
        answer: dict[str, Any] = {"observed": {}}
        if header["reading"] == "figure":
            answer["given"] = tables.plain(call.args[0] if call.args else None)
            figures.begin()
        if header["script"] is not None:
            _begin_script(header["script"])
        start = time.perf_counter()
        result = call()
        read = figures.plain if header["reading"] == "figure" else tables.plain
        return answer | {
            "value": {"foreign": [type(result).__name__[:200], ""]},
            "plain": read(result),
            "seconds": time.perf_counter() - start,
            "traced": 0.0,
            "compiled": 0.0,
            "worked": [[kind, size, n] for (kind, size), n in clock.CLOCK.done.items()],
            "readings": clock.CLOCK.readings,
        }

    def _performed(self, header: dict[str, Any], arrays: Sequence[AnyArray]) -> Any:
        """What a call returns, kept in this process."""
        call = self._prepared(header, arrays, quick=False)
        if header["script"] is not None:
            _begin_script(header["script"])
        made = call()
        if made is None:
            raise ValueError(f"{self._names[header['item']]} returned None")
        return made

    def _together(
        self, header: dict[str, Any], arrays: Sequence[AnyArray]
    ) -> tuple[dict[str, Any], list[AnyArray]]:
        """Makes calls that differ in their arrays alone: traced once, and run for each.

        No values are answered where that does not do: then each has to be made by itself.
        """
        import jax

        count = len(arrays) // header["number"]
        batches = [arrays[start : start + count] for start in range(0, len(arrays), count)]

        def whole(*given: Any) -> Any:
            call = self._prepared(header, given, quick=True)
            if call.observed:
                raise TypeError("an attribute could not be set")
            return call()

        clock = _Clock()
        try:
            with clock.tracing():
                traced = jax.jit(whole).trace(*batches[0])
            form: Any = jax.tree.structure(traced.out_info)
            results = [form.unflatten(evaluate(traced.jaxpr, batch)) for batch in batches]
        except BaseException:  # whatever it was, making each call really will tell
            return {"values": []}, []
        encoder = Encoder()
        values = [encoder.tree(result) for result in results]
        return {"values": values, **clock.read(len(batches))}, encoder.arrays

    def _cost(self, header: dict[str, Any], arrays: Sequence[AnyArray]) -> float | None:
        """The operations of a call that is traced and not run; None where that does not do."""
        import jax

        try:
            call = self._prepared(header, arrays, quick=True)
            whole, given = _over_arrays(call)
            return cost.operations(jax.make_jaxpr(whole)(*given))
        except BaseException:  # whatever it was, calling the function really will tell
            return None

    def _prepared(
        self, header: dict[str, Any], arrays: Sequence[AnyArray], quick: bool
    ) -> _Prepared:
        functions = {} if header["op"] == "together" else self._functions
        decoder = Decoder(
            arrays,
            self._namespace,
            self._aliases,
            functions,
            lambda made: self._performed(made, arrays),
            quick,
        )
        args = [decoder.value(tree) for tree in header["args"]]
        self._forget()
        program.answer_for.clear()
        for item, tree in header["stand_ins"].items():
            program.answer_for[item] = decoder.value(tree)
        target = self._names[header["item"]]
        function = self._function(header["item"], args[0] if args else None)
        if "." in target:
            args = args[1:]
        named = [(names, decoder.value(tree)) for names, tree in header["named"]]
        args, keywords = _bound(function, args, named)
        transformed = _transformed(function, header["transform"])
        return _Prepared(transformed, args, keywords, decoder.observed)

    def _function(self, item: str, instance: Any) -> Callable[..., Any]:
        """The student's function for an item; a method comes bound to the instance given."""
        owner, _, method = self._names[item].rpartition(".")
        if not owner:
            found = self._lookup(method)
        else:
            found = getattr(instance if instance is not None else self._lookup(owner), method)
        if not callable(found):
            kind = type(found).__name__
            raise TypeError(f"{self._names[item]} cannot be called: it is of type {kind}")
        return found  # type: ignore[no-any-return]

    def _lookup(self, name: str) -> Any:
        if name not in self._namespace:
            raise NameError(f"{name} is not defined once the program has run")
        return self._namespace[name]


def _begin_script(script: dict[str, Any]) -> None:
    """Sets the clock, and what the functions do that are replaced by work."""
    clock.CLOCK.start(script["cycles"], script["in_background"], script["really"])
    pending.KINDS.clear()
    pending.KINDS.update(script["derivatives"])
    for item, (kind, result) in script["performances"].items():
        program.answer_for[item] = work.Performance(kind, result)


# --------------------------------------------------------------------------- calling


class _Clock:
    """How long a call takes, and how much of that is tracing and compiling."""

    _compiled = 0.0  # by this process so far, as JAX itself says

    def __init__(self) -> None:
        self._start, self._before = time.perf_counter(), _Clock._compiled
        self._traced = 0.0

    @contextlib.contextmanager
    def tracing(self) -> Iterator[None]:
        """Counts what is done here as tracing."""
        start = time.perf_counter()
        yield
        self._traced += time.perf_counter() - start

    def read(self, calls: int = 1) -> dict[str, float]:
        """What is told of each of as many calls."""
        spent = {
            "seconds": time.perf_counter() - self._start,
            "traced": self._traced,
            "compiled": _Clock._compiled - self._before,
        }
        return {name: seconds / calls for name, seconds in spent.items()}

    @staticmethod
    def listen() -> None:
        """Has JAX tell of every compilation from now on."""
        import jax

        jax.monitoring.register_event_duration_secs_listener(_Clock._heard)

    @staticmethod
    def _heard(event: str, duration_secs: float, **_: Any) -> None:
        if event.endswith(("backend_compile_duration", "jaxpr_to_mlir_module_duration")):
            _Clock._compiled += duration_secs


@dataclass(frozen=True)
class _Prepared:
    """One call that only remains to be made.

    Attributes:
        function: the student's, transformed.
        args: by place; without the instance, for a method.
        keywords: by name.
        observed: attributes of an instance that could not be set, by name.
    """

    function: Callable[..., Any]
    args: Sequence[Any]
    keywords: dict[str, Any]
    observed: dict[str, Any]

    def __call__(self) -> Any:
        """Makes the call."""
        return self.function(*self.args, **self.keywords)


def _transformed(function: Callable[..., Any], transform: str) -> Callable[..., Any]:
    import jax

    return jax.grad(function) if transform == "gradient" else function


def _applied(call: _Prepared, interpret: bool, clock: _Clock) -> Any:
    """The result of a call that is traced as a whole, and then interpreted or compiled."""
    import jax

    whole, arrays = _over_arrays(call)
    # traced anew for every call, so that what a program keeps between calls shows; but compiled
    # once for what comes out the same, constants included
    with clock.tracing():
        traced = jax.jit(whole).trace(*arrays)
    if interpret:
        try:
            results = evaluate(traced.jaxpr, arrays)
            return jax.tree.unflatten(jax.tree.structure(traced.out_info), results)
        except UnsupportedError:  # then XLA has its turn
            pass
    lowered = traced.lower()
    key = hashlib.sha256(lowered.as_text().encode()).digest(), lowered.out_tree
    if key not in _compiled:
        _compiled[key] = lowered.compile()
    return _compiled[key](*arrays)


_compiled: dict[Any, Any] = {}
"""Compiled calls by their lowered program and the form of their result."""


def _over_arrays(call: _Prepared) -> tuple[Callable[..., Any], list[Any]]:
    """The call as a function of its array arguments alone, and these: what JAX can trace."""
    import jax

    places = [place for place, arg in enumerate(call.args) if isinstance(arg, jax.Array)]

    def whole(*arrays: Any) -> Any:
        filled = list(call.args)
        for place, array in zip(places, arrays, strict=True):
            filled[place] = array
        return call.function(*filled, **call.keywords)

    return whole, [call.args[place] for place in places]


def _parameters(function: Callable[..., Any]) -> list[list[Any]] | None:
    """Name, kind and whether there is a default, of each; None where Python cannot say."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    kinds: dict[Any, str] = {
        inspect.Parameter.KEYWORD_ONLY: "keyword",
        inspect.Parameter.VAR_POSITIONAL: "*",
        inspect.Parameter.VAR_KEYWORD: "**",
    }
    return [
        [p.name[:MAX_NAME], kinds.get(p.kind, "positional"), p.default is not p.empty]
        for p in signature.parameters.values()
    ]


def _defaults(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return {p.name: p.default for p in inspect.signature(function).parameters.values()}
    except (TypeError, ValueError):
        return {}


def _bound(
    function: Callable[..., Any], args: list[Any], named: Sequence[tuple[list[str], Any]]
) -> tuple[list[Any], dict[str, Any]]:
    """Places the arguments that go by name: by one of their names, or by the next free place."""
    if not named:
        return args, {}
    parameters = _parameters(function) or []
    free = [name for name, kind, _ in parameters if kind in ("positional", "keyword")][len(args) :]
    keywords: dict[str, Any] = {}
    unplaced = []
    for names, value in named:
        lowered = [name.lower() for name in names]
        match = next((name for name in free if name.lower() in lowered), None)
        if match is None:
            unplaced.append((names[0], value))
        else:
            keywords[match] = value
            free.remove(match)
    defaults = _defaults(function)
    kinds = [kind for _, kind, _ in parameters]
    by_place = []
    for canonical, value in unplaced:
        # 1000 stands for a number of steps, 1e-3 for a step size, whatever they are called
        alike = [name for name in free if type(defaults.get(name)) is type(value)]
        if not free and "*" in kinds and "**" not in kinds:
            by_place.append(value)
            continue
        place = alike[0] if alike else free[0] if free else canonical
        keywords[place] = value
        if place in free:
            free.remove(place)
    positional = [name for name, kind, _ in parameters if kind == "positional"][len(args) :]
    # positional-only parameters cannot be named: pass by place what stands in unbroken order
    while positional and positional[0] in keywords:
        args = [*args, keywords.pop(positional.pop(0))]
    return [*args, *by_place], keywords
