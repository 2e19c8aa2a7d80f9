"""Raises an exception whose text is reordered, invisible, or piled up."""


def naive_hvp(hessian, vector):
    raise ValueError("\u202epassed\u202c \u2066x\u2069 \u200b\u200d\ufeff \U000e0041 Z" + "\u0301" * 500)
