"""Заготовка для завдання `hvp`: бенчмарк добутку гессіана на вектор."""

import time

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from jax.nn import gelu
from tqdm.auto import tqdm


class MLP:
    """Багатошаровий перцептрон без зсувів; функція активації — GELU."""

    def __init__(self, key, layer_sizes):
        """Узяти по одній матриці з N(0, 1) на кожну пару сусідніх розмірів шарів."""
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [
            jax.random.normal(k, (layer_sizes[i], layer_sizes[i + 1])) for i, k in enumerate(keys)
        ]

    def forward(self, x):
        """Перевести пакет (batch, layer_sizes[0]) у виходи (batch, layer_sizes[-1])."""
        for w in self.weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.dot(x, self.weights[-1])

    def get_params(self):
        """Повернути всі ваги одним плоским вектором форми (n,)."""
        ### ВАШ КОД ТУТ ###
        return None


def calculate_hessian(model, params):
    """Повернути гессіан функції втрат у точці `params`, форма (n, n)."""

    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(model.forward(x))

    ### ВАШ КОД ТУТ ###
    # hessian_fn =
    # return hessian_fn(params)
    return None


def naive_hvp(hessian, vector):
    """Повернути добуток гессіана (n, n) на вектор (n,), форма (n,)."""
    ### ВАШ КОД ТУТ ###
    return None


def hvp(f, x, v):
    """Повернути добуток гессіана `f` у точці `x` на `v`, не будуючи гессіан."""
    ### ВАШ КОД ТУТ ###
    return None


def timing_experiment(ns, num_runs):
    """Повернути середнє та стандартне відхилення трьох часів для кожної глибини з `ns`.

    По рядку на кожен елемент `ns`, зі стовпцями n, full_mean, full_std, naive_mean, naive_std,
    hvp_mean і hvp_std, у секундах: наприклад, списком словників або як DataFrame із pandas.
    """
    ### ВАШ КОД ТУТ ###
    return None


def plot_timings(results):
    """Повернути рисунок із трьома кривими з `timing_experiment` та їхніми похибками.

    Підпишіть обидві осі, і нехай легенда каже, яка крива якому способу відповідає.
    """
    ### ВАШ КОД ТУТ ###
    return None


if __name__ == "__main__":
    ns = np.linspace(50, 1000, 15, dtype=int)  # кількість прихованих шарів
    num_runs = 10  # за скількома запусками усереднювати
    results = timing_experiment(ns, num_runs)
    print(pd.DataFrame(results))

    plot_timings(results)
    plt.show()
