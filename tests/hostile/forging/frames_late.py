"""A thread goes on after the answer was sent, and answers the next request too."""

import json
import os
import struct
import threading
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


def later():
    while True:
        time.sleep(0.01)
        header = {"value": {"array": 0, "dtype": "float64"}, "seconds": 0.0, "observed": {}}
        write_everywhere(frame({**header, "arrays": [["<f8", [2]]]}, bytes(16)))


def naive_hvp(hessian, vector):
    threading.Thread(target=later, daemon=True).start()
    return hessian @ vector
