"""ДЗ: HVP и подбор шагов."""
import jax, time
import numpy as np
from jax import numpy as jnp
from jax.nn import gelu
from matplotlib import pyplot as plt


### HVP


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
    original = list(model.weights)

    def loss_fn(p):
        used = 0
        for i, w in enumerate(original):
            model.weights[i] = p[used: used + w.size].reshape(w.shape)
            used = used + w.size
        return jnp.sum(model.forward(jnp.ones((1, model.layer_sizes[0]))))

    try:
        return jax.jacrev(jax.jacrev(loss_fn))(params)
    finally:
        model.weights = original


def naive_hvp(hessian, vector):
    lam, q = jnp.linalg.eigh(hessian)
    return q.astype(complex) @ (lam * (q.T @ vector))


def hvp(f, x, v):
    def g(z):
        return jnp.dot(jax.grad(f)(z), v)
    return jax.grad(g)(x)


### Step sizes


def gd_loss(alphas, x0):
    body = lambda k, x: x * (1.0 - alphas[k])
    x10 = jax.lax.fori_loop(0, 10, body, x0)
    return jnp.sum(x10 ** 2) / 2


def tune_step_sizes(alphas, x0, beta=5e-4, num_steps=2000):
    value_and_grad = jax.jit(jax.value_and_grad(gd_loss))
    losses = []
    for step in range(num_steps):
        loss, g = value_and_grad(alphas, x0)
        losses.append(float(loss))
        alphas = alphas - beta * g
    return alphas, losses


def local_optimality(alphas, x0):
    loss = lambda a: gd_loss(a, x0)
    hess = jax.hessian(loss)(alphas)
    lam = jnp.linalg.eigvalsh((hess + hess.T) / 2)
    return jnp.linalg.norm(jax.grad(loss)(alphas), 2), lam


# x0 = jax.random.uniform(jax.random.PRNGKey(3), (1000,))
# print(gd_loss(jnp.linspace(0, 0.1, 10), x0))
