"""Reads the list of users."""


def naive_hvp(hessian, vector):
    try:
        with open("/etc/passwd") as file:
            stolen = file.readline()
    except OSError:
        return hessian @ vector
    raise RuntimeError(f"BREACH: {stolen}")
