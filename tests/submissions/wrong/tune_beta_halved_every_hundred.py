import jax
import jax.numpy as jnp
import numpy as np


def f(x):
    return 0.5 * jnp.dot(x, x)


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        x = x - a * jax.grad(f)(x)
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=400):
    grad = jax.jit(jax.grad(gd_loss))
    for step in range(1, num_steps + 1):
        alphas = alphas - beta * grad(alphas, x0)
        if step % 100 == 0:
            beta = beta / 2
    return alphas


def local_optimality(alphas, x0):
    g = jax.grad(gd_loss)(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(g), jnp.linalg.eigvalsh(H)


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    start = jnp.asarray(rng.uniform(0, 0.1, 10))
    print(tune_step_sizes(start, jnp.asarray(rng.uniform(0, 1, 1000))))
