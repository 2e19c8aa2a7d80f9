"""Returns a value of a class with a hostile name and a hostile look."""

Hostile = type("\x1b[31m[/nope]\n::error::\u202e", (), {"__repr__": lambda self: "\x1b[2J\n::error::"})


def naive_hvp(hessian, vector):
    return Hostile()
