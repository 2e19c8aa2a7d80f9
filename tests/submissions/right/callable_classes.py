"""Objects with __call__, dataclasses, type annotations in the manner of jaxtyping."""
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Callable, Sequence

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np

Array = jax.Array


class MLP:
    layer_sizes: Sequence[int]
    weights: "list[Float[Array, 'in out']]"

    def __init__(self, key: "PRNGKeyArray", layer_sizes: Sequence[int]) -> None:
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [
            jax.random.normal(k, (layer_sizes[i], layer_sizes[i + 1])) for i, k in enumerate(keys)
        ]

    def forward(self, x: "Float[Array, 'b d']") -> "Float[Array, 'b o']":
        for w in self.weights[:-1]:
            x = jax.nn.gelu(jnp.dot(x, w))
        return jnp.dot(x, self.weights[-1])

    def get_params(self) -> "Float[Array, 'n']":
        return jnp.concatenate([jnp.reshape(w, (-1,)) for w in self.weights], axis=0)


@dataclass(frozen=True)
class Loss:
    sizes: tuple[int, ...]

    def unpack(self, p: Array) -> list[Array]:
        it, out = 0, []
        for a, b in zip(self.sizes, self.sizes[1:]):
            out.append(p[it : (it := it + a * b)].reshape(a, b))
        return out

    def __call__(self, p: Array) -> Array:
        h = jnp.ones((1, self.sizes[0]))
        *hidden, last = self.unpack(p)
        for w in hidden:
            h = jax.nn.gelu(h @ w)
        return (h @ last).sum()


def calculate_hessian(model: MLP, params: "Float[Array, 'n']") -> "Float[Array, 'n n']":
    loss = Loss(tuple(map(int, model.layer_sizes)))
    basis = jnp.eye(params.size, dtype=params.dtype)
    return jax.vmap(lambda e: jax.jvp(jax.grad(loss), (params,), (e,))[1])(basis)


class NaiveHVP:
    def __call__(self, hessian, vector):
        return jnp.matmul(hessian, vector)


naive_hvp = NaiveHVP()


class HVP:
    mode: str = "fwd-over-rev"

    def __call__(self, f: Callable, x: Array, v: Array) -> Array:
        return jax.jvp(jax.grad(f), (x,), (v,))[1]


hvp = HVP()


@dataclass
class Timer:
    laps: list[float] = field(default_factory=list)

    def __enter__(self):
        self._t = perf_counter()
        return self

    def __exit__(self, *exc):
        self.laps.append(perf_counter() - self._t)
        return False

    @property
    def mean(self) -> float:
        return sum(self.laps) / len(self.laps)

    @property
    def std(self) -> float:
        return (sum((t - self.mean) ** 2 for t in self.laps) / len(self.laps)) ** 0.5


@dataclass
class Measurement:
    n: int
    full_mean: float
    full_std: float
    naive_mean: float
    naive_std: float
    hvp_mean: float
    hvp_std: float


def timing_experiment(ns: Sequence[int], num_runs: int) -> list[dict]:
    results = []
    for n in ns:
        sizes = [2] * (int(n) + 1) + [1]
        model = MLP(jax.random.PRNGKey(0), sizes)
        p = model.get_params()
        v = jax.random.normal(jax.random.PRNGKey(1), p.shape)
        loss = Loss(tuple(sizes))
        full, naive, fast = Timer(), Timer(), Timer()
        for _ in range(num_runs):
            with full:
                H = calculate_hessian(model, p)
                r1 = naive_hvp(H, v)
                r1.block_until_ready()
            with naive:
                r2 = naive_hvp(H, v)
                r2.block_until_ready()
            with fast:
                r3 = hvp(loss, p, v)
                r3.block_until_ready()
        assert jnp.allclose(r2, r3, rtol=1e-3, atol=1e-5), "the two ways must agree"
        results.append(asdict(Measurement(int(n), full.mean, full.std, naive.mean, naive.std, fast.mean, fast.std)))
    return results


def plot_timings(results):
    fig, ax = plt.subplots(layout="constrained")
    x = np.array([row["n"] for row in results])
    styles = dict(full=("C3", "Full Hessian + product"), naive=("C0", "Product"), hvp=("C2", "hvp"))
    for key, (color, label) in styles.items():
        y = np.array([row[f"{key}_mean"] for row in results])
        e = np.array([row[f"{key}_std"] for row in results])
        ax.fill_between(x, np.maximum(y - e, 1e-9), y + e, color=color, alpha=0.2, linewidth=0)
        ax.loglog(x, y, color=color, marker="^", label=label)
    ax.set(xlabel="Number of hidden layers", ylabel="Wall time (s)", title="Scaling")
    ax.grid(True, which="both", ls=":")
    ax.legend(frameon=False)
    return fig


def f(x: "Float[Array, 'd']") -> "Float[Array, '']":
    return 0.5 * (x**2).sum()


@dataclass
class GradientDescent:
    alphas: Array

    def __call__(self, x):
        for a in self.alphas:
            x = x - a * jax.grad(f)(x)
        return x


def gd_loss(alphas: "Float[Array, '10']", x0: "Float[Array, '1000']") -> "Float[Array, '']":
    return f(GradientDescent(alphas)(x0))


def tune_step_sizes(alphas, x0, beta: float = 5e-4, num_steps: int = 600):
    grad_L = jax.jit(jax.grad(gd_loss))
    history = np.zeros(num_steps)
    for i in range(num_steps):
        history[i] = gd_loss(alphas, x0) if i % 50 == 0 else np.nan
        alphas = alphas - beta * grad_L(alphas, x0)
    return alphas, history


def local_optimality(alphas, x0) -> "tuple[Float[Array, ''], Float[Array, '10']]":
    grad_L = jax.grad(gd_loss)
    H = jax.vmap(lambda e: jax.jvp(lambda a: grad_L(a, x0), (alphas,), (e,))[1])(jnp.eye(10))
    return jnp.linalg.norm(grad_L(alphas, x0)), jnp.linalg.eigvalsh((H + H.T) / 2)
