"""Returns sequences that lie about their length, or never end."""


class Endless(list):
    def __iter__(self):
        while True:
            yield 1.0

    def __len__(self):
        return 2


class Negative(tuple):
    def __len__(self):
        return -5


def naive_hvp(hessian, vector):
    return Negative((1.0, 2.0)) if vector.size == 2 else Endless([1.0])
