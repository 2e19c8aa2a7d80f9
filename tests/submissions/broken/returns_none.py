"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


# Задание 1. Гессиан


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
        return jnp.concatenate([w.flatten() for w in self.weights])


def calculate_hessian(model, params):
    def loss_fn(p):
        s, ws = 0, []
        for w in model.weights:
            ws.append(p[s:s + w.size].reshape(w.shape))
            s += w.size
        x = jnp.ones((1, model.layer_sizes[0]))
        for w in ws[:-1]:
            x = gelu(x @ w)
        return jnp.sum(x @ ws[-1])

    hessian_fn = jax.hessian(loss_fn)
    H = hessian_fn(params)
    print("Гессиан:", H.shape)


def naive_hvp(hessian, vector):
    return jnp.dot(hessian, vector)


def hvp(f, x, v):
    return jax.grad(lambda x: jnp.vdot(jax.grad(f)(x), v))(x)


# Задание 2. Шаги


@jax.jit
def gd_loss(alphas, x0):
    # x_{k+1} = (1 - a_k) x_k
    x = x0
    for i in range(alphas.shape[0]):
        x = (1 - alphas[i]) * x
    return jnp.sum(x * x) / 2


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1500):
    dL = jax.grad(gd_loss, argnums=0)
    return jax.lax.fori_loop(0, num_steps, lambda i, a: a - beta * dL(a, x0), alphas)


def local_optimality(a, x0):
    # градієнт близький до нуля? власні числа невід'ємні?
    first = jax.grad(gd_loss)
    second = jax.jacrev(first)
    return jnp.linalg.norm(first(a, x0)), jnp.linalg.eigvalsh(second(a, x0))


if __name__ == "__main__":
    x0 = jax.random.uniform(jax.random.PRNGKey(0), (1000,))
    alphas = jax.random.uniform(jax.random.PRNGKey(1), (10,), maxval=0.1)
    res = tune_step_sizes(alphas, x0)
    print(res)
