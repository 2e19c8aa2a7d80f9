"""Running what JAX has traced without compiling it: a jaxpr's equations, one by one, in NumPy.

Part of the child side. Compiling a small program takes a hundred times as long as running it, and
a homework is many small programs, each run two or three times. The primitives here compute what
XLA computes up to rounding. What is not known here, or comes out with another shape or dtype than
JAX foresaw, is never guessed: `UnsupportedError` is raised, and XLA has its turn.
"""

from adcheck.sandbox.evaluation.equations import UnsupportedError, evaluate
from adcheck.sandbox.evaluation.once import varying
from adcheck.sandbox.evaluation.tiers import interpret_first
from adcheck.sandbox.evaluation.transformations import trace_once

__all__ = ["UnsupportedError", "evaluate", "interpret_first", "trace_once", "varying"]
