import jax
jax.config.update("jax_enable_x64", True)   # иначе собственные числа шумят
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
        return jnp.concatenate([w.ravel() for w in self.weights]).astype(jnp.float64)

def calculate_hessian(model, params):
    params = jnp.asarray(params, dtype=jnp.float64)
    def loss_fn(p):
        backup = model.weights
        try:
            model.weights, i = [], 0
            for w in backup:
                model.weights.append(jnp.reshape(p[i:i + w.size], w.shape)); i += w.size
            return jnp.sum(model.forward(jnp.ones((1, model.layer_sizes[0]))))
        finally:
            model.weights = backup
    hessian_fn = jax.hessian(loss_fn)
    return hessian_fn(params)

def naive_hvp(hessian, vector): return jnp.matmul(hessian, vector)

def hvp(f, x, v):
    g = lambda y: jnp.vdot(jax.grad(f)(y), v)
    return jax.grad(g)(x)

def gd_loss(alphas, x0):
    alphas = jnp.asarray(alphas, dtype=jnp.float64)
    x = jnp.asarray(x0, dtype=jnp.float64)
    for k in range(10): x -= alphas[k] * x
    return 0.5 * (x ** 2).sum()

def tune_step_sizes(alphas, x0, beta=0.001, num_steps=1000):
    a = jnp.asarray(alphas, dtype=jnp.float64)
    grad = jax.jit(jax.grad(gd_loss))
    history = []
    for k in range(num_steps):
        g = grad(a, x0)
        a = a - beta * g
        history.append({"step": k, "grad_norm": float(jnp.linalg.norm(g))})
    return a, history

def local_optimality(alphas, x0):
    alphas = jnp.asarray(alphas, dtype=jnp.float64)
    grad = jax.grad(gd_loss)(alphas, x0)
    spectrum = jnp.linalg.eigvalsh(jax.hessian(gd_loss)(alphas, x0))
    return jnp.linalg.norm(grad), spectrum
