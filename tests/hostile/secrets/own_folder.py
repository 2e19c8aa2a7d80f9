"""Looks where it was handed in: beside it lie others, and perhaps the reports."""

import os


def naive_hvp(hessian, vector):
    for look in (lambda: os.listdir("@SUBMISSION@"), lambda: open("@SUBMISSION@/own_folder.py")):
        try:
            stolen = look()
        except OSError:
            continue
        raise RuntimeError(f"BREACH: {stolen}")
    return hessian @ vector
