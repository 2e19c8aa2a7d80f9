"""`adcheck.sandbox.wire`: what crosses the pipe comes out as it went in, or not at all."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from adcheck.sandbox import wire
from adcheck.sandbox.wire import FrameError, TooLargeError, build, read_frame, write_frame

AnyArray = npt.NDArray[Any]
MEGABYTE = 1024**2

SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
DTYPES = st.sampled_from(["<f4", ">f4", "<f8", ">f8", "<i8", ">i8", "<c16", ">c16", "|b1"])


def frame(header: Any, body: bytes = b"", magic: bytes = wire.MAGIC) -> bytes:
    """The bytes of a frame, whatever its header says."""
    encoded = header if isinstance(header, bytes) else json.dumps(header).encode()
    return magic + struct.pack("<I", len(encoded)) + encoded + body


def there_and_back(
    header: dict[str, Any], arrays: Sequence[AnyArray] = ()
) -> tuple[dict[str, Any], list[AnyArray]]:
    pipe = io.BytesIO()
    write_frame(pipe, header, arrays)
    pipe.seek(0)
    read = read_frame(pipe, MEGABYTE)
    assert read is not None
    assert read_frame(pipe, MEGABYTE) is None
    return read


class Frugal(io.BytesIO):
    """A pipe that fails a test which asks it for more than there could be."""

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert 0 <= size <= len(self.getbuffer()), f"{size} bytes were asked for"
        return super().read(size)


# --------------------------------------------------------------------------- round trips


@settings(deadline=None, max_examples=60)
@given(st.lists(hnp.arrays(DTYPES, SHAPES), max_size=4))
def test_arrays_come_back_as_they_were(arrays: list[AnyArray]) -> None:
    _, back = there_and_back({}, arrays)
    assert [a.shape for a in back] == [a.shape for a in arrays]
    assert [a.dtype for a in back] == [a.dtype.newbyteorder("<") for a in arrays]
    for before, after in zip(arrays, back, strict=True):
        np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(np.arange(24.0).reshape(4, 6)[::2, ::-3], id="strided"),
        pytest.param(np.arange(24.0).reshape(4, 6).T, id="transposed"),
        pytest.param(np.asfortranarray(np.arange(6.0).reshape(2, 3)), id="columns-first"),
        pytest.param(np.broadcast_to(np.float64(2.5), (3, 4)), id="broadcast"),
        pytest.param(np.arange(5, dtype=">f8")[::2], id="big-endian-and-strided"),
        pytest.param(np.array(7.0), id="0-d"),
        pytest.param(np.zeros((0, 3)), id="empty"),
        pytest.param(np.ones((1,) * wire.MAX_DIMENSIONS), id="as-many-axes-as-go"),
        pytest.param(np.array([np.nan, np.inf, -0.0, 5e-324]), id="odd-numbers"),
    ],
)
def test_layout_in_memory_does_not_matter(array: AnyArray) -> None:
    _, (back,) = there_and_back({}, [array])
    assert back.shape == array.shape
    np.testing.assert_array_equal(back, array)
    np.testing.assert_array_equal(np.signbit(back), np.signbit(array))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.text().filter(lambda key: key != "arrays"), JSON, max_size=4))
def test_headers_come_back_as_they_were(header: dict[str, Any]) -> None:
    back, _ = there_and_back(header)
    assert {key: value for key, value in back.items() if key != "arrays"} == header


def test_frames_follow_one_another() -> None:
    pipe = io.BytesIO()
    for number in range(3):
        write_frame(pipe, {"number": number}, [np.full(number, 1.5)])
    pipe.seek(0)
    read = [read_frame(pipe, MEGABYTE) for _ in range(4)]
    assert [(f[0]["number"], f[1][0].size) for f in read if f] == [(0, 0), (1, 1), (2, 2)]
    assert read[3] is None


@pytest.mark.parametrize("dtype", ["f2", "i4", "u8", "c8", "U3", "O", "M8[s]"])
def test_dtypes_that_do_not_travel_are_refused_before_a_byte_is_sent(dtype: str) -> None:
    pipe = io.BytesIO()
    with pytest.raises(FrameError, match="do not travel"):
        write_frame(pipe, {}, [np.zeros(2), np.zeros(2, dtype)])
    assert pipe.getvalue() == b""


# --------------------------------------------------------------------------- malformed frames

GOOD = frame({"arrays": [["<f8", [2]]]}, b"\0" * 16)


@pytest.mark.parametrize("length", range(1, len(GOOD)))
def test_a_frame_that_ends_early_is_none(length: int) -> None:
    with pytest.raises(FrameError):
        read_frame(io.BytesIO(GOOD[:length]), MEGABYTE)


def test_the_end_of_the_pipe_is_no_error() -> None:
    assert read_frame(io.BytesIO(), MEGABYTE) is None
    assert read_frame(io.BytesIO(GOOD), MEGABYTE) is not None


def described(*arrays: Any) -> bytes:
    return frame({"arrays": list(arrays)})


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(frame({"arrays": []}, magic=b"ADC2"), id="another-magic"),
        pytest.param(b"Traceback (most recent call last):\n", id="text"),
        pytest.param(wire.MAGIC + struct.pack("<I", 2**32 - 1), id="header-of-4-GB"),
        pytest.param(frame(b""), id="no-header"),
        pytest.param(frame(b"\xff\xfe{"), id="no-unicode"),
        pytest.param(frame(b'{"arrays": ['), id="broken-json"),
        pytest.param(frame(b"[" * 500_000), id="deep-json"),
        pytest.param(frame(b'{"a":' * 100_000), id="deep-json-objects"),
        pytest.param(frame(b'{"arrays": [["<f8", [1' + b"0" * 5000 + b"]]]}"), id="5000-digits"),
        pytest.param(frame([]), id="a-list"),
        pytest.param(frame("arrays"), id="a-string"),
        pytest.param(frame(None), id="null"),
        pytest.param(frame({}), id="no-arrays"),
        pytest.param(frame({"arrays": 3}), id="arrays-is-a-number"),
        pytest.param(frame({"arrays": {"<f8": [1]}}), id="arrays-is-an-object"),
        pytest.param(described("<f8"), id="dtype-alone"),
        pytest.param(described(["<f8", [1], 0]), id="three-in-an-entry"),
        pytest.param(described(["<f8", 3]), id="shape-is-a-number"),
        pytest.param(described(["<f8", "33"]), id="shape-is-a-string"),
        pytest.param(described(["<f8", [-1]]), id="negative-size"),
        pytest.param(described(["<f8", [-1, -1]]), id="two-negative-sizes"),
        pytest.param(described(["<f8", [True]]), id="boolean-size"),
        pytest.param(described(["<f8", [2.0]]), id="size-is-a-float"),
        pytest.param(described(["<f8", [None]]), id="size-is-null"),
        pytest.param(described(["<f8", [1] * 9]), id="nine-axes"),
        pytest.param(described(["<f8", [2**40]]), id="8-TB"),
        pytest.param(described(["<f8", [2**20] * 8]), id="product-overflows"),
        pytest.param(described(["<f8", [2**62, 2**62, 0]]), id="huge-but-empty"),
        pytest.param(described(["<f8", [MEGABYTE // 8 + 1]]), id="just-too-large"),
        pytest.param(described(*[["<f8", [MEGABYTE // 16 + 1]]] * 2), id="too-large-together"),
        pytest.param(described(*[["|b1", []]] * 65_537), id="too-many"),
        pytest.param(described(["<f2", [2]]), id="dtype-that-does-not-travel"),
        pytest.param(described(["|O", [2]]), id="objects"),
        pytest.param(described(["f8,f8", [2]]), id="records"),
        pytest.param(described([["<f8"], [2]]), id="dtype-is-a-list"),
    ],
)
def test_what_is_no_frame_is_refused_and_nothing_allocated_for_it(data: bytes) -> None:
    with pytest.raises(FrameError):
        read_frame(Frugal(data), MEGABYTE)


@pytest.mark.parametrize(
    "shape", [[MEGABYTE], [2**40], [2**50, 0]], ids=["1M-doubles", "8-TB", "empty"]
)
def test_what_is_too_large_is_told_apart(shape: list[int]) -> None:
    with pytest.raises(TooLargeError, match="the result is too large"):
        read_frame(Frugal(described(["<f8", shape])), MEGABYTE)


def test_a_request_may_have_a_larger_header_than_a_reply() -> None:
    data = frame({"arrays": [], "source": "#" * wire.HEADER_BYTES})
    with pytest.raises(FrameError, match="header"):
        read_frame(io.BytesIO(data), MEGABYTE)
    assert read_frame(io.BytesIO(data), MEGABYTE, wire.PROGRAM_HEADER_BYTES) is not None


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200))
def test_noise_is_a_frame_error_or_the_end(noise: bytes) -> None:
    for data in (noise, wire.MAGIC + noise, frame(noise)):
        try:
            read_frame(io.BytesIO(data), MEGABYTE)
        except FrameError:
            continue


# --------------------------------------------------------------------------- functions as data

VECTOR = np.array([0.3, -1.2, 0.7, 0.1])
SQUARE = np.arange(16.0).reshape(4, 4) / 10 - 0.6

TREES: dict[str, wire.Tree] = {
    "add": ["sum", ["add", "x", ["mul", "x", VECTOR]]],
    "sub": ["sum", ["mul", ["sub", 2.0, "x"], "x"]],
    "mul": ["sum", ["mul", "x", ["mul", "x", 0.5]]],
    "div": ["sum", ["div", "x", ["add", 3.0, "x"]]],
    "neg": ["sum", ["mul", ["neg", "x"], "x"]],
    "matmul": ["sum", ["mul", "x", ["matmul", SQUARE, "x"]]],
    "power": ["power", ["sum", "x"], 3],
    "sin": ["sum", ["sin", ["matmul", SQUARE, "x"]]],
    "cos": ["sum", ["cos", ["mul", 2.0, "x"]]],
    "tanh": ["sum", ["tanh", "x"]],
    "exp": ["sum", ["exp", "x"]],
    "log1p_square": ["sum", ["log1p_square", "x"]],
    "sqrt1p_square": ["sqrt1p_square", ["sum", "x"]],
    "logsumexp": ["logsumexp", ["matmul", SQUARE, "x"]],
    "sum": ["sum", "x"],
    "prod": ["prod", ["add", "x", 2.0]],
    "roll": ["sum", ["mul", "x", ["roll", "x", 1]]],
    "slice": ["sum", ["power", ["slice", "x", 1, 3], 2]],
    "reshape": ["sum", ["matmul", ["reshape", "x", 2, 2], ["reshape", "x", 2, 2]]],
}
"""A scalar function for each operation."""


@pytest.fixture
def double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def differences(f: Callable[[Any], Any], x: AnyArray) -> AnyArray:
    """The gradient of a function over numpy, by central differences of fourth order."""
    h = 1e-3
    weights = ((1, 8.0), (-1, -8.0), (2, -1.0), (-2, 1.0))
    return np.array([sum(w * f(x + k * h * e) for k, w in weights) for e in np.eye(x.size)]) / (
        12 * h
    )


def test_every_operation_is_tried() -> None:
    assert set(TREES) == set(wire.OPERATIONS)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("name", TREES)
def test_both_sides_build_the_same_function(name: str) -> None:
    over_numpy, over_jax = build(TREES[name], np), build(TREES[name], jnp)
    for x in (VECTOR, VECTOR[::-1] + 0.2):
        value = over_jax(jnp.asarray(x))
        assert value.dtype == np.float64
        assert value.shape == ()
        assert float(value) == pytest.approx(float(over_numpy(x)), rel=1e-14)
        gradient = np.asarray(jax.grad(over_jax)(jnp.asarray(x)))
        np.testing.assert_allclose(gradient, differences(over_numpy, x), rtol=1e-8, atol=1e-9)


@pytest.mark.usefixtures("double")
def test_a_function_can_be_compiled_and_differentiated_again() -> None:
    f = build(TREES["matmul"], jnp)
    hessian = np.asarray(jax.jit(jax.jacfwd(jax.grad(f)))(jnp.asarray(VECTOR)))
    np.testing.assert_allclose(hessian, SQUARE + SQUARE.T, atol=1e-15)
    gradient = np.asarray(jax.grad(f)(jnp.asarray(VECTOR)))  # nothing leaked from the compilation
    np.testing.assert_allclose(gradient, hessian @ VECTOR, atol=1e-15)


def test_arrays_take_the_precision_of_their_side() -> None:
    with jax.enable_x64(False):
        assert build(TREES["matmul"], jnp)(jnp.asarray(VECTOR)).dtype == np.float32


@pytest.mark.parametrize(
    "tree", [2.5, 2, np.float64(2.5), np.array(2.5)], ids=["float", "int", "numpy", "array"]
)
def test_constants_are_functions_too(tree: wire.Tree) -> None:
    assert float(build(tree, np)(VECTOR)) == float(tree)


def test_every_function_is_new_and_hashable() -> None:
    first, second = build(TREES["sin"], jnp), build(TREES["sin"], jnp)
    assert first != second
    assert first == first
    assert len({first, second, first}) == 2


@pytest.mark.parametrize(
    "tree", [["eval", "x"], ["sum", ["__import__", "x"]]], ids=["outermost", "inside"]
)
def test_unknown_operations_are_refused(tree: wire.Tree) -> None:
    with pytest.raises(FrameError, match="unknown operation"):
        build(tree, np)
