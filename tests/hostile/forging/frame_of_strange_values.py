"""Sends headers of the right form whose values are of every wrong type."""

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

HEADERS = (
    {"value": None, "seconds": 0.0, "observed": {}},
    {"value": {"array": "x"}, "seconds": 0.0, "observed": {}},
    {"value": {"array": [1]}, "seconds": 0.0, "observed": {}},
    {"value": {"items": {"a": 1}}, "seconds": 0.0, "observed": {}},
    {"value": {"foreign": 5}, "seconds": 0.0, "observed": {}},
    {"value": {"foreign": [[], {}]}, "seconds": float("nan"), "observed": {"weights": 3}},
    {"value": {"items": []}, "seconds": float("inf"), "observed": []},
    {"raised": None},
    {"raised": {"type": [], "message": {}, "frames": {"a": 1}}},
    {"raised": {"type": "E", "message": "m", "frames": [1, 2]}},
    {"parameters": [[1]], "raised": 10**5000},
    [1, 2],
)
calls = []


def naive_hvp(hessian, vector):
    calls.append(1)
    header = HEADERS[len(calls) % len(HEADERS)]
    if isinstance(header, dict):
        header = {**header, "arrays": []}
    try:
        write_everywhere(frame(header))
    except ValueError:  # Python itself does not write integers of that length
        write_everywhere(b"ADC1" + struct.pack("<I", 6000) + b'{"raised": ' + b"9" * 5988 + b"}")
    return None
