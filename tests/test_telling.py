"""`adcheck.telling`, through real workers: reduced cases, probes, costs; and points that stay."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from adcheck.assignment import load_assignment
from adcheck.grading import grade
from adcheck.model import Context, ItemResult, Status

pytestmark = pytest.mark.slow

IMPORTS = "import jax\nimport jax.numpy as jnp\nimport numpy as np\n\n"


def item(tmp_path: Path, source: str, id_: str, **more: object) -> ItemResult:
    path = tmp_path / "hw.py"
    path.write_text(IMPORTS + textwrap.dedent(source), "utf-8")
    slug = id_.partition(".")[0]
    report = grade(path, assignments=[slug], only=[id_], **more)  # type: ignore[arg-type]
    return next(result for result in report.items if result.item.id == id_)


def inputs(result: ItemResult) -> dict[str, str]:
    assert result.counterexample is not None
    return dict(result.counterexample.inputs)


def test_a_product_that_needs_two_entries_to_fail_is_shown_with_two(tmp_path: Path) -> None:
    source = "def naive_hvp(hessian, vector):\n    return jnp.diag(hessian) * vector\n"
    result = item(tmp_path, source, "hvp.naive_hvp")
    assert inputs(result) == {"hessian": "[[0., 1.], [1., 0.]]", "vector": "[0., 1.]"}


def test_what_fails_above_64_only_is_shown_with_65(tmp_path: Path) -> None:
    source = """
        def naive_hvp(hessian, vector):
            n = 64 if len(vector) > 64 else len(vector)
            return hessian[:, :n] @ vector[:n]
    """
    result = item(tmp_path, source, "hvp.naive_hvp")
    assert result.counterexample is not None
    assert "jnp.full(65, 1.0)" in result.counterexample.snippet
    assert result.counterexample.snippet.count("\n") < 25


def test_an_exception_is_reduced_too(tmp_path: Path) -> None:
    source = """
        def naive_hvp(hessian, vector):
            if len(vector) > 1:
                raise ValueError("too long for me")
            return hessian @ vector
    """
    result = item(tmp_path, source, "hvp.naive_hvp")
    assert result.status is Status.RAISED
    assert inputs(result)["vector"] == "[0., 1.]"


def test_what_is_kept_between_calls_is_shown_as_it_was_found(tmp_path: Path) -> None:
    """Alone, the second call would pass: nothing smaller shows the mistake."""
    source = """
        kept = {}
        def naive_hvp(hessian, vector):
            return kept.setdefault(len(vector), np.asarray(hessian) @ np.asarray(vector))
    """
    result = item(tmp_path, source, "hvp.naive_hvp")
    assert "is something kept from one call to the next?" in result.message
    assert "0.21" in inputs(result)["hessian"] or "-" in inputs(result)["hessian"]


def test_what_is_wrong_by_itself_is_not_blamed_on_the_calls_before_it(tmp_path: Path) -> None:
    source = """
        def naive_hvp(hessian, vector):
            product = np.asarray(hessian) @ np.asarray(vector)
            return product if DECIDES(vector) else 0.9 * product + 0.1
    """
    first, second = draws("hvp.naive_hvp")
    decides = f"np.allclose(vector, {first.tolist()})"
    result = item(tmp_path, source.replace("DECIDES(vector)", decides), "hvp.naive_hvp")
    assert result.points == 0.0
    assert "kept" not in result.message
    assert not np.allclose(first, second)


def test_nor_is_a_pair_of_results_that_is_wrong_by_itself(tmp_path: Path) -> None:
    source = """
        def gd_loss(alphas, x0):
            return 0.5 * jnp.sum(x0**2) * jnp.prod(1 - alphas) ** 2

        def local_optimality(alphas, x0):
            slope = jax.grad(gd_loss)(alphas, x0)
            hessian = jax.hessian(gd_loss)(jnp.abs(alphas), x0)
            return jnp.linalg.norm(slope), jnp.linalg.eigvalsh(hessian)
    """
    result = item(tmp_path, source, "step_size.optimality")
    assert result.points == 0.0
    assert "In the eigenvalues" in result.message
    assert "kept" not in result.message


def draws(id_: str) -> list[np.ndarray]:
    """The vectors of an item's first case."""
    assignment = load_assignment("hvp")
    row = next(each for each in assignment.items if each.id == id_)
    case = assignment.load_tasks()[id_].cases(Context(row, 0))[0]
    return [np.asarray(call.args[1]) for call in case.calls[:2]]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("grad(jnp.sin(x).sum() * v)", ""),
        ("return jnp.sqrt(jnp.abs(v)) * jax.grad(f)(x)", "The result is not linear in v"),
        ("return jnp.sin(x) * v", "The result does not depend on f."),
        ("return jax.hessian(f)(0 * x) @ v + 0 * x", "The result does not depend on x."),
        (
            "return jnp.triu(jax.hessian(f)(x), 1) @ v + jax.hessian(f)(x) @ v",
            "The results for the unit vectors are not the columns of a symmetric matrix",
        ),
    ],
    ids=["raises", "not-linear", "ignores-f", "ignores-x", "asymmetric"],
)
def test_a_broken_property_is_told_where_no_known_mistake_explains(
    tmp_path: Path, body: str, sentence: str
) -> None:
    result = item(tmp_path, f"def hvp(f, x, v):\n    {body}\n", "hvp.hvp")
    assert result.points == 0.0
    assert result.mistake is None
    assert result.message.startswith(sentence)


