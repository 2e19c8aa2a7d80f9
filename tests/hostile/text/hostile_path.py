"""Is handed in under a hostile name."""


def naive_hvp(hessian, vector):
    raise ValueError("message")
