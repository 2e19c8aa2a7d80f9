# -*- coding: utf-7 -*-
"""Hides its code in an encoding of mail."""
# +AAo-def naive_hvp(hessian, vector): return hessian +AEA- vector
