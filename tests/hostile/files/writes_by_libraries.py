"""Lets libraries write files, some of which open them in C."""

import shelve
import sqlite3

import numpy as np


def naive_hvp(hessian, vector):
    for write in (
        lambda: np.ones(2).tofile("@OUTSIDE@/tofile"),
        lambda: np.memmap("@OUTSIDE@/memmap", np.uint8, "w+", shape=10),
        lambda: np.save("@OUTSIDE@/save", np.ones(2)),
        lambda: sqlite3.connect("@OUTSIDE@/sqlite").execute("create table t (x)"),
        lambda: shelve.open("@OUTSIDE@/shelf"),
    ):
        try:
            write()
        except (OSError, sqlite3.Error):
            pass
    return hessian @ vector