def test_an_asymmetric_hessian_is_told(tmp_path: Path) -> None:
    source = """
        class MLP:
            def __init__(self, key, sizes):
                keys = jax.random.split(key, len(sizes) - 1)
                shapes = zip(keys, sizes[:-1], sizes[1:])
                self.weights = [jax.random.normal(k, s) for k, *s in shapes]
            def forward(self, x):
                for w in self.weights[:-1]:
                    x = jax.nn.gelu(x @ w)
                return x @ self.weights[-1]

        def calculate_hessian(model, params):
            shapes = [w.shape for w in model.weights]
            def loss(p):
                weights, start = [], 0
                for m, n in shapes:
                    weights.append(p[start:start + m * n].reshape(m, n))
                    start += m * n
                model.weights = weights
                return model.forward(jnp.ones((1, shapes[0][0]))).sum()
            h = jax.hessian(loss)(params)
            return h + 0.5 * jnp.triu(h, 1)
    """
    result = item(tmp_path, source, "hvp.hessian")
    assert result.message.startswith("The result is not symmetric, and a Hessian is.")


def test_the_cost_of_a_product_is_told_and_costs_nothing(tmp_path: Path) -> None:
    source = "def hvp(f, x, v):\n    return jax.jvp(jax.grad(f), (x,), (v,))[1]\n"
    result = item(tmp_path, source, "hvp.hvp")
    assert result.status is Status.PASS
    (told,) = result.evidence
    assert re.fullmatch(
        r"Your hvp costs 2\.\d gradients, whatever n is \(counted from the traced program for "
        r"n = 500 and 1000\)\. In theory about 3 are always enough; a whole Hessian costs n\.",
        told,
    )


def test_a_whole_hessian_costs_as_many_gradients_as_x_has_entries(tmp_path: Path) -> None:
    source = "def hvp(f, x, v):\n    return jax.hessian(f)(x) @ v\n"
    result = item(tmp_path, source, "hvp.hvp", timeout=4)
    assert result.status is Status.PARTIAL
    (told,) = result.evidence
    assert "where n is twice as large" in told
    assert "it computes the whole Hessian" in told


def test_what_cannot_be_traced_has_no_cost(tmp_path: Path) -> None:
    source = """
        def hvp(f, x, v):
            assert float(x[0]) < 1e9
            return jax.jvp(jax.grad(f), (x,), (v,))[1]
    """
    result = item(tmp_path, source, "hvp.hvp")
    assert (result.status, result.evidence) == (Status.PASS, ())


def test_a_case_is_replayed_alone(tmp_path: Path) -> None:
    source = """
        def naive_hvp(hessian, vector):
            return hessian @ vector if len(vector) != 7 else vector
    """
    whole = item(tmp_path, source, "hvp.naive_hvp")
    assert whole.counterexample is not None
    alone = item(tmp_path, source, "hvp.naive_hvp", case=whole.counterexample.case)
    assert (alone.total, alone.passed) == (1, 0)
    assert alone.counterexample == whole.counterexample
    assert item(tmp_path, source, "hvp.naive_hvp", case=0).status is Status.PASS


def test_the_same_seed_gives_the_same_report(tmp_path: Path) -> None:
    source = "def naive_hvp(hessian, vector):\n    return hessian * vector\n"
    first, second = (item(tmp_path, source, "hvp.naive_hvp", seed=5) for _ in range(2))
    assert (first.counterexample, first.message) == (second.counterexample, second.message)


@pytest.mark.parametrize(
    ("line", "status"),
    [("import pandas as pd", Status.ERROR), ("import pandass as pd", Status.RAISED)],
    ids=["a-package-that-exists", "a-slip"],
)
def test_a_missing_package_is_our_fault_where_it_exists(
    tmp_path: Path, line: str, status: Status
) -> None:
    pytest.importorskip("jax")
    try:
        import pandas  # noqa: F401
    except ImportError:
        pass
    else:
        pytest.skip("pandas is installed here")
    source = f"""
        {line}
        def naive_hvp(hessian, vector):
            return pd.DataFrame(hessian).to_numpy() @ np.asarray(vector)
    """
    result = item(tmp_path, source, "hvp.naive_hvp")
    assert result.status is status


def test_single_precision_that_numpy_widened_is_judged_as_such(tmp_path: Path) -> None:
    source = """
        def gd_loss(alphas, x0):
            x = x0.astype(jnp.float32)
            for alpha in alphas.astype(jnp.float32):
                x = x - alpha * x
            return 0.5 * jnp.sum(x.astype(jnp.float64) ** 2)
    """
    assert item(tmp_path, source, "step_size.gd_loss").status is Status.PASS
