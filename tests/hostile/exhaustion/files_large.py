"""Fills the disk with files none of which is too large, up to 150 megabytes."""


def naive_hvp(hessian, vector):
    for number in range(10):
        with open(f"file{number}", "wb") as file:
            file.write(bytes(15 << 20))
    return hessian @ vector
