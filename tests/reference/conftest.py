"""What every test of the reference needs: JAX on the CPU, in double precision, and strict."""

import os
from collections.abc import Callable, Iterator

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import pytest


@pytest.fixture(autouse=True)
def x64() -> Iterator[None]:
    """Double precision; an implicit rank promotion raises. Both are put back afterwards."""
    update: Callable[[str, object], None] = jax.config.update
    options = {"jax_enable_x64": True, "jax_numpy_rank_promotion": "raise"}
    before = {name: getattr(jax.config, name) for name in options}
    for name, value in options.items():
        update(name, value)
    yield
    for name, value in before.items():
        update(name, value)
