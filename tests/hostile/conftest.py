"""Leaves the most of the corpus out, unless it is asked for by its marker."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps the quick selection alone where ``-m`` says nothing of `hostile`."""
    if "hostile" in str(config.getoption("-m")):
        return
    left_out = [
        item
        for item in items
        if item.get_closest_marker("hostile") and not item.get_closest_marker("hostile_quick")
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
