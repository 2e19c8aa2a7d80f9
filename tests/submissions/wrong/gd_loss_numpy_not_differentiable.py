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
        from jax.flatten_util import ravel_pytree
        return ravel_pytree(self.weights)[0]


def calculate_hessian(model, params):
    sizes = model.layer_sizes
    shapes = list(zip(sizes[:-1], sizes[1:]))
    bounds = np.cumsum([a * b for a, b in shapes])[:-1]

    def loss_fn(p):
        parts = jnp.split(p, bounds)
        ws = [q.reshape(s) for q, s in zip(parts, shapes)]
        h = jnp.ones((1, sizes[0]))
        for w in ws[:-1]:
            h = gelu(h @ w)
        return (h @ ws[-1]).sum()

    return jax.jacfwd(jax.jacrev(loss_fn))(params)


naive_hvp = lambda hessian, vector: hessian.dot(vector)


def hvp(fun, point, direction):
    # производная градиента вдоль направления
    along = lambda t: jax.grad(fun)(point + t * direction)
    return jax.jacfwd(along)(0.0)


### Step sizes


def gd_loss(alphas, x0):
    x = np.array(x0)
    for a in np.array(alphas):
        x = x - a * x
    return 0.5 * float(np.dot(x, x))


def analytic_grad(alphas, x0):
    u = 1.0 - np.asarray(alphas)
    c = float(np.sum(np.asarray(x0) ** 2))
    return np.array([-c * u[j] * np.prod(np.delete(u, j)) ** 2 for j in range(u.size)])


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=500):
    alphas = np.array(alphas)
    for _ in range(num_steps):
        alphas = alphas - beta * analytic_grad(alphas, x0)
    return alphas


def local_optimality(alphas, x0):
    u = 1.0 - np.asarray(alphas)
    c = float(np.sum(np.asarray(x0) ** 2))
    H = np.empty((10, 10))
    for i in range(10):
        for j in range(10):
            rest = np.prod(np.delete(u, [i, j])) ** 2
            H[i, j] = c * rest if i == j else 2 * c * u[i] * u[j] * rest
    return np.linalg.norm(analytic_grad(alphas, x0)), np.linalg.eigvalsh(H)


if __name__ == "__main__":
    x0 = jax.random.uniform(jax.random.PRNGKey(0), (1000,))
    alphas = jax.random.uniform(jax.random.PRNGKey(1), (10,), maxval=0.1)
    res = tune_step_sizes(alphas, x0)
    print(res)
