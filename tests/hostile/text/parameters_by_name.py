"""Takes other arguments than it should, and these have hostile names."""

import inspect


class Function:
    def __call__(self):
        raise AssertionError

    @property
    def __signature__(self):
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameter = inspect.Parameter("x", kind)
        object.__setattr__(parameter, "_name", "\x1b[31m\n::error::[/nope]\u202e")
        return inspect.Signature([parameter], __validate_parameters__=False)


naive_hvp = Function()
