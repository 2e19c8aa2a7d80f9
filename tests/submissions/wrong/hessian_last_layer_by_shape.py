import jax
import jax.numpy as jnp
from jax.nn import gelu


def calculate_hessian(model, params):
    shapes = [w.shape for w in model.weights]

    def loss(p):
        x, start = jnp.ones((1, shapes[0][0])), 0
        for rows, columns in shapes:
            x = x @ p[start : start + rows * columns].reshape(rows, columns)
            start += rows * columns
            if (rows, columns) != shapes[-1]:
                x = gelu(x)
        return x.sum()

    return jax.hessian(loss)(params)


def naive_hvp(hessian, vector):
    return hessian @ vector


def hvp(f, x, v):
    return jax.jvp(jax.grad(f), (x,), (v,))[1]
