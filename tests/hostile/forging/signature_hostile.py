"""Has a signature of a million parameters with hostile names."""

import inspect


class Function:
    def __call__(self, hessian, vector):
        return hessian @ vector

    @property
    def __signature__(self):
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameter = inspect.Parameter("x", kind)
        object.__setattr__(parameter, "_name", "\x1b[31m=__import__('os'),\n::error::")
        signature = inspect.Signature()
        object.__setattr__(signature, "_parameters", {i: parameter for i in range(1_000_000)})
        return signature


naive_hvp = Function()
