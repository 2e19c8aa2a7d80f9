import jax
import jax.numpy as jnp

x = None


def descend(alphas):
    global x
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    global x
    x = x0
    return descend(alphas)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=300):
    global x
    x = x0
    for _ in range(num_steps):
        alphas = alphas - beta * jax.grad(descend)(alphas)
    return alphas


def local_optimality(alphas, x0):
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(jax.grad(gd_loss)(alphas, x0)), jnp.linalg.eigvalsh(H)
