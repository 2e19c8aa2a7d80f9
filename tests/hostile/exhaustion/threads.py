"""Starts fifty threads that sleep: a nuisance, and allowed."""

import threading
import time


def naive_hvp(hessian, vector):
    while threading.active_count() < 50:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    return hessian @ vector
