"""Returns a million small things of many kinds."""


def naive_hvp(hessian, vector):
    return [[str(number), None, {number}] for number in range(100_000)]
