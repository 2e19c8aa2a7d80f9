"""The clock of the timing experiment: the same lines time the reference and a student's functions.

In adcheck it times the reference; as a module beside a student's program, in the confined worker,
it times what the student wrote. It knows nothing of adcheck, therefore.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

WIDTH = 2


def timed(
    method: str,
    hessian: Callable[[Any], Any],
    product: Callable[[Any, Any], Any],
    hvp: Callable[[Any, Any], Any],
    params: Any,
    vector: Any,
    runs: int,
    compiled: bool,
) -> tuple[list[float], Any]:
    """Time one of the three ways to multiply a Hessian by a vector.

    Args:
        method: "full": the Hessian, and then the product; "naive": the product with a matrix that
            is there; "hvp": the product without the matrix.
        hessian: from params, shape (n,), to the Hessian, shape (n, n).
        product: from a matrix and a vector to their product.
        hvp: from params and a vector to the product.
        params: shape (n,).
        vector: shape (n,), same dtype.
        runs: how often it is timed; once more before, because the first call compiles.
        compiled: whether the whole is given to `jax.jit`; else it is called as it stands.

    Returns:
        Seconds and product, as of `clock`.
    """
    params, vector = jnp.asarray(params), jnp.asarray(vector)
    call: Any
    if method == "full":
        call, args = (lambda p, v: product(hessian(p), v)), (params, vector)
    elif method == "naive":
        call, args = product, (params[:, None] + params[None, :], vector)
    else:
        call, args = hvp, (params, vector)
    return clock(jax.jit(call) if compiled else call, args, runs)


def clock(call: Callable[..., Any], args: Sequence[Any], runs: int) -> tuple[list[float], Any]:
    """Time a function: seconds of a first call, which may compile, and of `runs` more; its result.

    The clock stops when the result is there (`block_until_ready`), not when JAX hands out the
    promise of one.
    """
    seconds = []
    ready: Any = jax.block_until_ready
    ready(args)
    for _ in range(runs + 1):
        start = time.perf_counter()
        result = ready(call(*args))
        seconds.append(time.perf_counter() - start)
    return seconds, np.asarray(result)


class Timer:
    """Times the functions of a student's program.

    Args:
        namespace: of the program, once it has run.
        model: name of the class of networks.
        names: dotted names of the functions "hessian", "product" and "hvp"; some may be absent.
    """

    def __init__(self, namespace: Mapping[str, Any], model: str, names: Mapping[str, str]) -> None:
        self._namespace, self._model, self._names = namespace, model, names

    def full(self, *args: Any) -> tuple[list[float], Any]:
        """As `timed`, for "full"."""
        return self._timed("full", *args)

    def naive(self, *args: Any) -> tuple[list[float], Any]:
        """As `timed`, for "naive"."""
        return self._timed("naive", *args)

    def hvp(self, *args: Any) -> tuple[list[float], Any]:
        """As `timed`, for "hvp"."""
        return self._timed("hvp", *args)

    def _timed(
        self, method: str, depth: int, params: Any, vector: Any, runs: int, compiled: bool
    ) -> tuple[list[float], Any]:
        sizes = [WIDTH] * (depth + 1) + [1]
        model = None
        if method == "full":
            model = self._namespace[self._model](jax.random.PRNGKey(0), sizes)

        def hessian(point: Any) -> Any:
            fresh = _copy(model)  # what a call leaves in the model must not reach the next one
            return self._function("hessian", fresh)(point)

        def hvp(point: Any, direction: Any) -> Any:
            return self._function("hvp")(lambda p: chain(p, sizes), point, direction)

        def product(matrix: Any, direction: Any) -> Any:
            return self._function("product")(matrix, direction)

        return timed(method, hessian, product, hvp, params, vector, runs, compiled)

    def _function(self, role: str, model: Any = None) -> Any:
        owner, _, name = self._names[role].rpartition(".")
        if owner:  # a method: of the network, or of a class without a state
            return getattr(self._namespace[owner] if model is None else model, name)
        function = self._namespace[name]
        return function if model is None else lambda point: function(model, point)


def chain(params: Any, sizes: Sequence[int]) -> Any:
    """The loss of the homework, its layers one after the other as in the given class."""
    x, start = jnp.ones((1, sizes[0]), params.dtype), 0
    for i in range(len(sizes) - 1):
        stop = start + sizes[i] * sizes[i + 1]
        x = jnp.dot(x, params[start:stop].reshape(sizes[i], sizes[i + 1]))
        start = stop
        if i < len(sizes) - 2:
            x = jax.nn.gelu(x)
    return jnp.sum(x)


def _copy(model: Any) -> Any:
    """The same network with lists of its own."""
    fresh = copy.copy(model)
    for name, value in list(vars(model).items()):
        if isinstance(value, list):
            object.__setattr__(fresh, name, list(value))
    return fresh
