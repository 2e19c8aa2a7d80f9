import time
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import jax.flatten_util
from jax.nn import gelu

class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [
            jax.random.normal(k, (layer_sizes[i], layer_sizes[i + 1])) for i, k in enumerate(keys)
        ]

    def forward(self, x):
        for w in self.weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.dot(x, self.weights[-1])

    def get_params(self):
        raise NotImplementedError

def make_loss(sizes):
    def loss(p):
        x, i = jnp.ones((1, sizes[0])), 0
        for l, (a, b) in enumerate(zip(sizes[:-1], sizes[1:])):
            x = x @ p[i:i + a * b].reshape(a, b)
            i += a * b
            if l < len(sizes) - 2:
                x = gelu(x)
        return x.sum()
    return loss

class MLP(MLP):
    """Extended below, as in a notebook."""
    def get_params(self):
        return sum((jnp.pad(w.ravel(), (o, self.size - o - w.size)) for w, o in zip(self.weights, self.offsets)), jnp.zeros(self.size, self.weights[0].dtype))

    @property
    def size(self):
        return sum(w.size for w in self.weights)

    @property
    def offsets(self):
        return np.cumsum([0] + [w.size for w in self.weights[:-1]]).tolist()

    @staticmethod
    def forward_with(weights, x):
        match weights:
            case [last]:
                return x @ last
            case [first, *rest]:
                return MLP.forward_with(rest, gelu(x @ first))

    def loss(self, p):
        ws = [p[o:o + w.size].reshape(w.shape) for w, o in zip(self.weights, self.offsets)]
        return self.forward_with(ws, jnp.ones((1, self.layer_sizes[0]))).sum()

def calculate_hessian(model, params):
    vjp = jax.vjp(jax.grad(model.loss), params)[1]
    (rows,) = jax.vmap(vjp)(jnp.identity(params.shape[0], params.dtype))
    return rows

def naive_hvp(hessian, vector):
    out = jnp.zeros_like(vector)
    return jax.lax.fori_loop(0, len(vector), lambda i, o: o.at[i].set(jnp.vdot(hessian[i], vector)), out)

def hvp(f, x, v, mode="forward-over-reverse"):
    g = jax.grad(jax.checkpoint(f))
    match mode:
        case "forward-over-reverse":
            return jax.jvp(g, [x], [v])[1]
        case "reverse-over-reverse":
            return jax.grad(lambda y: g(y) @ v)(x)

def timing_experiment(ns, num_runs):
    """From deep to shallow; a new network and vector for each run."""
    import gc
    rows = {}
    for n in sorted(map(int, ns), reverse=True):
        t = {"full": [], "naive": [], "hvp": []}
        for run in range(num_runs):
            model = MLP(jax.random.PRNGKey(run), [2] * (n + 1) + [1])
            p = model.get_params()
            v = jax.random.rademacher(jax.random.PRNGKey(run + 1), p.shape).astype(p.dtype)
            gc.collect()
            time.sleep(0.001)
            start = time.perf_counter()
            H = calculate_hessian(model, p)
            naive_hvp(H, v).block_until_ready()
            stop = time.perf_counter()
            t["full"].append(stop - start)
            start = time.perf_counter()
            naive_hvp(H, v).block_until_ready()
            stop = time.perf_counter()
            t["naive"].append(stop - start)
            start = time.perf_counter()
            hvp(model.loss, p, v).block_until_ready()
            stop = time.perf_counter()
            t["hvp"].append(stop - start)
        rows[n] = {f"{m}_{s}": getattr(np, s)(x) for m, x in t.items() for s in ("mean", "std")}
    return [{"n": n, **rows[int(n)]} for n in ns]

def plot_timings(results):
    df = pd.DataFrame(results)
    fig, ax = plt.subplots()
    for m in ("full", "naive", "hvp"):
        ax.errorbar(df["n"], df[m + "_mean"], yerr=df[m + "_std"], label=m)
    ax.set_xlabel("hidden layers"); ax.set_ylabel("time, s"); ax.legend()
    return fig

def gd_loss(alphas, x0):
    def go(x, k):
        return x if k == 10 else go(x - alphas[k] * x, k + 1)
    x = go(x0, 0)
    return 0.5 * jnp.einsum("i,i->", x, x)

def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    alphas = np.array(alphas)  # a copy, changed in place
    g = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas -= beta * np.asarray(g(alphas, x0))
    return alphas.tolist()

def local_optimality(alphas, x0):
    from scipy import linalg
    grad, hess = jax.grad(gd_loss), jax.hessian(gd_loss)
    return linalg.norm(grad(alphas, x0)), linalg.eigh(hess(alphas, x0), eigvals_only=True)
