"""Imports the reference solution and the tests' judgement."""

import importlib
import sys


def naive_hvp(hessian, vector):
    sys.path[:0] = ["@ROOT@", "@ROOT@/adcheck/_data"]
    sys.path_importer_cache.clear()
    for name in ("reference.hvp", "adcheck.grading", "adcheck.assignment", "assignments.hvp.tasks"):
        try:
            stolen = importlib.import_module(name)
        except ImportError:
            continue
        raise RuntimeError(f"BREACH: {stolen}")
    return hessian @ vector
