"""The gradient is multiplied by beta twice."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # the gradient of f is x itself, so every step is a multiplication
    return 0.5 * jnp.prod(1 - alphas) ** 2 * jnp.dot(x0, x0)


@jax.jit
def scaled_grad(a, x0, beta):
    return beta * jax.grad(gd_loss)(a, x0)


def tune_step_sizes(alphas, x0, beta=0.03, num_steps=1000):
    for _ in range(num_steps):
        alphas = alphas - beta * scaled_grad(alphas, x0, beta)
    return alphas


if __name__ == "__main__":
    key_x0, key_alphas = jax.random.split(jax.random.PRNGKey(0))
    x0 = jax.random.uniform(key_x0, (1000,))
    alphas = jax.random.uniform(key_alphas, (10,), maxval=0.1)
    print("L at the start:", gd_loss(alphas, x0))
    print("tuned:", tune_step_sizes(alphas, x0))
