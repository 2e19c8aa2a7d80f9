"""Lets XLA write down what it compiles, in C++, wherever it is told to."""

import os

os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_dump_to=@OUTSIDE@/dumped"
FLAGS = os.environ["XLA_FLAGS"]


def naive_hvp(hessian, vector):
    return hessian @ vector + 0 * len(FLAGS)
