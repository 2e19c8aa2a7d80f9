"""Writes a new file and changes an old one."""


def naive_hvp(hessian, vector):
    for path, mode in (("@OUTSIDE@/new", "w"), ("@CANARY@", "a"), ("@CANARY@", "r+")):
        try:
            with open(path, mode) as file:
                file.write("x")
        except OSError:
            pass
    return hessian @ vector
