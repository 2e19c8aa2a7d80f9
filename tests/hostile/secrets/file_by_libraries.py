"""Lets libraries read a file, some of which open it in C."""

import importlib.machinery
import linecache
import mmap
import os

import jax.numpy as jnp
import numpy as np


def mapped(path):
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)[:]


READERS = [
    lambda path: np.fromfile(path, np.uint8).tobytes(),
    lambda path: np.memmap(path, np.uint8, "r").tobytes(),
    lambda path: np.loadtxt(path, str),
    lambda path: np.genfromtxt(path, str),
    lambda path: jnp.load(path),
    lambda path: linecache.getlines(path)[0],
    lambda path: importlib.machinery.SourceFileLoader("x", path).get_data(path),
    lambda path: os.open(path, os.O_RDWR),
    mapped,
]


def naive_hvp(hessian, vector):
    for reader in READERS:
        try:
            stolen = reader("@CANARY@")
        except (OSError, ValueError, IndexError):
            continue
        raise RuntimeError(f"BREACH: {stolen}")
    return hessian @ vector
