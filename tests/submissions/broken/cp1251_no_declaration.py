# Домашняя работа, кодировка из Блокнота
import jax
import jax.numpy as jnp
import numpy as np


### Step sizes


def gd_loss(alphas, x0):
    """Десять шагов спуска для половины квадрата нормы."""
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.dot(x, x)


def tune_step_sizes(alphas, x0, lr=2e-4, n_iters=800):
    grad_fn = jax.jit(jax.grad(gd_loss))
    i = 0
    while i < n_iters:
        alphas = alphas - lr * grad_fn(alphas, x0)
        i += 1
    return alphas


def local_optimality(alphas, x0):
    loss = lambda a: gd_loss(a, x0)
    hess = jax.hessian(loss)(alphas)
    lam = jnp.linalg.eigvalsh((hess + hess.T) / 2)
    return jnp.linalg.norm(jax.grad(loss)(alphas), 2), lam
