"""Runs nothing, and yet would if a reader ran it: decorators, defaults, annotations, classes."""


@open("@OUTSIDE@/decorated", "w").write
def decorated(default=open("@OUTSIDE@/default", "w"), *, x: open("@OUTSIDE@/annotated", "w") = 1):
    """Not needed by what is graded."""


class Made(metaclass=lambda *a: open("@OUTSIDE@/made", "w")):
    """Not needed either."""


open("@OUTSIDE@/top", "w").write("x")


def naive_hvp(hessian, vector):
    return hessian @ vector
