"""Looks around in the home folder."""

import os


def naive_hvp(hessian, vector):
    for folder in ("@HOME@", "@HOME@/.ssh", "@HOME@/.config", "/home", "/root", "/"):
        try:
            stolen = os.listdir(folder)
        except OSError:
            continue
        raise RuntimeError(f"BREACH: {folder} holds {stolen[:3]}")
    return hessian @ vector
