"""`reference.hvp` against a network in plain NumPy, its backpropagation, and differences."""

import math
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from reference import hvp

Vector = NDArray[np.float64]

SIZES = [
    pytest.param(sizes, seed, id=f"{'-'.join(map(str, sizes))}-seed{seed}")
    for sizes, seed in [((2, 3, 1), 0), ((2, 3, 3, 2), 1), ((1, 5, 5, 1), 2), ((3, 2, 2, 2, 1), 3)]
]
SEEDS = [pytest.param(seed, id=f"seed{seed}") for seed in (0, 1)]


# The oracle: NumPy alone, by hand.


def numpy_gelu(x: Vector) -> tuple[Vector, Vector]:
    """GELU in its tanh form, and its derivative."""
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
    tanh = np.tanh(inner)
    return 0.5 * x * (1 + tanh), 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh**2) * slope


def numpy_loss_and_gradient(params: Vector, sizes: tuple[int, ...]) -> tuple[float, Vector]:
    """The network's loss, and its gradient by backpropagation."""
    weights, position = [], 0
    for rows, columns in pairwise(sizes):
        weights.append(np.reshape(params[position : position + rows * columns], (rows, columns)))
        position += rows * columns
    inputs, slopes = [np.ones(sizes[0])], []
    for weight in weights[:-1]:
        value, slope = numpy_gelu(inputs[-1] @ weight)
        inputs.append(value)
        slopes.append(slope)
    blocks, cotangent = [], np.ones(sizes[-1])
    for layer in reversed(range(len(weights))):
        blocks.append(np.outer(inputs[layer], cotangent).ravel())
        if layer:
            cotangent = (weights[layer] @ cotangent) * slopes[layer - 1]
    return float(np.sum(inputs[-1] @ weights[-1])), np.concatenate(blocks[::-1])


def differences(gradient: Callable[[Vector], Vector], x: Vector, step: float = 1e-3) -> Vector:
    """The Jacobian of `gradient` at x by fourth-order central differences, column by column."""

    def column(direction: Vector) -> Vector:
        near = gradient(x + step * direction) - gradient(x - step * direction)
        far = gradient(x + 2 * step * direction) - gradient(x - 2 * step * direction)
        return (8 * near - far) / (12 * step)

    return np.stack([column(direction) for direction in np.eye(x.size)], axis=1)


def draw(sizes: tuple[int, ...], seed: int) -> Vector:
    """Parameters of a network, N(0, 1)."""
    count = sum(rows * columns for rows, columns in pairwise(sizes))
    return np.random.default_rng(seed).standard_normal(count)


def assert_close(actual: jax.Array, expected: object, relative: float) -> None:
    """Same shape, float64, and no entry off by more than a part of the largest one."""
    expected = np.asarray(expected)
    assert actual.dtype == jnp.float64
    assert actual.shape == expected.shape
    largest = np.max(np.abs(expected))
    assert largest > 0
    assert np.max(np.abs(np.asarray(actual) - expected)) <= relative * largest


# Functions for `hvp`, with Hessians written out by hand.


def quartic(x: jax.Array) -> jax.Array:
    """The sum of x_i^4 / 12 and of (x_i x_{i+1})."""
    return jnp.sum(x**4) / 12 + jnp.vdot(x[:-1], x[1:])


def quartic_hessian(x: Vector) -> Vector:
    return np.diag(x**2) + np.eye(x.size, k=1) + np.eye(x.size, k=-1)


def wave(x: jax.Array) -> jax.Array:
    """exp(mean sin x)."""
    return jnp.exp(jnp.mean(jnp.sin(x)))


def wave_hessian(x: Vector) -> Vector:
    slope, value = np.cos(x) / x.size, np.exp(np.mean(np.sin(x)))
    hessian: Vector = value * (np.outer(slope, slope) - np.diag(np.sin(x) / x.size))
    return hessian


FUNCTIONS = [
    pytest.param(quartic, quartic_hessian, id="quartic"),
    pytest.param(wave, wave_hessian, id="wave"),
]


# The network.


def test_gelu_is_the_tanh_form() -> None:
    x = np.linspace(-6, 6, 101)
    assert_close(hvp.gelu(x), numpy_gelu(x)[0], 1e-14)
    erf_form = x * np.array([0.5 * (1 + math.erf(value / math.sqrt(2))) for value in x])
    assert np.max(np.abs(np.asarray(hvp.gelu(x)) - erf_form)) > 1e-4


def test_flatten_goes_through_layers_first_to_last_in_c_order() -> None:
    weights = [np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]), np.array([[6.0], [7.0], [8.0]])]
    assert hvp.flatten(weights).tolist() == list(range(9))


def test_flatten_does_not_follow_the_memory_of_a_fortran_array() -> None:
    assert hvp.flatten([np.asfortranarray([[0.0, 1.0], [2.0, 3.0]])]).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(("sizes", "seed"), SIZES)
def test_unflatten_inverts_flatten(sizes: tuple[int, ...], seed: int) -> None:
    params = draw(sizes, seed)
    weights = hvp.unflatten(params, sizes)
    assert [weight.shape for weight in weights] == list(pairwise(sizes))
    assert hvp.flatten(weights).tolist() == params.tolist()


@pytest.mark.parametrize("shape", [(8,), (10,), (9, 1), (1, 9)], ids=str)
def test_unflatten_refuses_a_wrong_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"sizes \[2, 3, 1\] need shape \(9,\), not"):
        hvp.unflatten(np.zeros(shape), (2, 3, 1))


