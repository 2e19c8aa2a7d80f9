"""What crosses the pipe between grader and worker: frames of a JSON header and raw arrays.

No pickles, no code and no object that does anything when it is decoded. A frame is

    magic (4 bytes) | header length (4, little-endian) | header (JSON) | the arrays' bytes

where the header's ``"arrays"`` lists ``[dtype, shape]`` in order. Every size is checked before it
is allocated. This module belongs to the child side as well: it knows nothing of the grader. NumPy
is imported for frames with arrays alone, since the process that reads submissions sends none.
"""

from __future__ import annotations

import json
import math
import numbers
import struct
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = [
    "OPERATIONS",
    "FrameError",
    "TooLargeError",
    "Tree",
    "build",
    "read_frame",
    "write_frame",
]

AnyArray: TypeAlias = "npt.NDArray[Any]"
Tree = Any
"""An expression as nested sequences ``[op, operand, …]``.

Leaves are ``"x"`` and ``"y"`` (the first and the second argument), numbers and arrays."""

MAGIC = b"ADC1"
HEADER_BYTES = 8 * 1024**2
PROGRAM_HEADER_BYTES = 64 * 1024**2  # of a request: a program's source travels in its header
MAX_ARRAYS = 65_536
MAX_DIMENSIONS = 8
MAX_EXTENT = 2**40  # of the sizes that are not zero: numpy makes no larger array, not even empty
DTYPES = ("<f4", "<f8", "<i8", "<c16", "|b1")


class FrameError(Exception):
    """Raised when bytes on the pipe are no frame, or one beyond its limits."""


class TooLargeError(FrameError):
    """Raised when the arrays of a frame exceed their limit."""


class Reader(Protocol):
    """The reading end of a pipe."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; fewer only at the end."""
        ...


class Writer(Protocol):
    """The writing end of a pipe."""

    def write(self, data: Any, /) -> object:
        """Takes all of `data`."""
        ...

    def flush(self) -> object:
        """Sends what was written."""
        ...


def write_frame(pipe: Writer, header: dict[str, Any], arrays: Sequence[AnyArray] = ()) -> None:
    """Sends one frame.

    Args:
        pipe: where to.
        header: JSON-serialisable; its key ``"arrays"`` is written here.
        arrays: of the dtypes in `DTYPES`, any byte order and strides.

    Raises:
        FrameError: an array has a dtype that does not travel.
    """
    little = [array.astype(array.dtype.newbyteorder("<"), copy=False) for array in arrays]
    described = [[a.dtype.str, list(a.shape)] for a in little]
    for dtype, _ in described:
        if dtype not in DTYPES:
            raise FrameError(f"arrays of dtype {dtype} do not travel")
    encoded = json.dumps({**header, "arrays": described}).encode("ascii")
    pipe.write(MAGIC + struct.pack("<I", len(encoded)) + encoded)
    for array in little:
        pipe.write(array.tobytes())
    pipe.flush()


