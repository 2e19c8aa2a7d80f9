import jax
import jax.numpy as jnp


def f(x):
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    x = x0
    for a in alphas:
        x = x - a * x
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=300):
    gradient = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas = alphas - beta * gradient(alphas, x0)
    return alphas


def local_optimality(alphas, x0):
    def loss(a):
        return f(x0) * jnp.exp(2 * jnp.sum(jnp.log(1 - a)))

    eigenvalues = jnp.linalg.eigvalsh(jax.hessian(loss)(alphas))
    return jnp.linalg.norm(jax.grad(loss)(alphas)), eigenvalues
