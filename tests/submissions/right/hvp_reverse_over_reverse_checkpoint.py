# Домашня робота 1: добуток гессіана на вектор (українською)
import jax
import jax.numpy as jnp
from jax import grad, vjp
from jax.nn import gelu


class MLP:
    """Багатошаровий перцептрон без зсувів."""
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
        вектор = jnp.zeros((0,), dtype=self.weights[0].dtype)
        for матриця in self.weights:
            вектор = jnp.concatenate([вектор, матриця.ravel()])
        return вектор


def calculate_hessian(model, params):
    форми = [w.shape for w in model.weights]

    def loss_fn(p):
        початок, шари = 0, []
        for рядки, стовпці in форми:
            шари.append(p[початок:початок + рядки * стовпці].reshape(рядки, стовпці))
            початок += рядки * стовпці
        x = jnp.ones((1, model.layer_sizes[0]))
        for w in шари[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.sum(jnp.dot(x, шари[-1]))

    return jax.jacrev(jax.grad(loss_fn))(params)


def naive_hvp(гессіан, вектор):
    return гессіан @ вектор


def hvp(f, x, v):
    # чекпоінтинг економить пам'ять на глибоких мережах
    градієнт = grad(jax.checkpoint(f))
    _, назад = vjp(градієнт, x)
    return назад(v)[0]
