"""Raises an exception of characters two columns wide, of tabs, and of joined emoji."""


def naive_hvp(hessian, vector):
    raise ValueError("漢字" * 200 + "\t\t\t" + "👩‍👩‍👧‍👦" * 50 + "﷽" * 20)
