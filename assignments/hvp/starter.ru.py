"""Заготовка для задания `hvp`: бенчмарк произведения гессиана на вектор."""

import time

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from jax.nn import gelu
from tqdm.auto import tqdm


class MLP:
    """Многослойный перцептрон без смещений; функция активации — GELU."""

    def __init__(self, key, layer_sizes):
        """Взять по одной матрице из N(0, 1) на каждую пару соседних размеров слоёв."""
        self.layer_sizes = layer_sizes
        keys = jax.random.split(key, len(layer_sizes) - 1)
        self.weights = [
            jax.random.normal(k, (layer_sizes[i], layer_sizes[i + 1])) for i, k in enumerate(keys)
        ]

    def forward(self, x):
        """Перевести пакет (batch, layer_sizes[0]) в выходы (batch, layer_sizes[-1])."""
        for w in self.weights[:-1]:
            x = gelu(jnp.dot(x, w))
        return jnp.dot(x, self.weights[-1])

    def get_params(self):
        """Вернуть все веса одним плоским вектором формы (n,)."""
        ### ВАШ КОД ЗДЕСЬ ###
        return None


def calculate_hessian(model, params):
    """Вернуть гессиан функции потерь в точке `params`, форма (n, n)."""

    def loss_fn(p):
        x = jnp.ones((1, model.layer_sizes[0]))
        return jnp.sum(model.forward(x))

    ### ВАШ КОД ЗДЕСЬ ###
    # hessian_fn =
    # return hessian_fn(params)
    return None


def naive_hvp(hessian, vector):
    """Вернуть произведение гессиана (n, n) на вектор (n,), форма (n,)."""
    ### ВАШ КОД ЗДЕСЬ ###
    return None


def hvp(f, x, v):
    """Вернуть произведение гессиана `f` в точке `x` на `v`, не строя гессиан."""
    ### ВАШ КОД ЗДЕСЬ ###
    return None


def timing_experiment(ns, num_runs):
    """Вернуть среднее и стандартное отклонение трёх времён для каждой глубины из `ns`.

    По строке на каждый элемент `ns`, со столбцами n, full_mean, full_std, naive_mean, naive_std,
    hvp_mean и hvp_std, в секундах: например, списком словарей или как DataFrame из pandas.
    """
    ### ВАШ КОД ЗДЕСЬ ###
    return None


def plot_timings(results):
    """Вернуть рисунок с тремя кривыми из `timing_experiment` и их погрешностями.

    Подпишите обе оси, и пусть легенда говорит, какая кривая какому способу соответствует.
    """
    ### ВАШ КОД ЗДЕСЬ ###
    return None


if __name__ == "__main__":
    ns = np.linspace(50, 1000, 15, dtype=int)  # число скрытых слоёв
    num_runs = 10  # по скольким запускам усреднять
    results = timing_experiment(ns, num_runs)
    print(pd.DataFrame(results))

    plot_timings(results)
    plt.show()
