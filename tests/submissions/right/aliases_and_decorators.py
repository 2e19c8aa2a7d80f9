import time, functools
import numpy as np
import jax, jax.numpy as jnp
from jax.nn import gelu

def timed(fn):
    @functools.wraps(fn)
    def inner(*args, **kwargs):
        t0 = time.perf_counter()
        out = fn(*args, **kwargs)
        inner.last = time.perf_counter() - t0
        return out
    return inner

def log_calls(prefix="call"):
    def deco(fn):
        counter = {"n": 0}
        def wrapped(*a, **k):
            counter["n"] += 1
            return fn(*a, **k)
        wrapped.counter = counter
        return wrapped
    return deco

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

def flat(model):
    return jnp.hstack([w.ravel() for w in model.weights])

MLP.get_params = flat

@timed
def my_hessian(model, params):
    """params -> матрицы -> сумма выхода -> вторые производные"""
    cuts = list(np.cumsum([w.size for w in model.weights]))[:-1]
    shapes = [w.shape for w in model.weights]
    def loss_fn(p):
        mats = [c.reshape(s) for c, s in zip(jnp.split(p, cuts), shapes)]
        a = jnp.ones((1, model.layer_sizes[0]))
        for m in mats[:-1]:
            a = gelu(a @ m)
        return jnp.sum(a @ mats[-1])
    return jax.jacrev(jax.jacfwd(loss_fn))(params)

@log_calls("hvp")
def my_hvp(f, x, v):
    primal, pullback = jax.vjp(jax.grad(f), x)
    (answer,) = pullback(v)
    return answer

calculate_hessian = my_hessian
hessian = my_hessian
naive_hvp = timed(lambda H, v: H @ v)
hvp = my_hvp

@log_calls()
@jax.jit
def gd_loss(alphas, x0):
    scale = functools.reduce(lambda acc, k: acc * (1 - alphas[k]), range(10), 1.0)
    return 0.5 * jnp.sum((scale * x0) ** 2)

@timed
def tune(alphas, x0, beta=1e-3, num_steps=600):
    d = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps): alphas -= beta * d(alphas, x0)
    return alphas
tune_step_sizes = tune

local_optimality = lambda a, x0: (
    jnp.linalg.norm(jax.grad(gd_loss)(a, x0)),
    jnp.linalg.eigh(jax.hessian(gd_loss)(a, x0))[0],
)
