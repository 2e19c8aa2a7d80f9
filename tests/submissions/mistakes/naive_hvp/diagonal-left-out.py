"""The diagonal entries are left out of the sums."""
import numpy as np


def naive_hvp(hessian, vector):
    """Произведение по определению, двумя циклами."""
    H, v = np.array(hessian), np.array(vector)
    n = v.size
    return np.array([sum(H[i, j] * v[j] for j in range(n) if j != i) for i in range(n)])
