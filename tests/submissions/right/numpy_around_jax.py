import numpy as np
import jax
import jax.numpy as jnp
from jax.nn import gelu

# всё, что наружу, переводим в numpy - так удобнее строить графики

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
        total = sum(int(np.prod(w.shape)) for w in self.weights)
        buf = np.empty(total, dtype=np.asarray(self.weights[0]).dtype)
        pos = 0
        for w in self.weights:
            flat = np.asarray(w).ravel()
            buf[pos:pos + flat.size] = flat
            pos += flat.size
        return buf


def calculate_hessian(model, params):
    dims = list(model.layer_sizes)

    def loss_fn(p):
        x = jnp.ones((1, dims[0]))
        taken = 0
        for i in range(len(dims) - 1):
            m = dims[i] * dims[i + 1]
            x = x @ p[taken:taken + m].reshape(dims[i], dims[i + 1])
            taken += m
            if i < len(dims) - 2:
                x = gelu(x)
        return jnp.sum(x)

    return np.asarray(jax.hessian(loss_fn)(jnp.asarray(params)))


def naive_hvp(hessian, vector):
    return np.asarray(hessian).dot(np.asarray(vector))


def hvp(f, x, v):
    x, v = jnp.asarray(x), jnp.asarray(v)
    return np.asarray(jax.jvp(jax.grad(f), (x,), (v,))[1])


def gd_loss(alphas, x0):
    x = jnp.asarray(x0)
    for k in range(len(alphas)):
        x = x - alphas[k] * x
    return jnp.dot(x, x) / 2


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=500):
    grad_L = jax.jit(jax.grad(gd_loss))
    a = np.array(alphas)
    for _ in range(num_steps):
        a = a - beta * np.asarray(grad_L(jnp.asarray(a), x0))
    return a


def local_optimality(alphas, x0):
    g = np.asarray(jax.grad(gd_loss)(alphas, x0))
    H = np.asarray(jax.hessian(gd_loss)(alphas, x0))
    return float(np.linalg.norm(g)), np.linalg.eigvalsh(H).tolist()
