"""Returns a list in a list in a list, deeper than JSON is read."""


def naive_hvp(hessian, vector):
    result = [1.0, "x"]
    for _ in range(900):
        result = [result]
    return result
