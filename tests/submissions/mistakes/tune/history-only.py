"""Only the list of the losses is returned."""
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt


def f(x):
    """The function to minimise, (d,) to a scalar."""
    return 0.5 * jnp.sum(x**2)


def gd_loss(alphas, x0):
    """Return L(alphas) = f(x_10) after ten gradient steps from `x0`, a scalar."""
    x = x0
    for k in range(10):
        x = x - alphas[k] * jax.grad(f)(x)
    return f(x)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=500):
    loss_and_grad = jax.jit(jax.value_and_grad(gd_loss))
    losses = []
    for _ in range(num_steps):
        loss, g = loss_and_grad(alphas, x0)
        alphas = alphas - beta * g
        losses.append(loss.item())
    return losses


if __name__ == "__main__":
    x0 = jax.random.uniform(jax.random.PRNGKey(0), (1000,))
    a = jax.random.uniform(jax.random.PRNGKey(1), (10,), maxval=0.1)
    plt.semilogy(tune_step_sizes(a, x0))
    plt.show()
