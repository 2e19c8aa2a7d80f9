"""Makes Python's own compiler overflow its stack."""

import ast
import sys


def naive_hvp(hessian, vector):
    sys.setrecursionlimit(2**31 - 1)
    tree = ast.Constant(1)
    for _ in range(200_000):
        tree = ast.UnaryOp(ast.USub(), tree)
    compile(ast.fix_missing_locations(ast.Expression(tree)), "cell 1", "eval")
    return hessian @ vector
