"""Work that takes only the time that a script gives it, in place of JAX's and the student's own.

Part of the child side. While a timing experiment is looked at, neither a Hessian nor a product is
really computed: the student's functions, and JAX's derivatives where an experiment uses them
itself, are replaced by work on the `adcheck.sandbox.clock`. What they return has the right shape,
and has to be waited for as JAX's results have.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.sandbox.clock import CLOCK
from adcheck.sandbox.pending import (
    CONSTANT,
    KINDS,
    MATRIX,
    PRODUCT,
    Lifted,
    Pending,
    bare,
    multiplied,
)

__all__ = ["Performance", "install"]

AnyArray = npt.NDArray[Any]

# --------------------------------------------------------------------------- the student's own


@dataclass(frozen=True)
class Performance:
    """What a student's function does while the clock is scripted.

    Attributes:
        kind: of the work; empty if it is none.
        result: ``"vector"``: its last vector again; ``"matrix"``: a square one of its size;
            ``"weights"``: all matrices that its first argument holds, in one vector.
    """

    kind: str
    result: str

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """Does it."""
        given = [*args, *keywords.values()]
        if self.result == "weights":
            return _joined(given[0])
        vector = _last_vector(given)
        if any(_is_constant(value, [vector]) for value in given if callable(value)):
            CLOCK.work(CONSTANT, vector.size)
        elif self.kind:
            CLOCK.work(self.kind, vector.size)
        if self.result == "matrix":
            return _result(np.eye(vector.size), given)
        return _result(vector, given)


def _last_vector(given: Sequence[Any]) -> AnyArray:
    """The last vector among arguments or, where there is none, the weights of the first."""
    for value in reversed(given):
        if not callable(value) and getattr(value, "ndim", None) == 1:
            return _entries(value)
    return np.asarray(_joined(given[0]))


def _joined(holder: Any) -> Any:
    """The entries of all arrays that an object holds in lists, in order."""
    import jax
    import jax.numpy as jnp

    leaves = jax.tree_util.tree_leaves(getattr(holder, "weights", None) or vars(holder))
    matrices = [_entries(leaf) for leaf in leaves if getattr(leaf, "ndim", 0) == 2]
    return jnp.asarray(np.concatenate([matrix.ravel() for matrix in matrices]))


def _entries(value: Any) -> AnyArray:
    """What an array turns out to be; zeros for one that a function left behind when traced."""
    return np.zeros(value.shape) if _is_traced(value) else np.asarray(bare(value))


def _is_traced(value: Any) -> bool:
    import jax

    return isinstance(value, jax.core.Tracer)


def _result(data: AnyArray, given: Sequence[Any]) -> Any:
    """What is returned: plain zeros within a transformation of JAX's, which can take no other."""
    import jax.numpy as jnp

    if not any(map(_is_traced, given)):
        return Pending(data)
    CLOCK.loose = True
    return jnp.zeros(data.shape)


# --------------------------------------------------------------------------- JAX's own

_probing: list[bool] = []
"""One entry for each function that is looked into: whether derivatives are taken in it."""


def install() -> None:
    """Replaces what of JAX takes long; to be called before a program is loaded."""
    import jax
    import jax.numpy as jnp

    ours: dict[str, Callable[..., Any]] = {
        "jit": _jit,
        "hessian": _of_matrix,
        "grad": _gradient,
        "jvp": _jvp,
        "vjp": _vjp,
    }
    ours |= {"value_and_grad": _value_and_gradient, "linearize": _linearize}
    ours |= dict.fromkeys(("jacfwd", "jacrev", "jacobian"), _jacobian)
    for name, function in (ours | {"block_until_ready": _waited}).items():
        setattr(jax, name, function)
    draws: dict[str, Callable[..., Any]] = {"PRNGKey": _key, "split": _split}
    draws |= {name: _drawn(draw) for name, draw in _DRAWS.items()}
    for name, function in draws.items():
        setattr(jax.random, name, function)
    special = ("dot", "matmul", "vdot", "inner", "tensordot", "einsum")
    for module in (jnp, jnp.linalg, jax.nn, jax.lax):
        for name, function in list(vars(module).items()):
            if callable(function) and not isinstance(function, type) and not name.startswith("_"):
                setattr(module, name, Lifted(function))
    for name in special:
        setattr(jnp, name, _or_of_pending(getattr(jnp, name), getattr(np, name)))
    setattr(jax, "device_put", Lifted(jax.device_put))  # noqa: B010
    vmap = jax.vmap
    setattr(jax, "vmap", lambda *args, **keywords: Lifted(vmap(*args, **keywords)))  # noqa: B010


