
import jax
import jax.numpy as jnp
from jax.nn import gelu
from utils import pack, unpack, run_net, STEPS
import utils

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
        return pack(self.weights)


def calculate_hessian(model, params):
    x = jnp.ones((1, model.layer_sizes[0]))
    return jax.hessian(lambda p: run_net(unpack(p, model.weights), x).sum())(params)


def naive_hvp(hessian, vector):
    return jnp.inner(hessian, vector)


def hvp(f, x, v):
    return jax.jvp(jax.grad(f), (x,), (v,))[1]


def gd_loss(alphas, x0):
    x = x0
    for k in range(utils.STEPS):
        x = x - alphas[k] * x
    return jnp.sum(x ** 2) / 2


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=400):
    df = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas = alphas - beta * df(alphas, x0)
    return alphas


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(jax.hessian(gd_loss)(alphas, x0))
