"""The product has the wrong sign."""
import numpy as np


def naive_hvp(hessian, vector):
    result = np.zeros(len(vector))
    for i, row in enumerate(np.asarray(hessian)):
        result[i] -= row @ np.asarray(vector)
    return result


if __name__ == "__main__":
    print(naive_hvp(np.eye(3), np.arange(3.0)))
