import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt

# ---------- Задача 2: настройка шагов ----------
BETA = 5e-4
STEPS = 1000

def f(x):
    return jnp.sum(x ** 2) / 2

def gd_loss(alphas, x0):
    x = x0
    for k in range(10):
        x = x - alphas[k] * jax.grad(f)(x)
    return f(x)

grad_loss = jax.jit(jax.grad(gd_loss))

def tune_step_sizes(alphas, x0):
    for it in range(STEPS):
        alphas = alphas - BETA * grad_loss(alphas, x0)
    return alphas

def local_optimality(alphas, x0):
    g = grad_loss(alphas, x0)
    H = jax.hessian(gd_loss)(alphas, x0)
    eig = jnp.linalg.eigvalsh(H)
    return jnp.sqrt(jnp.sum(jnp.square(g))), eig

def main():
    k1, k2 = jax.random.split(jax.random.PRNGKey(2024))
    x0 = jax.random.uniform(k1, (1000,))
    a0 = jax.random.uniform(k2, (10,), minval=0.0, maxval=0.1)
    a1 = tune_step_sizes(a0, x0)
    print("L:", gd_loss(a0, x0), "->", gd_loss(a1, x0))
    print("оптимальность:", local_optimality(a1, x0))
    plt.bar(range(10), a1); plt.show()

if __name__ == '__main__':
    main()
