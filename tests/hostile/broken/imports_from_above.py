"""Imports from the folders above, from another student's folder."""

from ....others.petrov.hw import ANSWER
from ..others.petrov.hw import ANSWER as second
from others.petrov.hw import ANSWER as third


def naive_hvp(hessian, vector):
    for stolen in ("ANSWER", "second", "third"):
        if isinstance(globals().get(stolen), str):
            raise RuntimeError("BREACH: " + globals()[stolen])
    return hessian @ vector
