"""The lecture's other experiments, each held against a closed form or a dense computation."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from adcheck.experiments import checkpointing, differences, hutchinson, jacobian, spectrum
from adcheck.experiments.engine import Plan, Run
from adcheck.experiments.network import Regression
from adcheck.experiments.store import Row, Store
from adcheck.report.terminal import draw

SMALL: dict[str, Callable[[], Plan]] = {
    "jacobian": lambda: jacobian.plan((1, 4, 16), 1, 0, inputs=4),
    "hutchinson": lambda: hutchinson.plan((1, 10), 0, 50, 3),
    "checkpointing": lambda: checkpointing.plan(4),
    "differences": lambda: differences.plan((1e-2, 1e-5, 1e-8), 0, 20),
    "spectrum": lambda: spectrum.plan(0, steps=10, probes=2, hidden=3),
}


@pytest.fixture(scope="module", params=SMALL)
def measured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    plan = SMALL[request.param]()
    path = tmp_path_factory.mktemp("kinds") / f"{plan.kind.name}.csv"
    run = Run(Store(path, plan.kind.columns, plan.settings), 100.0)
    run.measure(plan)
    assert not run.unreached
    assert not run.problems
    return run


def plan_of(run: Run) -> Plan:
    return SMALL[run.store.path.stem]()


def test_a_second_run_measures_nothing(measured: Run) -> None:
    plan = plan_of(measured)
    before = measured.store.path.read_bytes()
    again = Run(Store(measured.store.path, plan.kind.columns, plan.settings), 0.0)
    again.measure(plan)
    assert measured.store.path.read_bytes() == before
    assert again.store.rows == measured.store.rows
    assert not again.unreached


def test_what_is_told_fits_its_page(measured: Run) -> None:
    plan = plan_of(measured)
    text = draw(plan.kind.told(measured.store.rows), width=100, color=False)
    assert "What to see" in text
    assert text.isascii() or set(text) - set(map(chr, range(128))) <= set("─")
    assert draw(plan.kind.told([]), width=100, color=False).strip()


def test_the_picture_can_be_drawn(measured: Run) -> None:
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    plan = plan_of(measured)
    for rows in (measured.store.rows, measured.store.rows[:1]):
        figure = Figure()
        plan.kind.draw(figure, rows)
        assert figure.axes


@pytest.fixture
def x64() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


# --------------------------------------------------------------------------- jacobian


@pytest.mark.usefixtures("x64")
def test_the_jacobian_on_paper() -> None:
    f, a, b, x = jacobian.function(4, 3, 0, hidden=5)
    modes: tuple[Any, ...] = (jax.jacfwd, jax.jacrev)
    for mode in modes:
        assert np.asarray(mode(f)(x)) == pytest.approx(jacobian.closed_form(a, b, x), abs=1e-14)


def test_counted_operations_cross_at_as_many_outputs_as_inputs(tmp_path: Path) -> None:
    plan = jacobian.plan((1, 10, 100), 1, 0, inputs=10)
    rows = [{**p.keys, **row} for p in plan.points for row in plan.measure(p, 60)]
    assert jacobian.crossing(rows, "operations") == pytest.approx(10, rel=0.05)


def test_a_crossing_on_straight_lines() -> None:
    curves = {"forward": {1: 4.0, 8: 4.0}, "reverse": {1: 2.0, 8: 16.0}}
    rows: list[Row] = [
        {"mode": mode, "outputs": m, "least": seconds}
        for mode, curve in curves.items()
        for m, seconds in curve.items()
    ]
    assert jacobian.crossing(rows, "least") == pytest.approx(2)
    assert jacobian.crossing(rows[:2], "least") is None


# --------------------------------------------------------------------------- hutchinson


def test_the_variances_on_paper() -> None:
    h = np.array([[2.0, 1.0], [1.0, -3.0]])
    signs = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    forms = np.einsum("vi,ij,vj->v", signs, h, signs)
    assert hutchinson.variance(h, "rademacher") == pytest.approx(float(forms.var()))  # all of them
    v = np.random.default_rng(0).standard_normal((200_000, 2))
    forms = np.einsum("vi,ij,vj->v", v, h, v)
    assert hutchinson.variance(h, "gaussian") == pytest.approx(float(forms.var()), rel=0.03)


def test_the_error_is_that_of_theory() -> None:
    plan = hutchinson.plan((1, 20), 0, 400, 4)
    for point in plan.points:
        for row in plan.measure(point, 60):
            # the ratio has a standard deviation of 1 / sqrt(800), and more where few probes
            # make heavy tails
            assert float(row["rmse"]) == pytest.approx(float(row["theory"]), rel=0.2)
            error = float(row["theory"]) / 400**0.5
            assert abs(float(row["mean"]) - float(row["trace"])) < 4 * error


# --------------------------------------------------------------------------- checkpointing


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("segments", [1, 2, 4])
def test_checkpoints_change_no_gradient(segments: int) -> None:
    rng = np.random.default_rng(0)
    x, w = jnp.asarray(rng.standard_normal((3, 2))), jnp.asarray(rng.standard_normal((2, 2)))
    plain, cut = (jax.grad(checkpointing.chain(k, 4), 1)(x, w) for k in (0, segments))
    assert np.asarray(cut) == pytest.approx(np.asarray(plain), rel=1e-13)


def test_arrays_and_operations_are_those_of_theory() -> None:
    plan = checkpointing.plan(16)
    rows = {p.keys["segments"]: plan.measure(p, 60)[0] for p in plan.points}
    layers, plain = 16, rows.pop(0)
    for k, row in rows.items():
        assert row["peak"] == int(k) + float(plain["peak"]) / int(k)
        assert float(row["operations"]) - float(plain["operations"]) == pytest.approx(1, abs=0.05)
    assert float(plain["peak"]) >= layers
    assert min(rows, key=lambda k: float(rows[k]["peak"])) in (4, 8)


# --------------------------------------------------------------------------- differences


@pytest.mark.usefixtures("x64")
def test_the_gradient_on_paper() -> None:
    w = np.array([[2.0, 1.5], [3.0, 0.7]])
    found = jax.vmap(jax.grad(differences.lecture_function))(jnp.asarray(w))
    assert np.asarray(found) == pytest.approx(differences.closed_form(w), rel=1e-14)


def test_orders_and_limits_of_the_quotients() -> None:
    plan = differences.plan((1e-2, 1e-3), 0, 50)
    errors = {
        (p.keys["precision"], p.keys["scheme"]): [float(r["error"]) for r in plan.measure(p, 60)]
        for p in plan.points
    }
    coarse, fine = errors["double", "forward"]
    assert coarse / fine == pytest.approx(10, rel=0.1)
    coarse, fine = errors["double", "central"]
    assert coarse / fine == pytest.approx(100, rel=0.1)
    assert errors["double", "ad"][0] < 1e-15
    assert errors["single", "ad"][0] < 1e-6 < errors["single", "forward"][1]


# --------------------------------------------------------------------------- spectrum


def test_lanczos_integrates_polynomials_exactly() -> None:
    rng = np.random.default_rng(0)
    h = rng.standard_normal((30, 30))
    h, v = (h + h.T) / 2, rng.standard_normal(30)
    nodes, weights = spectrum.lanczos(lambda u: h @ u, v, 6)
    assert nodes.shape == (6,)
    unit = v / np.linalg.norm(v)
    for degree in range(12):
        exact = unit @ np.linalg.matrix_power(h, degree) @ unit
        assert nodes**degree @ weights == pytest.approx(exact, rel=1e-9)


def test_lanczos_to_the_end_finds_all_eigenvalues() -> None:
    rng = np.random.default_rng(0)
    h = rng.standard_normal((12, 12))
    h = (h + h.T) / 2
    nodes, _ = spectrum.lanczos(lambda u: h @ u, rng.standard_normal(12), 100)
    assert nodes == pytest.approx(np.linalg.eigvalsh(h), abs=1e-12)


def test_lanczos_ends_where_the_start_reaches_no_further() -> None:
    nodes, weights = spectrum.lanczos(lambda u: np.diag([1.0, 1.0, 5.0]) @ u, np.ones(3), 3)
    assert nodes == pytest.approx([1, 5])
    assert weights == pytest.approx([2 / 3, 1 / 3])


def test_a_density_is_one_as_a_whole() -> None:
    at = np.linspace(-20, 20, 4001)
    curve = spectrum.density(np.array([-1.0, 2.0]), np.array([0.25, 0.75]), at, 0.5)
    assert float(curve.sum() * (at[1] - at[0])) == pytest.approx(1, abs=1e-9)


def test_the_spectrum_agrees_with_the_whole_hessian() -> None:
    plan = spectrum.plan(0, steps=18, probes=3, hidden=3)
    for point in plan.points:
        rows = plan.measure(point, 60)
        parts = [[r for r in rows if r["what"] == what] for what in ("node", "eigenvalue")]
        ends = [
            (min(float(r["value"]) for r in p), max(float(r["value"]) for r in p)) for p in parts
        ]
        assert ends[0] == pytest.approx(ends[1], rel=1e-8)
        assert [sum(float(r["weight"]) for r in p) for p in parts] == pytest.approx([1, 1])


@pytest.mark.usefixtures("x64")
def test_training_ends_in_a_minimum() -> None:
    problem = Regression(hidden=3)
    before, after = (float(problem.loss(jnp.asarray(p))) for p in (problem.start, problem.trained))
    assert after < before
    slope = np.asarray(jax.grad(problem.loss)(jnp.asarray(problem.trained)))
    assert np.abs(slope).max() < 1e-2
    v = np.random.default_rng(0).standard_normal(problem.size)
    product = np.asarray(problem.hvp(jnp.asarray(problem.start), jnp.asarray(v)))
    assert product == pytest.approx(problem.hessian(problem.start) @ v, rel=1e-10)
