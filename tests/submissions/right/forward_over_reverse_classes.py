import dataclasses
import functools
import jax
import jax.numpy as jnp
from jax.nn import gelu


class BaseMLP:
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
        raise NotImplementedError


class MLP(BaseMLP):
    def get_params(self):
        return jnp.concatenate([w.reshape(-1) for w in self.weights])

    def set_params(self, vec):
        ends = []
        total = 0
        for w in self.weights:
            total += w.size
            ends.append(total)
        begins = [0] + ends[:-1]
        self.weights = [vec[b:e].reshape(w.shape) for b, e, w in zip(begins, ends, self.weights)]
        return self


@dataclasses.dataclass
class Loss:
    model: MLP

    def __call__(self, p):
        twin = object.__new__(type(self.model))
        twin.__dict__.update(self.model.__dict__)
        twin.set_params(p)
        return twin.forward(jnp.ones((1, twin.layer_sizes[0]))).sum()


class HessianCalculator:
    def __call__(self, model, params):
        return jax.hessian(Loss(model).__call__)(params)


class HVP:
    """forward over reverse"""

    def __call__(self, f, x, v):
        return self.push(jax.grad(f), x, v)

    @staticmethod
    def push(g, x, v):
        return jax.jvp(g, (x,), (v,))[1]


calculate_hessian = HessianCalculator()
naive_hvp = functools.partial(jnp.einsum, "ij,j->i")
hvp = HVP()


class Tuner:
    def __init__(self, steps=10):
        self.steps = steps

    def loss(self, alphas, x0):
        x = x0
        for k in range(self.steps):
            x = x - alphas[k] * x
        return jnp.sum(x * x) / 2

    def tune(self, alphas, x0, beta=1e-3, num_steps=800):
        g = jax.jit(jax.grad(self.loss))
        for _ in range(num_steps):
            alphas = alphas - beta * g(alphas, x0)
        return alphas

    def check(self, alphas, x0):
        H = jax.hessian(self.loss)(alphas, x0)
        return jnp.linalg.norm(jax.grad(self.loss)(alphas, x0)), jnp.linalg.eigvalsh(H)


_tuner = Tuner()
gd_loss, tune_step_sizes, local_optimality = _tuner.loss, _tuner.tune, _tuner.check
