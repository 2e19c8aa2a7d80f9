import jax
import jax.numpy as jnp

def gd_loss(alphas, x0):
    """L(alpha) = f(x_10)."""
    # x_{k+1} = x_k - a_k x_k
    coef = jnp.cumprod(1 - alphas)[-1]
    return 0.5 * coef ** 2 * jnp.vdot(x0, x0)

def tune_step_sizes(alphas, x0, beta=None, num_steps=None):
    raise NotImplementedError

def local_optimality(alphas, x0):
    ...
