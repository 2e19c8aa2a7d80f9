"""Raises an exception that a browser would run."""


def naive_hvp(hessian, vector):
    raise ValueError("<script>alert(1)</script><img src=x onerror=alert(1)>&amp;</td></table>")
