"""Functional style: the network is a pure function of a pytree."""
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree


def init(key, sizes):
    ks = jax.random.split(key, len(sizes) - 1)
    return [jax.random.normal(k, (m, n)) for k, m, n in zip(ks, sizes, sizes[1:])]


def apply(weights, x):
    *hidden, last = weights
    for w in hidden:
        x = jax.nn.gelu(x @ w)
    return x @ last


class MLP:
    def __init__(self, key, layer_sizes):
        self.layer_sizes = layer_sizes
        self.weights = init(key, layer_sizes)

    def forward(self, x):
        return apply(self.weights, x)

    def get_params(self):
        flat, self.unravel = ravel_pytree(self.weights)
        return flat


def calculate_hessian(model, params):
    _, unravel = ravel_pytree(model.weights)
    x = jnp.ones((1, model.layer_sizes[0]))
    return jax.hessian(lambda p: apply(unravel(p), x).sum())(params)


def naive_hvp(hessian, vector):
    return jnp.einsum("ij,j", hessian, vector)


def hvp(f, x, v):
    return jax.jvp(jax.grad(f), (x,), (v,))[1]


def f(x):
    return 0.5 * jnp.sum(x ** 2)


def trajectory(alphas, x0):
    def step(x, a):
        x = x - a * jax.grad(f)(x)
        return x, f(x)
    return jax.lax.scan(step, x0, alphas)


def gd_loss(alphas, x0):
    x10, _ = trajectory(alphas, x0)
    return f(x10)


def tune_step_sizes(alphas, x0, beta=5e-4, num_steps=1000):
    def step(a, _):
        val, g = jax.value_and_grad(gd_loss)(a, x0)
        return a - beta * g, val
    return jax.lax.scan(step, alphas, length=num_steps)
