"""`adcheck.sandbox.codec`: what an honest worker sends is read, and nothing else is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from adcheck.errors import GraderError
from adcheck.model import (
    Array,
    Call,
    Expression,
    Foreign,
    Frame,
    Function,
    Instance,
    Key,
    Named,
    Parameter,
    Program,
    Raised,
    Returned,
    Sibling,
    Source,
    Transform,
    Value,
)
from adcheck.sandbox import codec
from adcheck.sandbox.codec import MalformedReplyError

ARRAYS = [np.array([1.0, 2.0]), np.array(3.0), np.array([True]), np.array([1j])]


def answer(value: Any, **others: Any) -> dict[str, Any]:
    return {"value": value, "seconds": 0.5, "observed": {}, **others}


def leaf(index: int, dtype: str = "float64") -> dict[str, Any]:
    return {"array": index, "dtype": dtype}


# --------------------------------------------------------------------------- requests


def test_a_program_travels_in_the_header() -> None:
    program = Program(
        (Source("cell 1", "x = 1\n"),),
        (Sibling("utils", Source("utils/__init__.py", "y = 2\n"), package=True),),
        {"a.f": "f"},
        {"MLP": "Net"},
        whole=True,
        stand_ins=("a.f",),
        scripted=True,
        supplied={"g": "a.g"},
    )
    assert codec.load_request(program, True) == {
        "op": "load",
        "sources": [["cell 1", "x = 1\n"]],
        "siblings": [["utils", "utils/__init__.py", "y = 2\n", True]],
        "targets": {"a.f": "f"},
        "aliases": {"MLP": "Net"},
        "whole": True,
        "stand_ins": ["a.f"],
        "scripted": True,
        "supplied": {"g": "a.g"},
        "x64": True,
        "interpret": True,
    }


def test_every_kind_of_argument_travels() -> None:
    matrix, vector = np.eye(2), np.ones(2)
    body = Expression("matmul", (matrix, Expression("mul", (2.0, Expression("x")))))
    call = Call(
        "a.f",
        (
            vector,
            1.5,
            Key(7),
            Function(body, "the first"),
            Instance("MLP", (Key(1), (2, 1)), {"w": (matrix,)}),
        ),
        (Named(("beta", "lr"), 0.5),),
        Transform.GRADIENT,
        jit=True,
        stand_ins={"a.g": vector},
    )
    header, arrays = codec.call_request(call)
    assert header == {
        "op": "call",
        "item": "a.f",
        "args": [
            {"array": 0},
            {"number": 1.5},
            {"key": 7},
            {
                "function": ["matmul", {"array": 1}, ["mul", 2.0, "x"]],
                "identity": "the first",
            },
            {
                "class": "MLP",
                "args": [{"key": 1}, {"items": [{"number": 2}, {"number": 1}]}],
                "attributes": {"w": {"items": [{"array": 2}]}},
            },
        ],
        "named": [[["beta", "lr"], {"number": 0.5}]],
        "transform": "gradient",
        "jit": True,
        "stand_ins": {"a.g": {"array": 3}},
        "reading": "value",
        "otherwise": [],
        "script": None,
    }
    assert [id(array) for array in arrays] == [id(a) for a in (vector, matrix, matrix, vector)]


@pytest.mark.parametrize(
    "argument",
    [np.zeros(2, np.float16), np.array(["a"]), Function(Expression("launch", (Expression("x"),)))],
    ids=["float16", "text", "operation"],
)
def test_what_does_not_travel_is_the_cases_fault_and_no_students(argument: Any) -> None:
    with pytest.raises(GraderError, match="a case has"):
        codec.call_request(Call("hvp.hvp", (argument,)))


def test_a_cost_is_asked_for_as_a_call_is() -> None:
    call = Call("a.f", (np.ones(2),), (Named(("lr",), 0.5),), Transform.GRADIENT, jit=True)
    (header, arrays), (called, same) = codec.cost_request(call), codec.call_request(call)
    assert header == called | {"op": "cost"}
    assert [id(array) for array in arrays] == [id(array) for array in same]


@pytest.mark.parametrize("xp", [np, jnp], ids=["numpy", "jax"])
def test_the_grader_builds_the_function_that_it_sends(xp: Any) -> None:
    body = Expression("sum", (Expression("mul", (np.array([1.0, 2.0]), Expression("x"))),))
    assert float(codec.callable_of(Function(body), xp)(xp.asarray([3.0, 4.0]))) == 11.0


# --------------------------------------------------------------------------- replies


@pytest.mark.parametrize(
    ("tree", "value"),
    [
        pytest.param(leaf(1), Array(ARRAYS[1], "float64"), id="array"),
        pytest.param(leaf(0, "bfloat16"), Array(ARRAYS[0], "bfloat16"), id="half-precision"),
        pytest.param(leaf(2, "bool"), Array(ARRAYS[2], "bool"), id="bool"),
        pytest.param({"foreign": ["dict", "{}"]}, Foreign("dict", "{}"), id="foreign"),
        pytest.param({"items": []}, (), id="empty-sequence"),
        pytest.param(
            {"items": [{"foreign": ["str", "'a'"]}, {"items": [leaf(3, "complex64")]}]},
            (Foreign("str", "'a'"), (Array(ARRAYS[3], "complex64"),)),
            id="nested",
        ),
    ],
)
def test_values_are_read(tree: dict[str, Any], value: Value) -> None:
    read = codec.reply(answer(tree, observed={"w": tree} if tree == {"items": []} else {}), ARRAYS)
    assert isinstance(read, Returned)
    assert repr(read.value) == repr(value)
    assert read.seconds == 0.5


def test_what_an_object_holds_instead_is_read() -> None:
    read = codec.reply(answer(leaf(0), observed={"weights": {"items": [leaf(1)]}}), ARRAYS)
    assert isinstance(read, Returned)
    assert repr(read.observed["weights"]) == repr((Array(ARRAYS[1], "float64"),))


def test_sequences_nested_too_deeply_are_foreign() -> None:
    tree: dict[str, Any] = leaf(0)
    for _ in range(codec.MAX_DEPTH + 1):
        tree = {"items": [tree]}
    value = codec.reply(answer(tree), ARRAYS)
    assert isinstance(value, Returned)
    inner: Value = value.value
    while isinstance(inner, tuple):
        inner = inner[0]
    assert inner == Foreign("deeply nested sequence", "")


def test_exceptions_are_read_and_clipped() -> None:
    frame = {"where": "hw.py, line 3", "function": "f", "code": "c" * 1000}
    data = {"type": "E" * 1000, "message": "m" * 10_000, "frames": [frame] * 100}
    read = codec.reply({"raised": data}, [])
    assert isinstance(read, Raised)
    assert (len(read.type), len(read.message), len(read.frames)) == (200, 5000, 50)
    assert read.frames[0] == Frame("hw.py, line 3", "f", "c" * 400)


@pytest.mark.parametrize(
    ("seconds", "read"), [(-5, 0.0), (math.nan, 0.0), (math.inf, 1e6), ("2.5", 2.5)]
)
def test_a_worker_cannot_bend_the_clock(seconds: Any, read: float) -> None:
    reply = codec.reply(answer(leaf(0), seconds=seconds), ARRAYS)
    assert isinstance(reply, Returned)
    assert reply.seconds == read


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({}, id="empty"),
        pytest.param({"value": leaf(0), "seconds": 1.0}, id="no-observed"),
        pytest.param(answer(leaf(0), seconds="soon"), id="seconds-are-a-word"),
        pytest.param(answer(leaf(0), seconds=10**400), id="seconds-beyond-all-floats"),
        pytest.param(answer(leaf(0), seconds=None), id="seconds-are-null"),
        pytest.param(answer(leaf(0), observed=[1]), id="observed-is-a-list"),
        pytest.param(answer(None), id="value-is-null"),
        pytest.param(answer([1.0]), id="value-is-a-list"),
        pytest.param(answer(5), id="value-is-a-number"),
        pytest.param(answer({}), id="value-is-empty"),
        pytest.param(answer(leaf(4)), id="no-such-array"),
        pytest.param(answer(leaf(-1)), id="negative-index"),
        pytest.param(answer({"array": math.inf, "dtype": "float64"}), id="infinite-index"),
        pytest.param(answer({"array": [0], "dtype": "float64"}), id="index-is-a-list"),
        pytest.param(answer({"array": 0}), id="no-dtype"),
        pytest.param(answer(leaf(3)), id="complex-said-to-be-float"),
        pytest.param(answer(leaf(0, "int64")), id="float-said-to-be-integer"),
        pytest.param(answer(leaf(2)), id="bool-said-to-be-float"),
        pytest.param(answer({"items": [leaf(0), leaf(0)]}), id="one-array-twice"),
        pytest.param(answer({"items": 3}), id="items-are-a-number"),
        pytest.param(answer({"foreign": ["str"]}), id="half-a-foreign-value"),
        pytest.param({"raised": 5}, id="raised-is-a-number"),
        pytest.param({"raised": {"type": "E", "message": "m"}}, id="no-frames"),
        pytest.param({"raised": {"type": "E", "message": "m", "frames": {}}}, id="frames-object"),
        pytest.param({"raised": {"type": "E", "message": "m", "frames": [1]}}, id="frame-number"),
        pytest.param({"raised": {"type": "E", "message": "m", "frames": [{}]}}, id="empty-frame"),
    ],
)
def test_what_no_honest_worker_sends_is_refused(header: Mapping[str, Any]) -> None:
    with pytest.raises(MalformedReplyError):
        codec.reply(header, ARRAYS)


def test_parameters_are_read() -> None:
    listed = [
        ["x", "positional", False, None],
        ["lr", "keyword", True, 0.5],
        ["k", "odd", 1, 10**400],
        ["n", "keyword", True, True],
        ["m", "keyword", True, 3],
    ]
    assert codec.parameters({"parameters": listed}) == (
        Parameter("x", "positional", False),
        Parameter("lr", "keyword", True, 0.5),
        Parameter("k", "keyword", True),
        Parameter("n", "keyword", True),
        Parameter("m", "keyword", True, 3),
    )


@pytest.mark.parametrize("header", [{}, {"parameters": None}, {"parameters": "xy"}], ids=str)
def test_a_function_without_a_signature_has_no_parameters(header: dict[str, Any]) -> None:
    assert codec.parameters(header) is None


@pytest.mark.parametrize(("told", "read"), [(0, 0.0), (12.5, 12.5), (10**20, 1e20), (None, None)])
def test_a_number_of_operations_is_read(told: Any, read: float | None) -> None:
    assert repr(codec.operations({"operations": told})) == repr(read)


@pytest.mark.parametrize(
    "told", [-1, -0.5, math.nan, math.inf, -math.inf, 10**400, True, "7", [7], {"7": 7}], ids=repr
)
def test_what_is_no_number_of_operations_is_none(told: Any) -> None:
    assert codec.operations({"operations": told}) is None


@pytest.mark.parametrize("header", [{}, {"raised": 5}, {"fault": "?"}], ids=str)
def test_an_answer_without_a_number_of_operations_is_none(header: dict[str, Any]) -> None:
    assert codec.operations(header) is None
