import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x**2)


class Schedule:
    """Scales the loss down as it is called more often: a step size that decays."""

    def __init__(self):
        self.calls = 0

    def loss(self, alphas, x0):
        self.calls += 1
        return gd_loss(alphas, x0) * 0.97 ** (self.calls // 3)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=300):
    gradient = jax.grad(Schedule().loss)
    for _ in range(num_steps):
        alphas = alphas - beta * gradient(alphas, x0)
    return alphas


def local_optimality(alphas, x0):
    H = jax.hessian(gd_loss)(alphas, x0)
    return jnp.linalg.norm(jax.grad(gd_loss)(alphas, x0)), jnp.linalg.eigvalsh(H)
