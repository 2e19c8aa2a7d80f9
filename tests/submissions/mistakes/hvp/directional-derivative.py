"""The derivative of f along v, a number, is returned."""
import jax


def hvp(f, x, v):
    # производная вдоль v, без матрицы
    _, tangent = jax.jvp(f, (x,), (v,))
    return tangent
