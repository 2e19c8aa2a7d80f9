"""The product is applied twice."""
import jax
import jax.numpy as jnp


def hvp(f, x, v):
    _, H = jax.linearize(jax.grad(f), x)
    _, pullback = jax.vjp(jax.grad(f), x)
    (u,) = pullback(v)   # v^T H
    return H(u)


if __name__ == "__main__":
    print(hvp(lambda x: jnp.sum(x**2) / 2, jnp.ones(3), jnp.arange(3.0)))
