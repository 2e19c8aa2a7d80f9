# Schöne Grüße, die Übung zur Hesse-Matrix
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
        return jnp.concatenate([w.ravel() for w in self.weights])

def calculate_hessian(model, params):
    sizes = model.layer_sizes
    shapes = list(zip(sizes[:-1], sizes[1:]))
    bounds = [sum(c * d for c, d in shapes[:i]) for i in range(1, len(shapes))]

    def loss_fn(p):
        parts = jnp.split(p, bounds)
        ws = [q.reshape(s) for q, s in zip(parts, shapes)]
        h = jnp.ones((1, sizes[0]))
        for w in ws[:-1]:
            h = gelu(h @ w)
        return (h @ ws[-1]).sum()

    return jax.jacfwd(jax.jacrev(loss_fn))(params)

def naive_hvp(hessian, vector):
    return hessian @ vector      # für alle Vektoren

def hvp(f, x, v):
    return jax.grad(lambda y: jnp.vdot(jax.grad(f)(y), v))(x)
