"""Makes a file that is said to hold a terabyte."""


def naive_hvp(hessian, vector):
    with open("sparse", "wb") as file:
        file.truncate(1 << 40)
    return hessian @ vector
