"""Returns an array that shares its memory with a thread that goes on writing to it."""

import threading

import numpy as np


def rewrite(array):
    while True:
        array += 1.0


def naive_hvp(hessian, vector):
    array = np.zeros(vector.size)
    threading.Thread(target=rewrite, args=(array,), daemon=True).start()
    return array
