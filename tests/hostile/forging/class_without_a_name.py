"""Returns an object, and raises an exception, whose classes' names are no text."""


class Meta(type):
    @property
    def __name__(cls):
        return ["no", "text"]


class Strange(Exception, metaclass=Meta):
    def __repr__(self):
        raise self

    __str__ = __repr__


def naive_hvp(hessian, vector):
    if vector.size > 2:
        raise Strange
    return Strange()
