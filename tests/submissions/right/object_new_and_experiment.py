import time
import jax
import jax.numpy as jnp
import numpy as np
import matplotlib.pyplot as plt
import pandas as pd
from jax.nn import gelu
from functools import partial
from tqdm.auto import tqdm


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
        n = sum(w.size for w in self.weights)
        p = jnp.zeros(n, dtype=self.weights[0].dtype)
        c = 0
        for w in self.weights:
            p = p.at[c:c + w.size].set(w.flatten("C"))
            c += w.size
        return p


def make_loss(model):
    shapes = [w.shape for w in model.weights]

    def loss(p):
        net = object.__new__(MLP)
        net.layer_sizes = model.layer_sizes
        net.weights = []
        c = 0
        for s in shapes:
            net.weights += [p[c:c + s[0] * s[1]].reshape(*s)]
            c += s[0] * s[1]
        return net.forward(jnp.ones((1, model.layer_sizes[0])))[0].sum()

    return loss


def calculate_hessian(model, params):
    loss = make_loss(model)
    n = params.shape[0]

    @jax.jit
    def run(p):
        def body(i, H):
            e = jax.nn.one_hot(i, n, dtype=p.dtype)
            return H.at[:, i].set(hvp(loss, p, e))
        return jax.lax.fori_loop(0, n, body, jnp.zeros((n, n), p.dtype))

    return run(params)


def naive_hvp(hessian, vector):
    return jnp.sum(hessian * vector[None, :], axis=1)


def hvp(f, x, v):
    return jax.jvp(jax.checkpoint(jax.grad(f)), (x,), (v,))[1]


def flat_loss(model):
    """The loss of the network as a function of the flat vector."""
    shapes = [w.shape for w in model.weights]

    def loss(p):
        h, k = jnp.ones((1, model.layer_sizes[0])), 0
        for i, (a, b) in enumerate(shapes):
            h = h @ p[k:k + a * b].reshape(a, b)
            k += a * b
            if i < len(shapes) - 1:
                h = gelu(h)
        return jnp.sum(h)

    return loss


def timing_experiment(ns, num_runs):
    key = jax.random.key(42)
    res = {"n": list(ns)}
    for m in ("full", "naive", "hvp"):
        res[m] = {"mean": [], "std": []}
    for n in ns:
        key, k1, k2 = jax.random.split(key, 3)
        model = MLP(k1, [2] * (int(n) + 1) + [1])
        p = model.get_params()
        v = jax.random.normal(k2, p.shape)
        loss = flat_loss(model)
        H = calculate_hessian(model, p)
        H.block_until_ready()
        variants = {
            "full": lambda: naive_hvp(calculate_hessian(model, p), v),
            "naive": lambda: naive_hvp(H, v),
            "hvp": lambda: hvp(loss, p, v),
        }
        for name, thunk in variants.items():
            ts = np.zeros(num_runs)
            for r in range(num_runs):
                t0 = time.perf_counter()
                thunk().block_until_ready()
                ts[r] = time.perf_counter() - t0
            res[name]["mean"].append(ts.mean())
            res[name]["std"].append(ts.std())
    return res


def plot_timings(results):
    fig, ax = plt.subplots(figsize=(9, 5))
    for name, fmt in zip(["full", "naive", "hvp"], ["o-", "s--", "^:"]):
        m = np.array(results[name]["mean"]); s = np.array(results[name]["std"])
        lower = np.minimum(s, 0.999 * m)  # so that the bar stays positive on a log axis
        ax.errorbar(results["n"], m, yerr=[lower, s], fmt=fmt, capsize=3, label=name)
    ax.set(xscale="log", yscale="log", xlabel="число скрытых слоёв $L$", ylabel="время, с", title="HVP")
    ax.legend(loc="best"); ax.grid(which="both", alpha=.3)
    return fig


def f(x):
    return 0.5 * jnp.sum(x**2)

BETA = 5e-4
NUM_STEPS = 1000


def gd_loss(alphas, x0):
    xs = [x0]
    for alpha in alphas:
        xs.append(xs[-1] - alpha * xs[-1])
    return f(xs[-1])


def tune_step_sizes(alphas, x0, beta=BETA, num_steps=NUM_STEPS):
    a = np.array(alphas, dtype=float)
    g = jax.jit(jax.grad(gd_loss))
    for t in range(num_steps):
        a[:] -= beta * np.asarray(g(jnp.asarray(a), x0))
    return a


def local_optimality(alphas, x0):
    g = np.asarray(jax.grad(gd_loss)(alphas, x0))
    H = np.array([np.asarray(hvp(lambda a: gd_loss(a, x0), alphas, e)) for e in np.eye(len(alphas))])
    w = np.linalg.eigvalsh(H)
    return [np.sqrt((g ** 2).sum()), w]

def check(cls=MLP):
    m = cls(jax.random.PRNGKey(0), [2, 2, 2, 1])
    assert m.get_params().shape == (10,)
    return m

model = check()
big = [timing_experiment([k], 5) for k in (100, 300, 500, 1000)]
