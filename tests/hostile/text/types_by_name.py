"""Claims for its result an element type with a hostile name."""

import json
import os
import struct


def naive_hvp(hessian, vector):
    value = {"array": 0, "dtype": "float\x1b[31m\n::error::[/nope]\u202e"}
    header = {"value": value, "seconds": 0.0, "observed": {}, "arrays": [["<f8", [vector.size]]]}
    text = json.dumps(header).encode()
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b"ADC1" + struct.pack("<I", len(text)) + text + bytes(8 * vector.size))
        except OSError:
            pass
    return hessian @ vector
