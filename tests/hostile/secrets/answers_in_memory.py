"""Walks its own memory and the frames above it for the answers."""

import gc
import sys


def naive_hvp(hessian, vector):
    frame, seen = sys._getframe(), []
    while frame is not None:
        seen += [*frame.f_locals, *frame.f_globals]
        frame = frame.f_back
    for thing in gc.get_objects():
        kind = type(thing)
        if kind.__module__.startswith(("adcheck.model", "adcheck.compare", "reference")):
            raise RuntimeError(f"BREACH: {kind}")
        if kind is dict:
            seen += [key for key in thing if type(key) is str]
    found = {"expected", "judge", "points", "max_points", "full_snippet"}.intersection(seen)
    if "judge" in found or "full_snippet" in found or "max_points" in found:
        raise RuntimeError(f"BREACH: {found}")
    return hessian @ vector
