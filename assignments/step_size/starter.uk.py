"""Заготовка для завдання `step_size`: підбір кроків градієнтним спуском."""

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np


def f(x):
    """Функція, яку мінімізуємо, з (d,) у скаляр."""
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    """Повернути L(alphas) = f(x_10) після десяти градієнтних кроків від `x0`, скаляр."""
    ### ВАШ КОД ТУТ ###
    return None


# Сталу beta і кількість кроків вибираєте ви: замініть обидва значення за замовчуванням.
def tune_step_sizes(alphas, x0, beta=1e-6, num_steps=1):
    """Повернути довжини кроків після `num_steps` градієнтних кроків за L, форма (10,)."""
    ### ВАШ КОД ТУТ ###
    return None


def local_optimality(alphas, x0):
    """Повернути норму градієнта L в `alphas` і власні значення гессіана, за зростанням."""
    ### ВАШ КОД ТУТ ###
    return None


if __name__ == "__main__":
    key_x0, key_alphas = jax.random.split(jax.random.PRNGKey(0))
    x0 = jax.random.uniform(key_x0, (1000,))
    alphas = jax.random.uniform(key_alphas, (10,), maxval=0.1)

    print("L на початку:", gd_loss(alphas, x0))
    print("Ознаки на початку:", local_optimality(alphas, x0))

    tuned = tune_step_sizes(alphas, x0)
    print("Підібрані довжини кроків:", tuned)
    # Ваші експерименти: L, ознаки та рисунок довжин кроків, до і після.
