from functools import partial
import jax
import jax.numpy as jnp
from jax.nn import gelu


class MLP:
    """Перцептрон без смещений."""

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
        return _flatten(self.weights)


@jax.jit
def _flatten(ws):
    return jnp.concatenate([jnp.ravel(w) for w in ws])


@partial(jax.jit, static_argnums=(0,))
def _hessian(sizes, params):
    def loss(p):
        h, s = jnp.ones((1, sizes[0])), 0
        for layer, (a, b) in enumerate(zip(sizes[:-1], sizes[1:])):
            h = jnp.dot(h, p[s:s + a * b].reshape(a, b))
            s += a * b
            if layer + 2 < len(sizes):
                h = gelu(h)
        return h.sum()

    return jax.hessian(loss)(params)


def calculate_hessian(model, params):
    return _hessian(tuple(int(s) for s in model.layer_sizes), params)


@jax.jit
def naive_hvp(hessian, vector):
    return jnp.dot(hessian, vector)


@partial(jax.jit, static_argnums=0)
def hvp(f, x, v):
    return jax.grad(lambda y: jnp.vdot(jax.grad(f)(y), v))(x)


@jax.jit
def gd_loss(alphas, x0):
    def body(k, x):
        return x - alphas[k] * x
    x10 = jax.lax.fori_loop(0, 10, body, x0)
    return 0.5 * jnp.vdot(x10, x10)


@partial(jax.jit, static_argnames=("num_steps",))
def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=2000):
    def body(a, _):
        value, g = jax.value_and_grad(gd_loss)(a, x0)
        return a - beta * g, value
    return jax.lax.scan(body, alphas, None, length=num_steps)


@jax.jit
def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    return jnp.sqrt(g @ g), jnp.linalg.eigvalsh(jax.hessian(gd_loss)(alphas, x0))
