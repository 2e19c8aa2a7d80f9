"""Announces arrays too large for any memory, and empty ones with sizes that overflow."""

import json
import os
import struct


def frame(header, data=b""):
    text = json.dumps(header).encode()
    return b"ADC1" + struct.pack("<I", len(text)) + text + data


def write_everywhere(data):
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, data)
        except OSError:
            pass

SHAPES = ([2**39], [2**62, 2**62], [0, 2**62], [10**30], [-1], [2**20, 2**20, 0], [True], [1.5])


def naive_hvp(hessian, vector):
    arrays = [["<f8", SHAPES[vector.size % len(SHAPES)]]]
    header = {"value": {"array": 0, "dtype": "float64"}, "seconds": 0.0, "observed": {}}
    write_everywhere(frame({**header, "arrays": arrays}))
    return hessian @ vector
