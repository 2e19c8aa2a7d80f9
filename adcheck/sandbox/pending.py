"""Results that have to be waited for, as JAX's have, by the scripted clock.

Part of the child side. A `Pending` computes with NumPy at once; that it is there only once it has
been waited for is a matter of the clock alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.sandbox.clock import CLOCK

__all__ = [
    "CONSTANT",
    "KINDS",
    "MATRIX",
    "MULTIPLICATION",
    "PRODUCT",
    "TAKEN",
    "Lifted",
    "Pending",
    "bare",
    "multiplied",
]

AnyArray = npt.NDArray[Any]

MATRIX, PRODUCT, MULTIPLICATION = "matrix", "product", "multiplication"
"""What of JAX's own counts as work: the matrix of second derivatives, its product with a vector
without the matrix, and multiplying the matrix that is there."""

TAKEN = "taken"
"""Noted where NumPy is given the matrix: its products take no scripted time."""

CONSTANT = "constant"
"""Noted where derivatives of a function are asked for that ignores its argument: they take none."""

KINDS: dict[str, str] = {}
"""The kind of work that each of these is, as the script says."""


class Pending:
    """A result that is there once it has been waited for; computes with NumPy meanwhile.

    Args:
        data: what it turns out to be.
        until: the moment at which it is there; as a rule once all work is done that was begun.
    """

    __array_priority__ = 1000

    def __init__(self, data: Any, until: float | None = None) -> None:
        self._data: AnyArray = np.asarray(data)
        self._until = CLOCK.ready if until is None else until

    def block_until_ready(self) -> Pending:
        """Waits."""
        CLOCK.wait(self._until)
        return self

    def __array__(self, dtype: Any = None, copy: Any = None) -> AnyArray:
        """Waits: NumPy needs the entries."""
        if self._is_matrix():
            CLOCK.work(TAKEN, len(self._data))
        CLOCK.wait(self._until)
        return self._data if dtype is None else self._data.astype(dtype)

    def __jax_array__(self) -> Any:
        """Waits, too: whatever JAX makes of it is none of ours, and nothing could wait for that."""
        import jax.numpy as jnp

        until = self._until
        if self._is_matrix():
            CLOCK.work(KINDS.get(MULTIPLICATION, ""), len(self._data))
            until = CLOCK.ready
        CLOCK.wait(until)
        return jnp.asarray(self._data)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(self._data, name)
        if not callable(found):
            return _wrapped(found, self._until)
        return lambda *args, **keywords: _wrapped(
            found(*map(bare, args), **keywords), _last([self, *args])
        )

    def _is_matrix(self) -> bool:
        return self._data.ndim == 2 and self._data.shape[0] == self._data.shape[1]

    def dot(self, other: Any) -> Any:
        """The product with a vector or a matrix."""
        return self @ other

    def __matmul__(self, other: Any) -> Any:
        return multiplied(np.matmul, self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return multiplied(np.matmul, other, self)

    def __getitem__(self, item: Any) -> Any:
        return _wrapped(self._data[item], self._until)

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Any:
        return (_wrapped(value, self._until) for value in self._data)

    def __float__(self) -> float:
        return float(self.__array__())

    def __int__(self) -> int:
        return int(self.__array__())

    def __bool__(self) -> bool:
        return bool(self.__array__())

    def __repr__(self) -> str:
        return repr(self.__array__())

    def __format__(self, spec: str) -> str:
        return format(self.__array__()[()], spec)

    def item(self, *args: Any) -> Any:
        """One entry, waited for."""
        return self.__array__().item(*args)

    def tolist(self) -> Any:
        """All entries, waited for."""
        return self.__array__().tolist()


def bare(value: Any) -> Any:
    """What a value turns out to be, without waiting for it."""
    return value._data if isinstance(value, Pending) else value


def _wrapped(value: Any, until: float | None = None) -> Any:
    return Pending(value, until) if isinstance(value, np.ndarray | np.generic) else value


def _last(operands: Sequence[Any]) -> float:
    """When all of the operands are there."""
    return max(operand._until for operand in operands if isinstance(operand, Pending))


def _arithmetic(name: str) -> Callable[..., Any]:
    def method(self: Pending, *others: Any) -> Any:
        given = [np.asarray(bare(other)) for other in others]
        result = getattr(self._data, name)(*given)
        return result if result is NotImplemented else _wrapped(result, _last([self, *others]))

    return method


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow",
              "neg", "abs", "eq", "ne", "lt", "le", "gt", "ge"):  # fmt: skip
    setattr(Pending, f"__{_name}__", _arithmetic(f"__{_name}__"))


def multiplied(multiply: Callable[..., Any], *operands: Any) -> Any:
    """A product that is work if one of the operands is a matrix of ours."""
    for operand in operands:
        if isinstance(operand, Pending) and operand._is_matrix():
            CLOCK.work(KINDS.get(MULTIPLICATION, ""), len(operand))
            break
    return _wrapped(np.asarray(multiply(*[np.asarray(bare(operand)) for operand in operands])))


_COPIES = ("array", "asarray", "copy", "ravel", "reshape", "astype", "device_put", "squeeze",
           "transpose", "zeros_like", "ones_like", "shape", "size", "ndim", "isfinite", "isnan",
           "all", "any")  # fmt: skip
"""Functions that multiply nothing, whatever they are given."""


class Lifted:
    """A function of JAX's that takes a `Pending` too, and returns one then.

    Args:
        function: of JAX arrays.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._multiplies = getattr(function, "__name__", "") not in _COPIES

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """Computes at once; whether the result is there is a matter of the clock."""
        given = [*args, *keywords.values()]
        if not any(map(_holds_pending, given)):
            return self._function(*args, **keywords)
        for value in given if self._multiplies else ():
            if isinstance(value, Pending) and value._is_matrix():
                CLOCK.work(KINDS.get(MULTIPLICATION, ""), len(value))
        bared = {name: _bared(value) for name, value in keywords.items()}
        result = self._function(*map(_bared, args), **bared)
        return Pending(result) if hasattr(result, "block_until_ready") else result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._function, name)


def _holds_pending(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_holds_pending, value))
    return isinstance(value, Pending)


def _bared(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(map(_bared, value)) if _holds_pending(value) else value
    return bare(value)
