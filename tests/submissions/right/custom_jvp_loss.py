"""Правило дифференцирования для L выписано вручную через custom_jvp."""
import jax
import jax.numpy as jnp
from jax.nn import gelu

class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [
            jax.random.normal(k, (layer_sizes[i], layer_sizes[i + 1]))
            for i, k in enumerate(keys)
        ]

    def forward(self, x):
        for w in self.weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.dot(x, self.weights[-1])

    def get_params(self):
        return jax.flatten_util.ravel_pytree(self.weights)[0]


import jax.flatten_util


def calculate_hessian(model, params):
    unravel = jax.flatten_util.ravel_pytree(model.weights)[1]
    ones = jnp.ones((1, model.layer_sizes[0]))

    def loss_fn(p):
        model.weights = unravel(p)
        return jnp.sum(model.forward(ones))

    return jax.hessian(loss_fn)(params)


def naive_hvp(hessian, vector):
    return jax.vmap(lambda row: jnp.dot(row, vector))(hessian)


def hvp(f, x, v):
    h = jax.jvp(jax.grad(f), (x,), (v,))
    return h[1]


@jax.custom_jvp
def gd_loss(alphas, x0):
    u = jnp.prod(1 - alphas)
    return 0.5 * jnp.vdot(x0, x0) * u ** 2


@gd_loss.defjvp
def gd_loss_jvp(primals, tangents):
    alphas, x0 = primals
    da, dx = tangents
    c = jnp.vdot(x0, x0)
    u = jnp.prod(1 - alphas)
    # d prod(1 - a) = -sum_j da_j prod_{k != j} (1 - a_k)
    without = jnp.stack([jnp.prod(1 - jnp.delete(alphas, j, assume_unique_indices=True)) for j in range(10)])
    out = gd_loss(alphas, x0)
    return out, -c * u * jnp.dot(without, da) + u ** 2 * jnp.vdot(x0, dx)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    step = jax.jit(lambda a: a - beta * jax.grad(gd_loss)(a, x0))
    for _ in range(num_steps):
        alphas = step(alphas)
    return alphas


def local_optimality(alphas, x0):
    first = jax.grad(gd_loss)
    return jnp.linalg.norm(first(alphas, x0)), jnp.linalg.eigvalsh(jax.jacfwd(first)(alphas, x0))
