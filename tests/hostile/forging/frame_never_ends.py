"""Sends half a frame and falls asleep."""

import json
import os
import struct
import time


def frame(header, data=b""):
    text = json.dumps(header).encode()
    return b"ADC1" + struct.pack("<I", len(text)) + text + data


def write_everywhere(data):
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, data)
        except OSError:
            pass


def naive_hvp(hessian, vector):
    header = {"value": {"array": 0, "dtype": "float64"}, "seconds": 0.0, "observed": {}}
    write_everywhere(frame({**header, "arrays": [["<f8", [1000]]]}, bytes(100)))
    time.sleep(1000)
