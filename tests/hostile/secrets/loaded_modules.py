"""Looks for the grader's modules among those that are loaded already."""

import sys


def naive_hvp(hessian, vector):
    grader = ("reference", "assignments", "adcheck.grading", "adcheck.assignment", "adcheck.model",
              "adcheck.compare", "adcheck.verdict", "adcheck.running", "adcheck.sandbox.launch")
    stolen = [name for name in sys.modules if name.startswith(grader)]
    if stolen:
        raise RuntimeError(f"BREACH: {stolen}")
    return hessian @ vector
