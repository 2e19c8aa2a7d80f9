"""Takes memory piece by piece, up to three gigabytes."""


def naive_hvp(hessian, vector):
    held = [bytearray(b"x") * (64 << 20) for _ in range(48)]
    return hessian @ vector + 0 * len(held)
