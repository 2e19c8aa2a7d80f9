"""What a worker computes: JAX of all sorts, in a confined child, against closed forms."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from typing import Any

_MODULES = (
    "jax",
    "jax.numpy",
    "jax.scipy.linalg",
    "scipy.linalg",
    "scipy.optimize",
    # The interpreter itself would find these on first use; an ordinary user may not read where
    # this Python is installed.
    "jaxlib.mlir._mlir_libs._mlirHlo",
    "jaxlib.mlir.dialects.builtin",
    "jaxlib.mlir.dialects.mhlo",
    "jax.experimental.multihost_utils",
)


def load() -> None:
    """Imports what is there, and starts no backend and no thread."""
    for name in _MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    import jax

    jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]


def outcomes() -> dict[str, str]:
    """Each computation with ``"right"``, what it gave instead, or what it raised."""
    told = {}
    for computation in _COMPUTATIONS:
        try:
            wrong = computation()
        except BaseException as error:
            told[computation.__name__] = f"{type(error).__name__}: {error}"[:500]
        else:
            told[computation.__name__] = "right" if wrong < 1e-8 else f"off by {wrong}"
    return told


def _matrix(size: int) -> Any:
    import jax

    a = jax.random.normal(jax.random.key(0), (size, size))
    return a + a.T


def jit_and_grad() -> float:
    import jax
    import jax.numpy as jnp

    x = jnp.arange(3.0)
    gradient = jax.jit(jax.grad(lambda x: jnp.sum(jnp.sin(x) * x)))(x)
    return float(abs(gradient - (jnp.cos(x) * x + jnp.sin(x))).max())


def hessian() -> float:
    import jax
    import jax.numpy as jnp

    a = _matrix(5)
    return float(abs(jax.hessian(lambda x: x @ a @ x / 2)(jnp.ones(5)) - a).max())


def eager() -> float:
    import jax.numpy as jnp

    return abs(float(jnp.sum(jnp.where(jnp.arange(10.0) > 4, jnp.roll(jnp.ones(10), 2), 0))) - 5)


def eigh() -> float:
    import jax.numpy as jnp

    a = _matrix(100)
    values, vectors = jnp.linalg.eigh(a)
    return float(abs(vectors * values @ vectors.T - a).max())


def decompositions() -> float:
    import jax.numpy as jnp
    import numpy as np

    a = _matrix(40)
    u, s, v = jnp.linalg.svd(a)
    q, r = jnp.linalg.qr(a)
    positive = a @ a + jnp.eye(40)
    low = jnp.linalg.cholesky(positive)
    trace = np.linalg.eigvals(np.asarray(a)).sum().real - np.trace(np.asarray(a))
    parts = [abs(u * s @ v - a).max(), abs(q @ r - a).max(), abs(low @ low.T - positive).max()]
    solved = abs(a @ jnp.linalg.solve(a, jnp.ones(40)) - 1).max()
    return float(max(*parts, solved, abs(trace)))


def eigenvalues_without_symmetry() -> float:
    import jax.numpy as jnp

    values = jnp.linalg.eig(jnp.array([[0.0, -1.0], [1.0, 0.0]]))[0]
    return float(abs(jnp.sort(values.imag) - jnp.array([-1.0, 1.0])).max())


def matrix_product_with_threads() -> float:
    import jax
    import jax.numpy as jnp

    return float(abs(jax.jit(jnp.matmul)(*[jnp.ones((1200, 1200))] * 2) - 1200).max())


def loops_and_maps() -> float:
    import jax
    import jax.numpy as jnp

    total = jax.lax.scan(lambda c, x: (c + x, c), jnp.zeros(()), jnp.arange(5.0))[0]
    grown = jax.lax.fori_loop(0, 10, lambda i, x: x * 2, 1.0)
    return float(abs(total - 10) + abs(grown - 1024) + abs(jax.vmap(abs)(-jnp.ones(3)) - 1).max())


def random_numbers() -> float:
    import jax

    mean = jax.random.uniform(jax.random.PRNGKey(1), (10_000,)).mean()
    return max(abs(float(mean) - 0.5) - 0.02, 0.0)


def fourier() -> float:
    import jax.numpy as jnp

    return float(abs(jnp.fft.ifft(jnp.fft.fft(jnp.arange(64.0))) - jnp.arange(64.0)).max())


def callbacks() -> float:
    import jax
    import jax.numpy as jnp
    import numpy as np

    shape = jax.ShapeDtypeStruct((3,), np.float64)  # type: ignore[no-untyped-call]
    back = jax.jit(lambda x: jax.pure_callback(lambda y: np.asarray(y) * 2, shape, x))
    return float(abs(back(jnp.ones(3)) - 2).max())


def numpy_in_a_thread() -> float:
    import numpy as np

    found: list[Any] = []
    a = np.eye(200) * 3
    thread = threading.Thread(target=lambda: found.append(np.linalg.eigh(a)[0]))
    thread.start()
    thread.join()
    return float(abs(found[0] - 3).max())


def scipy_if_present() -> float:
    try:
        linalg: Any = importlib.import_module("scipy.linalg")
    except ImportError:
        return 0.0
    import numpy as np

    return float(abs(linalg.expm(np.zeros((3, 3))) - np.eye(3)).max())


_COMPUTATIONS: tuple[Callable[[], float], ...] = (
    jit_and_grad,
    hessian,
    eager,
    eigh,
    decompositions,
    eigenvalues_without_symmetry,
    matrix_product_with_threads,
    loops_and_maps,
    random_numbers,
    fourier,
    callbacks,
    numpy_in_a_thread,
    scipy_if_present,
)
NAMES = [computation.__name__ for computation in _COMPUTATIONS]
