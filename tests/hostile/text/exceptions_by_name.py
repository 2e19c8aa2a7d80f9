"""Raises an exception of a class with a hostile name."""

Hostile = type("\x1b[31m[/nope]\n::error::\u202e", (Exception,), {})


def naive_hvp(hessian, vector):
    raise Hostile("message")
