"""Always 100 steps are made, whatever num_steps says."""
import jax
import jax.numpy as jnp
import numpy as np


def gd_loss(alphas, x0):
    # градиент f(x) = 1/2 ||x||^2 равен x
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x ** 2)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=100):
    loss_and_grad = jax.jit(jax.value_and_grad(gd_loss))
    losses = []
    for epoch in range(100):
        L, g = loss_and_grad(alphas, x0)
        losses.append(float(L))
        alphas = alphas - beta * g
    return alphas, np.array(losses)
