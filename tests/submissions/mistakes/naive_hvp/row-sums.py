"""The row sums of the matrix are returned and the vector is not used."""
import numpy as np


def naive_hvp(hessian, vector):
    H = np.asarray(hessian)
    n = vector.shape[0]
    out = []
    for i in range(n):
        # i-я компонента: сумма по j
        out.append(sum(H[i, j] for j in range(n)))
    return np.array(out)