def test_forward_keeps_the_batch() -> None:
    weights = hvp.unflatten(draw((2, 3, 2), 0), (2, 3, 2))
    batch = np.random.default_rng(1).standard_normal((4, 2))
    rows = [hvp.forward(weights, row[None, :]) for row in batch]
    assert_close(hvp.forward(weights, batch), np.concatenate(rows), 1e-14)


@pytest.mark.parametrize(("sizes", "seed"), SIZES)
def test_loss_and_gradient_equal_backpropagation_by_hand(sizes: tuple[int, ...], seed: int) -> None:
    params = draw(sizes, seed)
    value, gradient = jax.jit(jax.value_and_grad(partial(hvp.loss, sizes=sizes)))(params)
    expected_value, expected_gradient = numpy_loss_and_gradient(params, sizes)
    assert_close(value, expected_value, 1e-13)
    assert_close(gradient, expected_gradient, 1e-13)


# The Hessian and products with it.


@pytest.mark.parametrize(("sizes", "seed"), SIZES)
def test_hessian_equals_differences_of_backpropagation(sizes: tuple[int, ...], seed: int) -> None:
    params = draw(sizes, seed)
    expected = differences(lambda point: numpy_loss_and_gradient(point, sizes)[1], params)
    assert_close(jax.jit(hvp.hessian, static_argnums=1)(params, sizes), expected, 1e-8)


@pytest.mark.parametrize("name", list(hvp.HESSIANS)[1:])
@pytest.mark.parametrize(("sizes", "seed"), SIZES[:2])
def test_hessians_agree(name: str, sizes: tuple[int, ...], seed: int) -> None:
    params = draw(sizes, seed)
    expected = jax.jit(hvp.hessian, static_argnums=1)(params, sizes)
    assert_close(jax.jit(hvp.HESSIANS[name], static_argnums=1)(params, sizes), expected, 1e-12)


def test_a_single_layer_has_a_hessian_of_zeros() -> None:
    assert not np.any(hvp.hessian(draw((3, 2), 0), (3, 2)))


@pytest.mark.parametrize("name", hvp.NAIVE_HVPS)
@pytest.mark.parametrize("seed", SEEDS)
def test_naive_hvps_multiply(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix, vector = rng.standard_normal((7, 7)), rng.standard_normal(7)
    matrix += matrix.T
    expected = [sum(matrix[row, k] * vector[k] for k in range(7)) for row in range(7)]
    assert_close(hvp.NAIVE_HVPS[name](matrix, vector), expected, 1e-13)


@pytest.mark.parametrize("name", hvp.HVPS)
@pytest.mark.parametrize(("f", "hessian"), FUNCTIONS)
@pytest.mark.parametrize("seed", SEEDS)
def test_hvps_equal_hessians_by_hand(
    name: str, f: hvp.Scalar, hessian: Callable[[Vector], Vector], seed: int
) -> None:
    x, v = np.random.default_rng(seed).standard_normal((2, 6))
    product = jax.jit(hvp.HVPS[name], static_argnums=0)(f, x, v)
    assert_close(product, hessian(x) @ v, 1e-12)


@pytest.mark.parametrize("name", hvp.HVPS)
def test_hvps_of_the_network_equal_the_full_product(name: str) -> None:
    sizes = (2, 3, 3, 2)
    params, v = draw(sizes, 4), draw(sizes, 5)
    product = jax.jit(hvp.HVPS[name], static_argnums=0)(partial(hvp.loss, sizes=sizes), params, v)
    expected = differences(lambda point: numpy_loss_and_gradient(point, sizes)[1], params) @ v
    assert_close(product, expected, 1e-8)


@pytest.mark.parametrize("name", hvp.HVPS)
def test_hvps_form_no_hessian(name: str) -> None:
    size = 300
    x = jnp.ones(size)
    traced = jax.make_jaxpr(hvp.HVPS[name], static_argnums=0)(wave, x, x)
    sizes = [math.prod(var.aval.shape) for eqn in traced.eqns for var in eqn.outvars]
    assert max(sizes) <= size


# Precision.


def test_float32_goes_in_and_comes_out() -> None:
    sizes = (2, 3, 1)
    params = draw(sizes, 0).astype(np.float32)
    square = np.eye(9, dtype=np.float32)
    results = jax.eval_shape(
        lambda: {
            "gelu": hvp.gelu(params),
            "weights": hvp.flatten(hvp.unflatten(params, sizes)),
            "loss": hvp.loss(params, sizes),
            **{name: hessian(params, sizes) for name, hessian in hvp.HESSIANS.items()},
            **{
                f"naive {name}": product(square, params) for name, product in hvp.NAIVE_HVPS.items()
            },
            **{f"hvp {name}": f(quartic, params, params) for name, f in hvp.HVPS.items()},
        }
    )
    assert {name: str(result.dtype) for name, result in results.items()} == dict.fromkeys(
        results, "float32"
    )


def test_float32_is_near_float64() -> None:
    sizes = (2, 3, 1)
    params = draw(sizes, 0)
    hessian = jax.jit(hvp.hessian, static_argnums=1)
    exact = np.asarray(hessian(params, sizes))
    rounded = np.asarray(hessian(params.astype(np.float32), sizes), dtype=np.float64)
    assert 0 < np.max(np.abs(rounded - exact)) < 1e-5 * np.max(np.abs(exact))
