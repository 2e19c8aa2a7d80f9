"""The matrix is multiplied by the vector elementwise."""

def naive_hvp(hessian, vector):
    """Return the product of a Hessian (n, n) with a vector (n,), shape (n,)."""
    return hessian * vector
