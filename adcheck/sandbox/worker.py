"""The worker: runs a student's program and answers calls of its functions with plain data.

It is a process of its own (see `adcheck.sandbox.entry`) and talks through its standard input and
output, which it moves out of the program's reach first: what the program prints goes to standard
error. It imports nothing of the grader: no reference, no expected answer, no seed of a run is
ever in this process.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import numpy.typing as npt

from adcheck.sandbox import clock, cost, figures, pending, program, saving, tables, wire, work
from adcheck.sandbox.calling import Prepared, Stopwatch, applied, bound, over_arrays, parameters
from adcheck.sandbox.evaluation import evaluate, interpret_first, trace_once
from adcheck.sandbox.values import Decoder, Encoder

AnyArray = npt.NDArray[Any]
MAX_REQUEST_BYTES = 1024**3


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
        # only a student's own frames are told; and JAX imports IPython before it filters its own,
        # since there is a `get_ipython`
        jax.config.update("jax_traceback_filtering", "off")  # type: ignore[no-untyped-call]
        Stopwatch.listen()
        self._grad = jax.grad  # as it is, whatever becomes of the one that the program finds
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
            saving.install()
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
            return {"parameters": parameters(self._function(header["item"], None))}, []
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
        watch = Stopwatch()
        call = self._prepared(header, arrays, quick=header["jit"] or self._interpret)
        result = applied(call, self._interpret, watch) if header["jit"] else call()
        encoder = Encoder()
        tree = encoder.tree(result)
        observed = {name: encoder.tree(value) for name, value in call.observed.items()}
        return {"value": tree, "observed": observed, **watch.read()}, encoder.arrays

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

        watch = Stopwatch()
        try:
            with watch.tracing():
                traced = jax.jit(whole).trace(*batches[0])
            form: Any = jax.tree.structure(traced.out_info)
            results = [form.unflatten(evaluate(traced.jaxpr, batch)) for batch in batches]
        except BaseException:  # whatever it was, making each call really will tell
            return {"values": []}, []
        encoder = Encoder()
        values = [encoder.tree(result) for result in results]
        return {"values": values, **watch.read(len(batches))}, encoder.arrays

    def _cost(self, header: dict[str, Any], arrays: Sequence[AnyArray]) -> float | None:
        """The operations of a call that is traced and not run; None where that does not do."""
        import jax

        try:
            call = self._prepared(header, arrays, quick=True)
            whole, given = over_arrays(call)
            return cost.operations(jax.make_jaxpr(whole)(*given))
        except BaseException:  # whatever it was, calling the function really will tell
            return None

    def _prepared(
        self, header: dict[str, Any], arrays: Sequence[AnyArray], quick: bool
    ) -> Prepared:
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
        args, keywords = bound(function, args, named)
        if header["transform"] == "gradient":
            function = self._grad(function)
        return Prepared(function, args, keywords, decoder.observed)

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
