"""Заготовка для задания `step_size`: подбор шагов градиентным спуском."""

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np


def f(x):
    """Функция, которую минимизируем, из (d,) в скаляр."""
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    """Вернуть L(alphas) = f(x_10) после десяти градиентных шагов от `x0`, скаляр."""
    ### ВАШ КОД ЗДЕСЬ ###
    return None


# Постоянную beta и число шагов выбираете вы: замените оба значения по умолчанию.
def tune_step_sizes(alphas, x0, beta=1e-6, num_steps=1):
    """Вернуть длины шагов после `num_steps` градиентных шагов по L, форма (10,)."""
    ### ВАШ КОД ЗДЕСЬ ###
    return None


def local_optimality(alphas, x0):
    """Вернуть норму градиента L в `alphas` и собственные значения гессиана, по возрастанию."""
    ### ВАШ КОД ЗДЕСЬ ###
    return None


if __name__ == "__main__":
    key_x0, key_alphas = jax.random.split(jax.random.PRNGKey(0))
    x0 = jax.random.uniform(key_x0, (1000,))
    alphas = jax.random.uniform(key_alphas, (10,), maxval=0.1)

    print("L в начале:", gd_loss(alphas, x0))
    print("Признаки в начале:", local_optimality(alphas, x0))

    tuned = tune_step_sizes(alphas, x0)
    print("Подобранные длины шагов:", tuned)
    # Ваши эксперименты: L, признаки и рисунок длин шагов, до и после.
