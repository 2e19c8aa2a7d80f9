"""Leaves work for the moment at which the interpreter ends, and for when memory is tidied up."""

import atexit
import gc
import os
import weakref


class Parting:
    def __del__(self):
        write("deleted")


def write(name):
    try:
        with open("@OUTSIDE@/" + name, "w") as file:
            file.write("late")
    except OSError:
        pass


def naive_hvp(hessian, vector):
    parting = Parting()
    parting.itself = parting
    weakref.finalize(parting, write, "finalized")
    atexit.register(write, "exited")
    gc.callbacks.append(lambda phase, info: write("collected"))
    os.register_at_fork(after_in_child=lambda: write("forked"))
    return hessian @ vector
