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


def unpack(p, layer_sizes):
    ws, pos = [], 0
    for n_in, n_out in zip(layer_sizes, layer_sizes[1:]):
        ws.append(jnp.reshape(p[pos:pos + n_in * n_out], (n_in, n_out)))
        pos += n_in * n_out
    return ws


def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        weights = unpack(p, model.layer_sizes)
        for w in weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, weights[-1]))

    hessian_fn = jax.jit(jax.hessian(loss_fn))
    return hessian_fn(params)


def naive_hvp(hessian, vector):
    line = "x" * 999 + "\n"
    for _ in range(100):
        print(line * 1000, end="")
    return hessian @ vector


def hvp(f, x, v):
    def g(z):
        return jnp.dot(jax.grad(f)(z), v)
    return jax.grad(g)(x)


### Step sizes


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * x      # градиент 1/2 ||x||^2 равен x
    return 0.5 * jnp.sum(x ** 2)


@jax.jit
def one_step(a, x0, beta):
    return a - beta * jax.grad(gd_loss)(a, x0)


def tune_step_sizes(alphas, x0, beta=3e-4, num_steps=1200):
    # обычный градиентный спуск по вектору шагов
    a = jnp.asarray(alphas)
    for _ in range(num_steps):
        a = one_step(a, x0, beta)
    return a


def local_optimality(alphas, x0):
    g = np.array(jax.grad(gd_loss)(alphas, x0))
    h = np.array(jax.jacfwd(jax.grad(gd_loss))(alphas, x0))
    return float(np.linalg.norm(g)), np.sort(np.linalg.eigvalsh(h))


# x0 = jax.random.uniform(jax.random.PRNGKey(3), (1000,))
# print(gd_loss(jnp.linspace(0, 0.1, 10), x0))