_RANDOM = np.random.Generator(np.random.PCG64(0))
_DRAWS: dict[str, Callable[[tuple[int, ...]], AnyArray]] = {
    "normal": _RANDOM.standard_normal,
    "uniform": _RANDOM.random,
    "rademacher": lambda shape: _RANDOM.choice([-1.0, 1.0], shape),
}
"""Random draws, which NumPy makes at once and JAX compiles for each shape."""


def _drawn(draw: Callable[[tuple[int, ...]], AnyArray]) -> Callable[..., Any]:
    def drawn(key: Any, shape: Any = (), dtype: Any = float, *args: Any, **keywords: Any) -> Any:
        import jax.numpy as jnp

        low, high = keywords.get("minval", 0.0), keywords.get("maxval", 1.0)
        low, high = (args[0], args[1]) if len(args) > 1 else (low, high)
        sizes = (int(shape),) if np.ndim(shape) == 0 else tuple(int(size) for size in shape)
        return jnp.asarray(low + (high - low) * draw(sizes), dtype)

    return drawn


def _key(seed: Any, **keywords: Any) -> AnyArray:
    return np.asarray([0, int(seed) % 2**32], np.uint32)


def _split(key: Any, num: Any = 2) -> Any:
    count = int(np.prod(num))
    if np.shape(key) == (2,):
        return np.repeat(np.asarray(key)[None], count, axis=0)
    return (key,) * count


def _or_of_pending(function: Callable[..., Any], ours: Callable[..., Any]) -> Callable[..., Any]:
    def either(*args: Any, **keywords: Any) -> Any:
        if not any(isinstance(arg, Pending) for arg in args) or any(map(_is_traced, args)):
            return function(*args, **keywords)
        kept = {name: value for name, value in keywords.items() if name == "axes"}
        spec = [arg for arg in args if isinstance(arg, str)]
        rest = [arg for arg in args if not isinstance(arg, str)]
        return multiplied(lambda *arrays: ours(*spec, *arrays, **kept), *rest)

    return either


def _waited(value: Any) -> Any:
    import jax

    for leaf in jax.tree_util.tree_leaves(value):
        if isinstance(leaf, Pending):
            leaf.block_until_ready()
    if CLOCK.loose:
        CLOCK.wait()
    return value


class _jit:  # noqa: N801  # stands where jax.jit stood
    """Calls a function as it is: what would be traced once has to be done each time."""

    def __init__(self, function: Any = None, **options: Any) -> None:
        self.__wrapped__ = function
        self.__name__ = getattr(function, "__name__", "function")

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        if self.__wrapped__ is None:
            return _jit(*args)
        return self.__wrapped__(*args, **keywords)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else lambda *a, **k: self.__wrapped__(instance, *a, **k)

    def lower(self, *args: Any, **keywords: Any) -> _jit:
        """Nothing is compiled."""
        return self

    def compile(self, *args: Any, **keywords: Any) -> _jit:
        """Nothing is compiled."""
        return self

    def clear_cache(self) -> None:
        """There is none."""

    def cost_analysis(self) -> dict[str, float]:
        """Nothing is known."""
        return {}

    def memory_analysis(self) -> None:
        """Nothing is known."""

    def as_text(self) -> str:
        """Nothing is compiled."""
        return ""


def _is_constant(function: Callable[..., Any], args: Sequence[Any]) -> bool:
    """Whether a function of vectors is known to ignore them; found out once for the same code."""
    code = _code(function)
    if code is None:
        return False
    if code not in _constant:
        _constant[code] = False  # for itself, too, should it come by here
        _probing.append(False)
        with contextlib.suppress(Exception):  # what cannot be traced is not known
            ignored = _ignores(function, [np.zeros(np.shape(bare(arg))) for arg in args])
            _constant[code] = ignored and not _probing[-1]
        _probing.pop()
    return _constant[code]


