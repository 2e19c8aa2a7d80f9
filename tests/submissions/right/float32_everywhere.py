import jax, jax.numpy as jnp, numpy as np
from jax.nn import gelu
# на видеокарте double медленный, поэтому везде float32
F = jnp.float32

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
        return jnp.concatenate([jnp.asarray(w, F).flatten() for w in self.weights])

def calculate_hessian(model, params):
    def loss_fn(p):
        n = 0
        x = jnp.ones((1, model.layer_sizes[0]), dtype=F)
        mats = []
        for w in model.weights:
            mats.append(p[n:n + w.size].reshape(w.shape)); n += w.size
        for m in mats[:-1]:
            x = gelu(x @ m)
        return (x @ mats[-1]).sum()
    return jax.hessian(loss_fn)(jnp.asarray(params, F))

def naive_hvp(hessian, vector):
    return jnp.asarray(hessian, F) @ jnp.asarray(vector, F)

def hvp(f, x, v):
    x, v = jnp.asarray(x, F), jnp.asarray(v, F)
    res = jax.jvp(jax.grad(f), (x,), (v,))[1]
    return res.astype(F)

def gd_loss(alphas, x0):
    al, x = jnp.asarray(alphas, F), jnp.asarray(x0, F)
    for k in range(10):
        x = x - al[k] * x
    return F(0.5) * jnp.sum(x * x)

def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=1000):
    al = jnp.asarray(alphas, F)
    g = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        al = al - F(beta) * g(al, x0)
    return al

def local_optimality(alphas, x0):
    al = jnp.asarray(alphas, F)
    return (np.float32(jnp.linalg.norm(jax.grad(gd_loss)(al, x0))),
            np.linalg.eigvalsh(np.asarray(jax.hessian(gd_loss)(al, x0), dtype=np.float32)))
