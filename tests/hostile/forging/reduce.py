"""Returns objects that would write a file wherever they were unpickled or copied."""


class Bomb:
    def __reduce__(self):
        return open, ("@OUTSIDE@/reduced", "w")

    def __reduce_ex__(self, protocol):
        return self.__reduce__()

    def __deepcopy__(self, memo):
        return open("@OUTSIDE@/copied", "w")


def naive_hvp(hessian, vector):
    return Bomb()
