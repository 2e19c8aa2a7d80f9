import jax
import jax.numpy as jnp
import numpy as np
from tqdm.auto import tqdm
import matplotlib.pyplot as plt

key = jax.random.PRNGKey(7)
key, sub = jax.random.split(key)


def func(x):
    return 0.5 * jnp.linalg.norm(x) ** 2


def gd_loss(alphas, x0):
    """10 шагов спуска для func, начиная с x0."""
    x = x0
    for i in tqdm(range(10), disable=True):
        x = x - alphas[i] * x
    return 0.5 * jnp.sum(x ** 2)


def tune_step_sizes(alphas, x0, beta=2e-4, num_steps=500):
    losses = []
    pbar = tqdm(range(num_steps), desc="tuning")
    for i in pbar:
        value, g = jax.value_and_grad(gd_loss)(alphas, x0)
        alphas = alphas - beta * g
        losses.append(value.item())
        if i % 100 == 0:
            pbar.set_postfix({"L": losses[-1]})
    return alphas, losses


def show(x0, alphas):
    tuned, losses = tune_step_sizes(alphas, x0)
    plt.semilogy(losses)
    plt.xlabel("итерация")
    plt.ylabel("L")
    plt.show()
    return tuned
