"""Sets a flag that XLA does not know and ends by: no others must be computed differently for it."""

import os

os.environ["XLA_FLAGS"] = "--nonsense=1"


def naive_hvp(hessian, vector):
    return hessian @ vector + len(os.environ["XLA_FLAGS"])
