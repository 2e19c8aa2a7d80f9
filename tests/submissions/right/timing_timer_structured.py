"""timeit.Timer with globals, AOT compilation, jnp results, the polarised form of hvp."""
import timeit
import jax, jax.numpy as jnp, numpy as np
import matplotlib
matplotlib.use("Agg")
from matplotlib.figure import Figure
from jax.nn import gelu


class Base:
    def get_params(self):
        return jnp.concatenate(jax.tree.leaves(jax.tree.map(jnp.ravel, self.weights)))


class MLP(Base):
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


def net(p, sizes):
    x = jnp.ones((1, sizes[0]))
    i = 0
    for d_in, d_out in zip(sizes[:-2], sizes[1:-1]):
        x = gelu(x @ p[i:i + d_in * d_out].reshape(d_in, d_out))
        i += d_in * d_out
    return jnp.sum(x @ p[i:].reshape(sizes[-2], sizes[-1]))


def calculate_hessian(model, params):
    sizes = model.layer_sizes
    g = jax.grad(lambda p: net(p, sizes))
    one_hot = jax.nn.one_hot(jnp.arange(params.size), params.size, dtype=params.dtype)
    return jax.lax.map(lambda e: jax.vjp(g, params)[1](e)[0], one_hot)


def naive_hvp(hessian, vector):
    return jax.lax.dot(hessian, vector)


def hvp(f, x, v):
    """Gradient of the quadratic form u -> u'Hu/2 at v."""
    def quadratic(u):
        first = lambda y: jax.jvp(f, (y,), (u,))[1]
        return 0.5 * jax.jvp(first, (x,), (u,))[1]
    return jax.grad(quadratic)(v)


def timing_experiment(ns, num_runs):
    names = ["n"] + [f"{m}_{s}" for m in ("full", "naive", "hvp") for s in ("mean", "std")]
    rows = []
    for n in ns:
        sizes = [2] * (n + 1) + [1]
        model = MLP(jax.random.PRNGKey(0), sizes)
        x = model.get_params()
        v = jax.random.normal(jax.random.PRNGKey(1), x.shape)
        loss = lambda p: net(p, sizes)
        full = jax.jit(lambda p, u: naive_hvp(calculate_hessian(model, p), u)).lower(x, v).compile()
        fast = jax.jit(lambda p, u: hvp(loss, p, u)).lower(x, v).compile()
        H = calculate_hessian(model, x).block_until_ready()
        env = dict(full=full, fast=fast, naive_hvp=naive_hvp, H=H, x=x, v=v)
        row = [n]
        for stmt in ("full(x, v).block_until_ready()", "naive_hvp(H, v).block_until_ready()",
                     "fast(x, v).block_until_ready()"):
            t = np.array(timeit.Timer(stmt, globals=env).repeat(repeat=num_runs, number=1))
            row += [t.mean(), t.std()]
        rows.append(tuple(row))
    return np.array(rows, dtype=[(name, "f8") for name in names]).view(np.recarray)


def plot_timings(results):
    fig = Figure(figsize=(6, 4))
    ax = fig.subplots()
    for m in ("full", "naive", "hvp"):
        ax.errorbar(results.n, 1e3 * results[m + "_mean"], 1e3 * results[m + "_std"], label=m)
    ax.set_xlabel("depth"); ax.set_ylabel("milliseconds"); ax.semilogy()
    fig.legend()
    return fig


def gd_loss(alphas, x0):
    x, _ = jax.lax.scan(jax.checkpoint(lambda x, a: ((1 - a) * x, None)), x0, alphas)
    return jnp.vdot(x, x) / 2


def tune_step_sizes(alphas, x0, *, beta=3e-4, num_steps=500):
    """Stops early when the gradient has vanished."""
    def cond(state):
        a, k, g = state
        return (k < num_steps) & (jnp.linalg.norm(g) > 1e-12)

    def body(state):
        a, k, g = state
        a = a - beta * g
        return a, k + 1, jax.grad(gd_loss)(a, x0)

    a, k, _ = jax.lax.while_loop(cond, body, (alphas, 0, jax.grad(gd_loss)(alphas, x0)))
    return a


def local_optimality(alphas, x0):
    g, H = jax.grad(gd_loss), jax.hessian(gd_loss)
    ev = jnp.linalg.eigh(H(alphas, x0), symmetrize_input=True).eigenvalues
    return jnp.linalg.norm(g(alphas, x0), ord=2), ev
