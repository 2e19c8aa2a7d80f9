"""Connects by an event loop, which opens sockets of its own to begin with."""

import asyncio


async def connect():
    await asyncio.wait_for(asyncio.open_connection("127.0.0.1", int("@PORT@")), 1)


def naive_hvp(hessian, vector):
    try:
        asyncio.run(connect())
    except OSError:
        return hessian @ vector
    raise RuntimeError("BREACH: connected")
