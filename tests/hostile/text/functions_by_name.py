"""Raises from a function with a hostile name, in a line with hostile characters."""


def raising():
    raise ValueError("message")  # a raw escape: @ESCAPE@[31m and [/nope] ‮ ::error::


raising.__code__ = raising.__code__.replace(
    co_name="\x1b[31m\n::error::[/nope]", co_qualname="\x1b[31m\n::error::[/nope]"
)


def naive_hvp(hessian, vector):
    raising()