def read_frame(
    pipe: Reader, max_bytes: int, max_header: int = HEADER_BYTES
) -> tuple[dict[str, Any], list[AnyArray]] | None:
    """Reads one frame; None where the pipe ended before it began.

    Args:
        pipe: where from; untrusted.
        max_bytes: bound on the arrays' bytes together.
        max_header: bound on the header's bytes.

    Raises:
        FrameError: the bytes are no frame, end early, or exceed a limit.
    """
    prefix = pipe.read(8)
    if not prefix:
        return None
    if len(prefix) < 8 or prefix[:4] != MAGIC:
        raise FrameError("the reply is no frame")
    (length,) = struct.unpack("<I", prefix[4:])
    if length > max_header:
        raise FrameError("the header of a frame is too large")
    try:
        header = json.loads(_exactly(pipe, length))
        layout = [_layout(*entry) for entry in header["arrays"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise FrameError("the header of a frame cannot be read") from error
    if len(layout) > MAX_ARRAYS or sum(size for _, _, size in layout) > max_bytes:
        raise TooLargeError("the result is too large")
    return header, [_array(_exactly(pipe, size), d, shape) for d, shape, size in layout]


def _array(data: bytes, dtype: str, shape: tuple[int, ...]) -> AnyArray:
    import numpy as np

    return np.frombuffer(data, dtype).reshape(shape)


def _layout(dtype: Any, shape: Any) -> tuple[str, tuple[int, ...], int]:
    if dtype not in DTYPES or not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS:
        raise ValueError("bad array")
    if not all(type(size) is int and size >= 0 for size in shape):
        raise ValueError("bad shape")
    if math.prod(max(size, 1) for size in shape) >= MAX_EXTENT:
        raise TooLargeError("the result is too large")
    return dtype, tuple(shape), int(dtype[2:]) * math.prod(shape)


def _exactly(pipe: Reader, size: int) -> bytes:
    data = pipe.read(size) if size else b""
    if len(data) < size:
        raise FrameError("the reply ended early")
    return data


# --------------------------------------------------------------------------- functions as data


def _logsumexp(xp: Any, z: Any) -> Any:
    top = xp.max(z)
    return xp.log(xp.sum(xp.exp(z - top))) + top


OPERATIONS: dict[str, Callable[..., Any]] = {
    # each takes the array namespace first; those that end in numbers take Python integers
    "add": lambda xp, a, b: a + b,
    "sub": lambda xp, a, b: a - b,
    "mul": lambda xp, a, b: a * b,
    "div": lambda xp, a, b: a / b,
    "neg": lambda xp, a: -a,
    "matmul": lambda xp, a, b: a @ b,
    "power": lambda xp, a, n: a ** int(n),
    "sin": lambda xp, a: xp.sin(a),
    "cos": lambda xp, a: xp.cos(a),
    "tanh": lambda xp, a: xp.tanh(a),
    "exp": lambda xp, a: xp.exp(a),
    "log1p_square": lambda xp, a: xp.log1p(a * a),
    "sqrt1p_square": lambda xp, a: xp.sqrt(1.0 + a * a),
    "logsumexp": _logsumexp,
    "sum": lambda xp, a: xp.sum(a),
    "prod": lambda xp, a: xp.prod(a),
    "roll": lambda xp, a, n: xp.roll(a, int(n)),
    "slice": lambda xp, a, start, stop: a[int(start) : int(stop)],
    "reshape": lambda xp, a, rows, columns: xp.reshape(a, (int(rows), int(columns))),
}
"""The operations of an expression by name; smooth everywhere, so that every Hessian exists."""


def build(tree: Tree, xp: Any) -> Callable[[Any], Any]:
    """The function of one or two vectors that an expression describes.

    Args:
        tree: the expression; arrays in it become arrays of `xp` once, here.
        xp: an array namespace: ``numpy``, ``jax.numpy``.

    Returns:
        A new function ``f(x)`` or ``f(x, y)``, hashable and equal only to itself.

    Raises:
        FrameError: the tree names an unknown operation.
    """
    body = _compiled(tree, xp)

    def f(x: Any, y: Any = None) -> Any:
        return body(x, y)

    return f


def _compiled(tree: Tree, xp: Any) -> Callable[[Any, Any], Any]:
    if isinstance(tree, str):
        return (lambda x, y: x) if tree == "x" else (lambda x, y: y)
    if isinstance(tree, numbers.Real):
        number = float(tree)
        return lambda x, y: number
    if not isinstance(tree, list | tuple):
        # made at call time: an array made inside one transformation must not leak into the next
        return lambda x, y: xp.asarray(tree)
    operation, *operands = tree
    if operation not in OPERATIONS:
        raise FrameError(f"unknown operation {operation!r}")
    apply, parts = OPERATIONS[operation], [_compiled(operand, xp) for operand in operands]
    return lambda x, y: apply(xp, *[part(x, y) for part in parts])
