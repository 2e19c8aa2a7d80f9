"""Random draws by NumPy, which makes them at once, where JAX compiles each for its shape.

Part of the child side; see `adcheck.sandbox.work`. Which numbers are drawn is of no consequence
there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["REPLACEMENTS"]

AnyArray = npt.NDArray[Any]

_RANDOM = np.random.Generator(np.random.PCG64(0))
_DRAWS: dict[str, Callable[[tuple[int, ...]], AnyArray]] = {
    "normal": _RANDOM.standard_normal,
    "uniform": _RANDOM.random,
    "rademacher": lambda shape: _RANDOM.choice([-1.0, 1.0], shape),
}


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


REPLACEMENTS: dict[str, Callable[..., Any]] = {
    "PRNGKey": _key,
    "split": _split,
    **{name: _drawn(draw) for name, draw in _DRAWS.items()},
}
"""What stands in for which name of `jax.random`."""
