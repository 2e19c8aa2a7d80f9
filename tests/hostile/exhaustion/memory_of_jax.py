"""Takes memory for arrays of JAX's, up to three gigabytes."""

import jax.numpy as jnp
import numpy as np


def naive_hvp(hessian, vector):
    held = [jnp.asarray(np.full((4096, 4096), float(i))) for i in range(24)]
    return hessian @ vector + 0 * sum(array[0, 0] for array in held)
