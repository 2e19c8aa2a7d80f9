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
        leaves = jax.tree_util.tree_leaves(self.weights)
        return jnp.concatenate(list(map(jnp.ravel, leaves)))


def calculate_hessian(model, params):
    def loss_fn(p):
        # раскладываем плоский вектор обратно по слоям
        start = 0
        new_weights = []
        for w in model.weights:
            new_weights.append(p[start:start + w.size].reshape(w.shape))
            start += w.size
        model.weights = new_weights
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(model.forward(x))

    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)


def naive_hvp(hessian, vector):
    return jnp.dot(hessian, vector)


def hvp(f, x, v):
    _, lin = jax.linearize(jax.grad(f), x)
    return lin(v)


### Step sizes


def gd_loss(alphas, x0):
    x = x0
    for k in range(1, 10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x ** 2)


def tune_step_sizes(alphas, x0, beta=5e-4, num_steps=2000):
    value_and_grad = jax.jit(jax.value_and_grad(gd_loss))
    losses = []
    for step in range(num_steps):
        loss, g = value_and_grad(alphas, x0)
        losses.append(float(loss))
        alphas = alphas - beta * g
    return alphas, losses


def local_optimality(a, x0):
    # градієнт близький до нуля? власні числа невід'ємні?
    first = jax.grad(gd_loss)
    second = jax.jacrev(first)
    return jnp.linalg.norm(first(a, x0)), jnp.linalg.eigvalsh(second(a, x0))


# x0 = jax.random.uniform(jax.random.PRNGKey(3), (1000,))
# print(gd_loss(jnp.linspace(0, 0.1, 10), x0))
