import jax, jax.numpy as jnp
from jax.nn import gelu
import math

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
        res = []
        for w in self.weights:
            for row in w.tolist():
                res.extend(row)
        return res

    def with_params(self, p):
        ws, i = [], 0
        for w in self.weights:
            rows, cols = w.shape
            ws.append(jnp.stack([jnp.stack([p[i + r * cols + c] for c in range(cols)]) for r in range(rows)]))
            i += rows * cols
        return ws

def calculate_hessian(model, params):
    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        ws = model.with_params(p)
        for w in ws[:-1]: x = gelu(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, ws[-1]))
    return jax.hessian(loss_fn)(jnp.array(params)).tolist()

def naive_hvp(hessian, vector):
    rows, vec = jnp.asarray(hessian).tolist(), jnp.asarray(vector).tolist()
    return [math.fsum(h * u for h, u in zip(row, vec)) for row in rows]

def hvp(f, x, v):
    x = jnp.array(x); v = jnp.array(v)
    return jax.grad(lambda z: jax.grad(f)(z) @ v)(x).tolist()

def gd_loss(alphas, x0):
    u = 1
    for a in alphas: u = u * (1 - a)
    return u * u * jnp.sum(jnp.asarray(x0) ** 2) / 2

def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=400):
    dL = jax.jit(jax.grad(gd_loss))
    a = [float(t) for t in alphas]
    for _ in range(num_steps):
        g = dL(jnp.array(a), x0).tolist()
        a = [s - beta * t for s, t in zip(a, g)]
    return a

def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(jnp.array(alphas), x0)
    H = jax.hessian(gd_loss)(jnp.array(alphas), x0)
    return math.sqrt(sum(t * t for t in g.tolist())), sorted(jnp.linalg.eigvalsh(H).tolist())
