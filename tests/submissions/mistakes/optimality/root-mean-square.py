"""The root of the mean square of the gradient is returned instead of its norm."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # градиент f(x) = 1/2 ||x||^2 равен x
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x ** 2)


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    rms = jnp.sqrt(jnp.mean(g ** 2))
    lam = jnp.linalg.eigvalsh(jax.hessian(gd_loss)(alphas, x0))
    return rms, jnp.sort(lam)
