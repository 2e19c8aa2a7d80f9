"""Work that takes only the time that a script gives it, in place of JAX's and the student's own.

Part of the child side. While a timing experiment is looked at, neither a Hessian nor a product is
really computed: the student's functions, and JAX's derivatives where an experiment uses them
itself, are replaced by work on the `adcheck.sandbox.clock`. What they return has the right shape,
and has to be waited for as JAX's results have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.sandbox import derivatives, draws
from adcheck.sandbox.clock import CLOCK
from adcheck.sandbox.pending import CONSTANT, Lifted, Pending, bare, multiplied
from adcheck.sandbox.probing import is_constant, is_traced

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
        if any(is_constant(value, [vector]) for value in given if callable(value)):
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
    return np.zeros(value.shape) if is_traced(value) else np.asarray(bare(value))


def _result(data: AnyArray, given: Sequence[Any]) -> Any:
    """What is returned: plain zeros within a transformation of JAX's, which can take no other."""
    import jax.numpy as jnp

    if not any(map(is_traced, given)):
        return Pending(data)
    CLOCK.loose = True
    return jnp.zeros(data.shape)


# --------------------------------------------------------------------------- JAX's


def install() -> None:
    """Replaces what of JAX takes long; to be called before a program is loaded."""
    import jax
    import jax.numpy as jnp

    for name, function in derivatives.REPLACEMENTS.items():
        setattr(jax, name, function)
    for name, function in draws.REPLACEMENTS.items():
        setattr(jax.random, name, function)
    for module in (jnp, jnp.linalg, jax.nn, jax.lax):
        for name, function in list(vars(module).items()):
            if callable(function) and not isinstance(function, type) and not name.startswith("_"):
                setattr(module, name, Lifted(function))
    for name in ("dot", "matmul", "vdot", "inner", "tensordot", "einsum"):
        setattr(jnp, name, _or_of_pending(getattr(jnp, name), getattr(np, name)))
    setattr(jax, "device_put", Lifted(jax.device_put))  # noqa: B010
    vmap = jax.vmap
    setattr(jax, "vmap", lambda *args, **keywords: Lifted(vmap(*args, **keywords)))  # noqa: B010


def _or_of_pending(function: Callable[..., Any], ours: Callable[..., Any]) -> Callable[..., Any]:
    def either(*args: Any, **keywords: Any) -> Any:
        if not any(isinstance(arg, Pending) for arg in args) or any(map(is_traced, args)):
            return function(*args, **keywords)
        kept = {name: value for name, value in keywords.items() if name == "axes"}
        spec = [arg for arg in args if isinstance(arg, str)]
        rest = [arg for arg in args if not isinstance(arg, str)]
        return multiplied(lambda *arrays: ours(*spec, *arrays, **kept), *rest)

    return either
