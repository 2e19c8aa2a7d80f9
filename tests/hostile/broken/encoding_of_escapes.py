# -*- coding: unicode_escape -*-
"""Hides its code in an encoding in which a comment is none."""
# an innocent comment \ndef naive_hvp(hessian, vector): return hessian @ vector
