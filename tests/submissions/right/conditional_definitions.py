import jax
import jax.numpy as jnp
from jax.nn import gelu

try:
    import optax  # хотел взять готовый оптимизатор
except ImportError:
    optax = None

USE_JVP = True
N_STEPS = 10

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

    @property
    def shapes(self):
        return [(a, b) for a, b in zip(self.layer_sizes[:-1], self.layer_sizes[1:])]

    @staticmethod
    def _join(ws):
        return jnp.concatenate([w.ravel() for w in ws])

    def get_params(self):
        return self._join(self.weights)


def split(p, shapes):
    it = 0
    for a, b in shapes:
        yield p[it:it + a * b].reshape(a, b)
        it += a * b


def calculate_hessian(model, params):
    def loss_fn(p):
        h = jnp.ones((1, model.layer_sizes[0]))
        ws = list(split(p, model.shapes))
        while len(ws) > 1:
            h = gelu(h @ ws.pop(0))
        return jnp.sum(h @ ws[0])

    basis = jnp.eye(len(params), dtype=params.dtype)
    return jnp.stack([hvp(loss_fn, params, e) for e in basis])


def naive_hvp(hessian, vector):
    return sum(hessian[:, i] * vector[i] for i in range(vector.shape[0]))


if USE_JVP:
    def hvp(f, x, v):
        return jax.jvp(jax.grad(f), (x,), (v,))[1]
else:
    def hvp(f, x, v):
        return jax.hessian(f)(x) @ v


def gd_loss(alphas, x0):
    return gd_from(alphas, x0, 0)


def gd_from(alphas, x, k):
    if k == N_STEPS:
        return 0.5 * jnp.vdot(x, x)
    return gd_from(alphas, x - alphas[k] * x, k + 1)


with jax.default_matmul_precision("highest"):
    def tune_step_sizes(alphas, x0, *, beta=1e-3, num_steps=700):
        g = jax.jit(jax.grad(gd_loss))
        for _ in range(num_steps):
            alphas = alphas - beta * g(alphas, x0)
        return alphas


def local_optimality(alphas, x0):
    H = jnp.stack([hvp(lambda a: gd_loss(a, x0), alphas, e) for e in jnp.eye(10, dtype=alphas.dtype)])
    return jnp.linalg.norm(jax.grad(gd_loss)(alphas, x0)), jnp.linalg.eigvalsh(H)
