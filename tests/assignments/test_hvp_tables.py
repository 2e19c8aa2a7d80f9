"""Tables of timings as students return them, and which number in them is taken for what."""

from __future__ import annotations

import numpy as np
import pytest

from adcheck.model import Plain
from assignments.hvp.tables import METHODS, Timings, numbers_in, readings

NS = (1, 2, 4, 5)
MEANS = {m: tuple(float(10 * i + n) for n in NS) for i, m in enumerate(METHODS, 1)}
STDS = {m: tuple(0.01 * mean for mean in MEANS[m]) for m in METHODS}


def column(name: str) -> tuple[float, ...]:
    method, _, kind = name.partition("_")
    return MEANS[method] if kind == "mean" else STDS[method]


def table(*names: str) -> dict[str, Plain]:
    """Columns by name; each name is followed by what is meant, after a colon."""
    return {name.split(":")[0]: column(name.split(":")[1]) for name in names}


STATEMENT = ["full_mean", "full_std", "naive_mean", "naive_std", "hvp_mean", "hvp_std"]

NAMED = {
    "statement": [f"{name}:{name}" for name in STATEMENT],
    "another order": [f"{name}:{name}" for name in STATEMENT[::-1]],
    "camel case": ["meanTotal:full_mean", "stdTotal:full_std", "meanNaive:naive_mean",
                   "stdNaive:naive_std", "meanFast:hvp_mean", "stdFast:hvp_std"],
    "sentences": ["Full Hessian + HVP, mean (s):full_mean", "Full Hessian + HVP, std (s):full_std",
                  "Naive HVP, mean (s):naive_mean", "Naive HVP, std (s):naive_std",
                  "Efficient HVP, mean (s):hvp_mean", "Efficient HVP, std (s):hvp_std"],
    "Russian": ["Полный гессиан, среднее:full_mean", "Полный гессиан, откл.:full_std",
                "Наивный HVP, среднее:naive_mean", "Наивный HVP, откл.:naive_std",
                "Эффективный HVP, среднее:hvp_mean", "Эффективный HVP, откл.:hvp_std"],
    "errors": ["total:full_mean", "total_err:full_std", "naive_hvp:naive_mean",
               "naive_hvp_err:naive_std", "hvp:hvp_mean", "hvp_err:hvp_std"],
}  # fmt: skip


def assert_right(found: list[Timings], whole: bool = True) -> None:
    assert found
    for method in METHODS:
        assert np.allclose(found[0].means[method], MEANS[method])
        if whole:
            assert np.allclose(found[0].deviations[method], STDS[method])


@pytest.mark.parametrize("names", NAMED.values(), ids=NAMED)
@pytest.mark.parametrize("depths", ["n", "num_layers", "Количество слоёв", "hidden layers"])
def test_columns_are_known_by_their_names(names: list[str], depths: str) -> None:
    columns: dict[str, Plain] = {depths: tuple(float(n) for n in NS), **table(*names)}
    records: Plain = tuple(
        {name: values[row] for name, values in columns.items() if isinstance(values, tuple)}
        for row in range(len(NS))
    )
    for form in (columns, records):
        found = readings(form, NS)
        assert_right(found)
        assert found[0].ns is not None
        assert found[0].ns.tolist() == list(NS)


def pairs(method: str) -> tuple[Plain, ...]:
    return tuple(zip(MEANS[method], STDS[method], strict=True))


FORMS: dict[str, Plain] = {
    "rows": tuple((NS[i], *[column(name)[i] for name in STATEMENT]) for i in range(4)),
    "columns": (NS, *[column(name) for name in STATEMENT]),
    "without layers": tuple(tuple(column(name)[i] for name in STATEMENT) for i in range(4)),
    "means, deviations": tuple(tuple(s[m] for m in METHODS) for s in (MEANS, STDS)),
    "pairs by method": {m: pairs(m) for m in METHODS},
    "triples by method": {
        m: tuple((n, *pair) for n, pair in zip(NS, pairs(m), strict=True))  # type: ignore[misc]
        for m in METHODS
    },
    "nested by method": {m: {"mean": MEANS[m], "std": STDS[m]} for m in METHODS},
    "nested by statistic": {"mean": MEANS, "std": STDS},
    "nested by layers": {
        str(n): {m: {"mean": MEANS[m][i], "std": STDS[m][i]} for m in METHODS}
        for i, n in enumerate(NS)
    },
    "a row for each method": tuple(
        {"layers": n, "method": m, "mean": MEANS[m][i], "std": STDS[m][i]}
        for i, n in enumerate(NS)
        for m in METHODS
    ),
    "with other columns": {"n": NS, "n_params": (6, 10, 18, 22), "num_runs": (5,) * 4}
    | {name: column(name) for name in STATEMENT},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_columns_without_names_are_known_by_their_places(form: Plain) -> None:
    assert_right(readings(form, NS))


def test_a_unit_in_a_name_counts() -> None:
    told: Plain = {f"{name}_ms": tuple(1e3 * v for v in column(name)) for name in STATEMENT}
    assert_right(readings(told, NS))


def test_means_alone_are_means() -> None:
    found = readings({"n": NS, **{m: MEANS[m] for m in METHODS}}, NS)
    assert_right(found, whole=False)
    assert not found[0].deviations


@pytest.mark.parametrize(
    "nothing", [None, 7, "text", (), {}, (1, 2, 3, 4), {"a": {"b": "c"}}, {"full": (1, 2)}]
)
def test_what_is_no_table_is_read_as_none(nothing: Plain) -> None:
    assert not [found for found in readings(nothing, NS) if found.whole]


def test_all_numbers_are_counted() -> None:
    assert numbers_in({"a": (1, 2.5, "x", None, True), "b": {"c": 3}}) == [1, 2.5, 3]
