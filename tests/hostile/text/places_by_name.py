"""Raises from code that says that it stands in another cell, on another line."""


def naive_hvp(hessian, vector):
    source = "\n" * 10**6 + "raise ValueError('not my fault')"
    exec(compile(source, "places_by_name.py", "exec"))
