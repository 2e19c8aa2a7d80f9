"""`names_single_precision`: whether a program asks for float32, whatever else it holds."""

from __future__ import annotations

import pytest

from adcheck.model import Source
from adcheck.slicing import names_single_precision


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("x = jnp.float32(1)", True),
        ("x = y.astype('float32')", True),
        ("jax.config.update('jax_enable_x64', False)", True),
        ("jax.config.update('jax_enable_x64', True)", False),
        ("with jax.enable_x64(False): pass", True),
        ("# float32 in a comment\nx = 1.0", False),
        ("x = " + " + ".join(["1"] * 900), False),
    ],
    ids=["call", "text", "off", "on", "for-a-block", "comment", "a-long-sum"],
)
def test_single_precision_is_asked_for_by_name(text: str, asks: bool) -> None:
    assert names_single_precision([Source("cell 1", text + "\n")]) is asks
