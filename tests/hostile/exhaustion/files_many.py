"""Makes five thousand files."""


def naive_hvp(hessian, vector):
    for number in range(5000):
        with open(f"file{number}", "w"):
            pass
    return hessian @ vector
