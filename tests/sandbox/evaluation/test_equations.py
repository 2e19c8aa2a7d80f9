"""`adcheck.sandbox.evaluation`: what is interpreted is what XLA computes, or is left to XLA."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from adcheck.sandbox.evaluation import UnsupportedError, equations, evaluate

RNG = np.random.Generator(np.random.PCG64(7))
X = RNG.uniform(0.1, 0.9, (3, 4))
Y = RNG.uniform(0.1, 0.9, (3, 4))
SQUARE = RNG.standard_normal((4, 4))
VECTOR = RNG.standard_normal(5)
WHOLE = np.array([[3, -7, 2, 5], [0, 1, -4, 6]])
OTHER = np.array([[2, 3, -5, 1], [7, 2, 2, -3]])
PLACES = np.array([[0, 3], [2, 1], [2, 9]])

# fmt: off
ENTRY_BY_ENTRY: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (
        lax.abs, lax.acos, lax.asin, lax.asinh, lax.atan, lax.atanh, lax.cbrt, lax.ceil, lax.cos,
        lax.cosh, lax.erf, lax.erfc, lax.exp, lax.exp2, lax.expm1, lax.floor, lax.is_finite,
        lax.lgamma, lax.log, lax.log1p, lax.logistic, lax.neg, lax.reciprocal, lax.round, lax.rsqrt,
        lax.sign, lax.sin, lax.sinh, lax.sqrt, lax.square, lax.tan, lax.tanh,
    )
} | {"acosh": lambda x: lax.acosh(1.0 + x)}

for _name, _function in {
    "one_minus_square": lambda x: lax.one_minus_square(x),  # type: ignore[attr-defined]
    "polynomial": lambda x: lax.polynomial(x, [1.0, -2.0, 0.5]),  # type: ignore[attr-defined]
}.items():
    if hasattr(lax, _name):  # since JAX 0.12
        ENTRY_BY_ENTRY[_name] = _function

OF_TWO: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (
        lax.add, lax.atan2, lax.div, lax.eq, lax.ge, lax.gt, lax.le, lax.lt, lax.max, lax.min,
        lax.mul, lax.ne, lax.nextafter, lax.pow, lax.rem, lax.sub,
    )
}
# fmt: on

OF_INTEGERS: dict[str, Callable[..., Any]] = {
    "bits": lambda a, b: (a & b) | (a ^ ~b),
    "division": lambda a, b: lax.div(a, b),
    "remainder": lambda a, b: lax.rem(a, b),
    "sign": lambda a, b: lax.sign(a) * b,
    "power": lambda a, b: lax.integer_pow(a, 3) + b,
    "shifts": lambda a, b: (
        lax.shift_left(a.astype(jnp.uint32), jnp.full(a.shape, 3, jnp.uint32))
        + lax.shift_right_logical(b.astype(jnp.uint32), jnp.full(a.shape, 33, jnp.uint32))
    ),
    "sums": lambda a, b: a.sum(0) + jnp.cumsum(b, 1)[1],
    "floats": lambda a, b: a.astype(float) / b,
    "bits of floats": lambda a, b: (
        lax.bitcast_convert_type(a.astype(jnp.float32), jnp.int32)
        ^ lax.bitcast_convert_type(b.astype(jnp.float32), jnp.int32)
    ),
    "truths": lambda a, b: jnp.where((a > b).any(1, keepdims=True) & (a != b).all(), a, b),
}

SHAPES: dict[str, Callable[..., Any]] = {
    "broadcast": lambda x: jnp.broadcast_to(x[:, None], (3, 2, 4)),
    "concatenate": lambda x: jnp.concatenate([x, x[:1], 2 * x], 0),
    "expand": lambda x: lax.expand_dims(x, (0, 2)),
    "flatten": lambda x: x.ravel(),
    "flip": lambda x: jnp.flip(x, (0, 1)),
    "iota": lambda x: x + lax.broadcasted_iota(x.dtype, (3, 4), 1),
    "pad": lambda x: lax.pad(x, jnp.asarray(7, x.dtype), ((1, 2, 0), (-1, 2, 1))),
    "pad less": lambda x: lax.pad(x, jnp.asarray(7, x.dtype), ((0, -1, 2), (-2, -1, 0))),
    "slice": lambda x: lax.slice(x, (0, 1), (3, 4), (2, 2)),
    "sort": lambda x: jnp.sort(x, 1),
    "argsort": lambda x: jnp.argsort(x, 0),
    "split": lambda x: jnp.split(x, [1, 3], 1),
    "squeeze": lambda x: x[:, None, :1].squeeze((1, 2)),
    "stack": lambda x: jnp.stack([x, -x], 1),
    "transpose": lambda x: x.T,
    "unstack": lambda x: jnp.unstack(x, axis=1),
}

ENTRIES: dict[str, Callable[..., Any]] = {
    "add at": lambda x: x.at[jnp.array([0, 2, 0])].add(2.0),
    "add beyond": lambda x: x.at[jnp.array([1, 7])].add(2.0),
    "clamp": lambda x: lax.clamp(0.2, x, 0.5),
    "clip": lambda x: jnp.take(x, jnp.array([0, 9]), axis=1, mode="clip"),
    "diagonal": lambda x: jnp.diag(x[:3, :3]) + jnp.diagonal(x)[:3],
    "dynamic slice": lambda x: lax.dynamic_slice(x, (jnp.int32(1), jnp.int32(3)), (2, 2)),
    "dynamic update": lambda x: lax.dynamic_update_slice(x, x[:2, :2], (9, -1)),
    "fill": lambda x: jnp.take(x, jnp.array([0, 9, -1]), axis=0, mode="fill"),
    "from the end": lambda x: x[-1, -2],
    "largest at": lambda x: x.at[jnp.array([0, 0]), 1].max(jnp.array([0.3, 0.95])),
    "least at": lambda x: x.at[1].min(0.4),
    "mask": lambda x: jnp.where(x > 0.5, x, 0.0),
    "place of the largest": lambda x: (jnp.argmax(x, 1), jnp.argmin(x, 0)),
    "rows": lambda x: x[jnp.array([2, 0])],
    "set": lambda x: x.at[1, 2].set(5.0),
    "set rows": lambda x: x.at[jnp.array([2, 0])].set(x[:2]),
    "times at": lambda x: x.at[:, 1].mul(3.0),
    "window": lambda x: lax.dynamic_slice_in_dim(x, 1, 2, 1),
    "by batches": lambda x: jax.vmap(lambda row, at: row[at])(x, jnp.array([3, 0, 2])),
    "added by batches": lambda x: jax.vmap(lambda r, at: r.at[at].add(1.0))(
        x, jnp.array([3, 0, 1])
    ),
    "chosen": lambda x: lax.select_n(jnp.array([0, 2, 1]), x[:, 0], x[:, 1], x[:, 2]),
}

ALONG: dict[str, Callable[..., Any]] = {
    "all": lambda x: jnp.all(x > 0.2, 0),
    "any": lambda x: jnp.any(x > 0.8, 1),
    "cumulative": lambda x: jnp.stack([lax.cumsum(x, 1), lax.cumprod(x, 0), lax.cummax(x, 1)]),
    "cumulative, reversed": lambda x: lax.cummin(x, 1, reverse=True) + lax.cumsum(x, 0, True),
    "extremes": lambda x: (jnp.max(x, 1), jnp.min(x, (0, 1))),
    "mean": lambda x: jnp.mean(x, 0),
    "product": lambda x: jnp.prod(x, 1),
    "sum": lambda x: jnp.sum(x),
    "softmax": lambda x: jax.nn.softmax(x),
}

LINEAR: dict[str, Callable[..., Any]] = {
    "matrix product": lambda a: a @ a.T,
    "matrix-vector product": lambda a: a @ a[0],
    "inner product": lambda a: jnp.vdot(a, a),
    "einsum": lambda a: jnp.einsum("ij,kj,i->jk", a, 2 * a, a[0]),
    "by batches": lambda a: jax.vmap(lambda row, matrix: row @ matrix)(a, jnp.stack([a] * 4)),
    "eigenvalues": lambda a: jnp.linalg.eigvalsh(a + a.T),
    "norm": lambda a: jnp.linalg.norm(a),
}


def network(p: Any) -> Any:
    """A gated network with both GELUs, of nine parameters."""
    hidden = jax.nn.gelu(jnp.ones((1, 2), p.dtype) @ p[:6].reshape(2, 3))
    return jnp.sum(jax.nn.gelu(hidden, approximate=False) @ p[6:].reshape(3, 1))


def descent(alphas: Any) -> Any:
    """Ten steps, as a scan."""
    x0 = jnp.arange(1.0, 4.0, dtype=alphas.dtype)
    return jnp.sum(lax.scan(lambda x, alpha: (x - alpha * x, x[0]), x0, alphas)[0] ** 2)


@jax.custom_jvp
def doubled(x: Any) -> Any:
    """Twice x, with a rule of its own."""
    return 2 * x


doubled.defjvp(lambda primals, tangents: (doubled(*primals), 2 * tangents[0]))


@jax.custom_vjp
def tripled(x: Any) -> Any:
    """Three times x, with a rule of its own."""
    return 3 * x


tripled.defvjp(lambda x: (3 * x, None), lambda _, cotangent: (3 * cotangent,))

PROGRAMS: dict[str, Callable[..., Any]] = {
    "hessian": lambda p: jax.hessian(network)(p),
    "forward over forward": lambda p: jax.jacfwd(jax.jacfwd(network))(p),
    "checkpoint": lambda p: jax.grad(jax.checkpoint(network))(p),
    "jit within": lambda p: jax.jit(jax.grad(jax.jit(network)))(p),
    "scan": lambda p: jax.hessian(descent)(p),
    "scan, reversed": lambda p: lax.scan(lambda c, a: (c * a, c + a), p[0], p, reverse=True),
    "scan of nothing": lambda p: lax.scan(lambda c, a: (c + a, 2 * a), p[0], p[:0]),
    "map": lambda p: lax.map(lambda a: jnp.sin(a), p),
    "fori": lambda p: lax.fori_loop(0, 4, lambda i, c: c - p[i] * c, p),
    "while": lambda p: lax.while_loop(
        lambda c: c[0] < 9.0, lambda c: (2 * c[0], c[1] + p), (1.0, p)
    ),
    "cond": lambda p: lax.cond(p[0] > 0.5, lambda q: q, lambda q: -q, p),
    "switch": lambda p: lax.switch(jnp.int32(7), [lambda q: q, lambda q: -q, lambda q: q * q], p),
    "custom_jvp": lambda p: jax.grad(lambda q: jnp.sum(doubled(q) ** 2))(p),
    "custom_vjp": lambda p: jax.grad(lambda q: jnp.sum(tripled(q) ** 2))(p),
    "constants": lambda p: p + jnp.asarray(np.arange(9.0), p.dtype),
    "unused": lambda p: (jnp.linalg.svd(p.reshape(3, 3)), p)[1],
    "nothing": lambda p: (),
    "its argument": lambda p: p,
    "a number": lambda p: 3.0,
    "stop_gradient": lambda p: jax.grad(lambda q: jnp.sum(q * lax.stop_gradient(q)))(p),
    "power": lambda p: p**3 + p**-2 + p**0.5 + jnp.float_power(2.0, p),
}
PARAMETERS = RNG.uniform(0.1, 0.9, 9)


def families() -> list[Any]:
    """Each function with its arguments."""
    found = []
    for group, functions, arguments in (
        ("entry by entry", ENTRY_BY_ENTRY, (X,)),
        ("of two", OF_TWO, (X, Y)),
        ("of integers", OF_INTEGERS, (WHOLE, OTHER)),
        ("shapes", SHAPES, (X,)),
        ("entries", ENTRIES, (X,)),
        ("along", ALONG, (X,)),
        ("linear", LINEAR, (SQUARE,)),
        ("programs", PROGRAMS, (PARAMETERS,)),
    ):
        for name, function in functions.items():
            found.append(pytest.param(function, arguments, id=f"{group}-{name}"))
    return found


@pytest.fixture(params=["float64", "float32"])
def precision(request: pytest.FixtureRequest) -> Iterator[str]:
    with jax.enable_x64(request.param == "float64"):
        yield request.param


def close(ours: Any, theirs: Any) -> None:
    theirs = np.asarray(theirs)
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    tolerance = 1e-12 if theirs.dtype == np.float64 else 2e-5
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("function", "arguments"), families())
def test_what_is_interpreted_is_what_is_compiled(
    function: Callable[..., Any], arguments: tuple[Any, ...], precision: str
) -> None:
    given = [jnp.asarray(argument) for argument in arguments]
    traced = jax.jit(function).trace(*given)

    interpreted = evaluate(traced.jaxpr, given)

    compiled = jax.tree.leaves(jax.jit(function)(*given))
    assert len(interpreted) == len(compiled)
    for ours, theirs in zip(interpreted, compiled, strict=True):
        close(ours, theirs)


def test_every_primitive_that_is_known_is_tried_by_these_tests() -> None:
    seen: set[str] = set()
    with jax.enable_x64(True):
        for parameter in families():
            function, arguments = parameter.values
            closed = jax.make_jaxpr(function)(*arguments)
            _gather(closed.jaxpr, seen)
    elsewhere = {
        "atan2", "conj", "copy", "copy_p", "device_put", "imag", "name", "optimization_barrier",
        "one_minus_square", "or", "polynomial", "pvary", "real", "reduce_and", "reduce_or",
        "stack", "stage", "unstack",
        "scatter_add", "scatter_max", "scatter_min", "scatter_mul", "scatter_sub", "scatter-sub",
    }  # fmt: skip

    assert set(equations.PRIMITIVES) - seen - elsewhere == set()


def _gather(jaxpr: Any, seen: set[str]) -> None:
    for equation in jaxpr.eqns:
        seen.add(equation.primitive.name)
        for value in equation.params.values():
            for part in value if isinstance(value, list | tuple) else [value]:
                if hasattr(part, "eqns"):
                    _gather(part, seen)
                elif hasattr(part, "jaxpr"):
                    _gather(part.jaxpr, seen)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda p: jnp.linalg.svd(p.reshape(3, 3)), "svd is unknown"),
        (lambda p: jax.random.normal(jax.random.key(0), p.shape) + p, "is unknown"),
        (lambda p: jax.debug.print("{}", p) or p, "is unknown"),
        (lambda p: p.astype(jnp.bfloat16), "TypeError"),
        (lambda p: (1e300 * p).astype(jnp.int32), "OverflowError"),
        (lambda p: p.astype(int) // jnp.zeros(9, int), "ZeroDivisionError"),
        (lambda p: lax.fori_loop(0, 10**6, lambda i, c: jnp.sin(c), p), "too long"),
    ],
    ids=["svd", "random", "print", "bfloat16", "overflow", "division by zero", "a long loop"],
)
def test_what_is_not_known_for_certain_is_left_to_xla(
    function: Callable[..., Any], reason: str
) -> None:
    with jax.enable_x64(True):
        traced = jax.jit(function).trace(jnp.asarray(PARAMETERS))

        with pytest.raises(UnsupportedError, match=reason):
            evaluate(traced.jaxpr, [PARAMETERS])


def test_not_a_number_comes_out_where_xla_makes_one() -> None:
    def function(x: Any) -> Any:
        return jnp.log(x), jnp.maximum(x, 0.0), jnp.sqrt(x), 1.0 / (x - x), jnp.max(jnp.sqrt(x))

    given = np.array([-1.0, 4.0])
    with jax.enable_x64(True):
        traced = jax.jit(function).trace(given)
        interpreted = evaluate(traced.jaxpr, [given])
        for ours, theirs in zip(interpreted, jax.jit(function)(given), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_arguments_are_taken_in_the_precision_that_was_traced() -> None:
    with jax.enable_x64(False):
        traced = jax.jit(lambda x: x / 3).trace(X)
        (result,) = evaluate(traced.jaxpr, [X])

    assert result.dtype == np.float32


def test_memory_is_given_back_as_soon_as_a_result_is_not_needed() -> None:
    tracemalloc = pytest.importorskip("tracemalloc")
    n = 200_000

    def long(x: Any) -> Any:
        for _ in range(50):
            x = jnp.sin(x) * 0.5 + x
        return x

    with jax.enable_x64(True):
        traced = jax.jit(long).trace(np.ones(n))
        tracemalloc.start()
        evaluate(traced.jaxpr, [np.ones(n)])
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < 10 * 8 * n  # 100 intermediate results were computed
