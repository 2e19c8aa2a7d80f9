"""Starter for the assignment `hvp`: benchmarking the Hessian-vector product."""

import time

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from jax.nn import gelu
from tqdm.auto import tqdm


class MLP:
    """A multilayer perceptron without biases; the activation is GELU."""

    def __init__(self, key, layer_sizes):
        """Draw one N(0, 1) matrix for each pair of neighbouring layer sizes."""
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [
            jax.random.normal(k, (layer_sizes[i], layer_sizes[i + 1])) for i, k in enumerate(keys)
        ]

    def forward(self, x):
        """Map a batch (batch, layer_sizes[0]) to the outputs (batch, layer_sizes[-1])."""
        for w in self.weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.dot(x, self.weights[-1])

    def get_params(self):
        """Return all weights as one flat vector of shape (n,)."""
        ### YOUR CODE HERE ###
        return None


def calculate_hessian(model, params):
    """Return the Hessian of the loss at `params`, shape (n, n)."""

    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(model.forward(x))

    ### YOUR CODE HERE ###
    # hessian_fn =
    # return hessian_fn(params)
    return None


def naive_hvp(hessian, vector):
    """Return the product of a Hessian (n, n) with a vector (n,), shape (n,)."""
    ### YOUR CODE HERE ###
    return None


def hvp(f, x, v):
    """Return the product of the Hessian of `f` at `x` with `v`, without forming the Hessian."""
    ### YOUR CODE HERE ###
    return None


def timing_experiment(ns, num_runs):
    """Return the mean and standard deviation of three times for each depth in `ns`.

    A row for each entry of `ns`, with the columns n, full_mean, full_std, naive_mean, naive_std,
    hvp_mean and hvp_std, in seconds: as a list of dictionaries, say, or as a pandas DataFrame.
    """
    ### YOUR CODE HERE ###
    return None


def plot_timings(results):
    """Return a figure with the three curves of `timing_experiment` and their error bars.

    Label both axes, and let a legend tell which curve is which method.
    """
    ### YOUR CODE HERE ###
    return None


if __name__ == "__main__":
    ns = np.linspace(50, 1000, 15, dtype=int)  # the number of hidden layers
    num_runs = 10  # the number of runs to average over
    results = timing_experiment(ns, num_runs)
    print(pd.DataFrame(results))

    plot_timings(results)
    plt.show()
