"""Raises an exception that a CI would take for a command of an older kind, wherever it stands."""


def naive_hvp(hessian, vector):
    raise ValueError("x ##[error]pwned ##[add-mask]0 ##[stop-commands]x")
