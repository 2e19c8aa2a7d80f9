"""Makes a file of its own that even root cannot remove, before it is made ordinary again."""

import fcntl
import struct

GET, SET, IMMUTABLE = 0x80086601, 0x40086602, 0x10


def naive_hvp(hessian, vector):
    with open("immovable", "w") as file:
        try:
            flags = struct.unpack("l", fcntl.ioctl(file, GET, struct.pack("l", 0)))[0]
            fcntl.ioctl(file, SET, struct.pack("l", flags | IMMUTABLE))
        except OSError:
            return hessian @ vector
        fcntl.ioctl(file, SET, struct.pack("l", flags))
    raise RuntimeError("BREACH: a file that stays")
