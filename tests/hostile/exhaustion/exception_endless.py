"""Raises an exception whose message never comes."""


class Endless(Exception):
    def __str__(self):
        while True:
            pass


def naive_hvp(hessian, vector):
    raise Endless
