"""RMSprop is used instead of plain gradient descent."""
import jax
import jax.numpy as jnp


def gd_loss(alphas, x0):
    # градиент f(x) = 1/2 ||x||^2 равен x
    x = x0
    for k in range(10):
        x = x - alphas[k] * x
    return 0.5 * jnp.sum(x ** 2)


class RMSprop:
    def __init__(self, lr, decay=0.9, eps=1e-8):
        self.lr, self.decay, self.eps = lr, decay, eps
        self.s = 0.0

    def step(self, a, g):
        self.s = self.decay * self.s + (1 - self.decay) * g ** 2
        return a - self.lr * g / (jnp.sqrt(self.s) + self.eps)


def tune_step_sizes(alphas, x0, beta=1e-3, num_steps=500):
    opt = RMSprop(lr=beta)
    g = jax.jit(jax.grad(gd_loss))
    for _ in range(num_steps):
        alphas = opt.step(alphas, g(alphas, x0))
    return alphas
