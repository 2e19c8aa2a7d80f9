"""The lecture's experiments, made again from our own code: measured, fitted, drawn.

A *kind* of experiment (`adcheck.experiments.engine.Kind`) says which columns its CSV has, how its
picture is drawn from these rows and what they tell; its module measures them. The CSV comes first:
each row is written as soon as it is measured, the same command goes on where it stopped, and the
picture and the text are made of the CSV alone.

JAX runs on the processor unless ``JAX_PLATFORMS`` says otherwise: the networks are small.
"""

import os
import sys

if "jax" not in sys.modules:
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
