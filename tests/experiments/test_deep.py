from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from adcheck.experiments import deep
from adcheck.experiments.deep import Weights
from adcheck.experiments.harness import chain
from reference import hvp as reference


@pytest.fixture(autouse=True)
def x64() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


@pytest.mark.parametrize("depth", [1, 3])
def test_the_scan_is_the_reference(depth: int) -> None:
    params, vector = deep.draw(depth, 0, "normal")
    sizes = deep.sizes(depth)
    assert params.shape == vector.shape == (deep.parameters(depth),)
    expected = np.asarray(jax.jit(lambda p: reference.hessian(p, sizes))(params))
    scale = np.abs(expected).max()
    assert float(deep.loss(jnp.asarray(params))) == pytest.approx(
        float(reference.loss(params, sizes)), rel=1e-13
    )
    assert np.abs(np.asarray(deep.hessian(jnp.asarray(params))) - expected).max() < 1e-13 * scale
    found = np.asarray(deep.hvp(jnp.asarray(params), jnp.asarray(vector)))
    assert np.abs(found - expected @ vector).max() < 1e-12 * scale


def test_the_layers_of_the_harness_are_the_references() -> None:
    params, _ = deep.draw(3, 0, "normal")
    sizes = deep.sizes(3)
    assert float(chain(jnp.asarray(params), sizes)) == pytest.approx(
        float(reference.loss(params, sizes)), rel=1e-13
    )


@pytest.mark.parametrize(
    ("weights", "low", "high"), [("scaled", 1.0, 1e6), ("normal", 1e-290, 1e-240)]
)
def test_how_large_the_product_is_after_1000_layers(
    weights: Weights, low: float, high: float
) -> None:
    params, vector = deep.draw(1000, 0, weights)
    product = jax.jit(deep.hvp)(jnp.asarray(params), jnp.asarray(vector))
    assert low < float(jnp.abs(product).max()) < high


def test_draws_are_repeatable_and_differ() -> None:
    first, again, other = (deep.draw(2, seed, "normal")[0] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
