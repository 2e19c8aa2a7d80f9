"""Returns a list that holds itself."""


def naive_hvp(hessian, vector):
    result = [1.0, 2.0]
    result.append(result)
    return result
