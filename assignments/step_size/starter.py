"""Starter for the assignment `step_size`: tuning step sizes by gradient descent."""

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np


def f(x):
    """The function to minimise, (d,) to a scalar."""
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    """Return L(alphas) = f(x_10) after ten gradient steps from `x0`, a scalar."""
    ### YOUR CODE HERE ###
    return None


# The constant beta and the number of steps are your choice: replace both defaults.
def tune_step_sizes(alphas, x0, beta=1e-6, num_steps=1):
    """Return the step sizes after `num_steps` gradient steps on L, shape (10,)."""
    ### YOUR CODE HERE ###
    return None


def local_optimality(alphas, x0):
    """Return the gradient norm of L at `alphas` and its Hessian's eigenvalues, ascending."""
    ### YOUR CODE HERE ###
    return None


if __name__ == "__main__":
    key_x0, key_alphas = jax.random.split(jax.random.PRNGKey(0))
    x0 = jax.random.uniform(key_x0, (1000,))
    alphas = jax.random.uniform(key_alphas, (10,), maxval=0.1)

    print("L at the start:", gd_loss(alphas, x0))
    print("Evidence at the start:", local_optimality(alphas, x0))

    tuned = tune_step_sizes(alphas, x0)
    print("The tuned step sizes:", tuned)
    # Your experiments: L, the evidence and a figure of the schedule, before and after.
