"""The commands, a file for each or for a few that belong together; `adcheck.cli` gathers them.

What takes time to import (jax, numpy, rich, the stages of the pipeline) is imported inside the
command that needs it, so that `adcheck --help` answers at once.
"""