_constant: dict[Any, bool] = {}


def _code(function: Any) -> Any:
    """The code of a function, under what stands in for `jax.jit` and `functools.partial`."""
    for _ in range(MOST_WRAPPED):
        function = getattr(function, "__wrapped__", getattr(function, "func", function))
    return getattr(function, "__code__", None)


MOST_WRAPPED = 8
"""How deep a function may be wrapped."""


def _ignores(function: Callable[..., Any], args: Sequence[AnyArray]) -> bool:
    """Whether no argument has a way to a result in what is traced."""
    import jax

    jaxpr = jax.make_jaxpr(lambda *given: function(*given))(*args).jaxpr
    reached = set(map(id, jaxpr.invars))
    for equation in jaxpr.eqns:
        if reached & set(map(id, equation.invars)):
            reached |= set(map(id, equation.outvars))
    return not reached & set(map(id, jaxpr.outvars))


def _differentiates(function: Callable[..., Any], args: Sequence[Any]) -> bool:
    """Whether a function itself takes derivatives; found out without computing anything."""
    import jax

    _probing.append(False)
    with contextlib.suppress(Exception):  # of code that cannot be traced: what it did, it did
        # a function of our own, because JAX keeps what came of one that it knows
        jax.eval_shape(lambda *given: function(*given), *map(bare, args))
    return _probing.pop()


def _derived(kind: str, function: Callable[..., Any], args: Sequence[Any], data: Any) -> Any:
    """Work if it is of second order, and the result."""
    import jax.numpy as jnp

    if _probing:
        if _is_constant(function, args):
            CLOCK.work(CONSTANT, int(np.size(bare(args[0]))))
        else:
            _probing[-1] = True
        return jnp.zeros(np.shape(data))
    if _differentiates(function, args):
        CLOCK.work(KINDS.get(kind, ""), int(np.size(bare(args[0]))))
    if _is_traced(data):
        CLOCK.loose = True
        data = np.zeros(np.shape(data))
    return Pending(data)


def _gradient(function: Callable[..., Any], *options: Any, **more: Any) -> Callable[..., Any]:
    return lambda *args, **keywords: _derived(PRODUCT, function, args, _like(args[0]))


def _value_and_gradient(function: Callable[..., Any], *options: Any, **more: Any) -> Any:
    def both(*args: Any, **keywords: Any) -> Any:
        gradient = _derived(PRODUCT, function, args, _like(args[0]))
        return _first(0.0), gradient

    return both


def _first(value: Any) -> Any:
    """What comes along with a derivative; it can be waited for, too."""
    return value if _is_traced(value) else Pending(value)


def _of_matrix(function: Callable[..., Any], *options: Any, **more: Any) -> Callable[..., Any]:
    def hessian(*args: Any, **keywords: Any) -> Any:
        return _derived(MATRIX, _gradient(function), args, np.eye(np.size(bare(args[0]))))

    return hessian


def _jacobian(function: Callable[..., Any], *options: Any, **more: Any) -> Callable[..., Any]:
    def jacobian(*args: Any, **keywords: Any) -> Any:
        if _probing or not _differentiates(function, args):
            return _derived(MATRIX, function, args, _like(args[0]))
        return _derived(MATRIX, function, args, np.eye(np.size(bare(args[0]))))

    return jacobian


def _jvp(function: Callable[..., Any], primals: Any, tangents: Any, **more: Any) -> Any:
    product = _derived(PRODUCT, function, primals, _like(tangents[0]))
    return _first(_like(primals[0])), product


def _vjp(function: Callable[..., Any], *primals: Any, **more: Any) -> Any:
    return _first(_like(primals[0])), lambda v: (_derived(PRODUCT, function, primals, _like(v)),)


def _linearize(function: Callable[..., Any], *primals: Any, **more: Any) -> Any:
    return _first(_like(primals[0])), lambda v: _derived(PRODUCT, function, primals, _like(v))


def _like(value: Any) -> Any:
    """Something of an array's shape: its entries, where it has any."""
    return value if _is_traced(value) else np.asarray(bare(value), float)
