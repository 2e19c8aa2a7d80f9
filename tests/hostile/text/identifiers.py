"""Defines functions with names that look like others."""


def naivе_hvp(hessian, vector):
    return hessian @ vector


def nаive_hvp(hessian, vector):
    return vector
