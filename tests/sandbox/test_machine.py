"""`adcheck.sandbox.machine`: limits of a container, read from files of either version."""

from __future__ import annotations

from pathlib import Path

import pytest

from adcheck.sandbox.machine import WORKER_SHARE, memory_limit, processors

GB = 1024**3
NO_LIMIT_V1 = 9223372036854771712


def write(folder: Path, files: dict[str, str]) -> None:
    """Control group files, by path."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        pytest.param({}, 2 * GB, id="none"),
        pytest.param({"memory.max": "max\n"}, 2 * GB, id="v2-unlimited"),
        pytest.param({"memory.max": f"{GB}\n"}, int(WORKER_SHARE * GB), id="v2-less"),
        pytest.param({"memory.max": f"{16 * GB}\n"}, 2 * GB, id="v2-more"),
        pytest.param({"memory/memory.limit_in_bytes": f"{NO_LIMIT_V1}\n"}, 2 * GB,
                     id="v1-unlimited"),
        pytest.param({"memory/memory.limit_in_bytes": f"{GB}\n"}, int(WORKER_SHARE * GB),
                     id="v1-less"),
        pytest.param({"memory.max": "max\n", "memory/memory.limit_in_bytes": f"{GB}\n"},
                     int(WORKER_SHARE * GB), id="both-versions"),
        pytest.param({"memory.max": "a lot\n"}, 2 * GB, id="unreadable"),
        pytest.param({"memory.max": ""}, 2 * GB, id="empty"),
    ],
)  # fmt: skip
def test_a_worker_gets_what_it_is_granted_or_its_share(
    tmp_path: Path, files: dict[str, str], limit: int
) -> None:
    write(tmp_path, files)
    assert memory_limit(2 * GB, tmp_path) == limit


@pytest.mark.parametrize(
    ("files", "count"),
    [
        pytest.param({}, 1.0, id="none"),
        pytest.param({"cpu.max": "max 100000\n"}, 1.0, id="v2-unlimited"),
        pytest.param({"cpu.max": "50000 100000\n"}, 0.5, id="v2-half"),
        pytest.param({"cpu.max": "250000 100000\n"}, 2.5, id="v2-more"),
        pytest.param({"cpu.max": "max\n"}, 1.0, id="v2-without-a-period"),
        pytest.param({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 1.0,
                     id="v1-unlimited"),
        pytest.param({"cpu/cpu.cfs_quota_us": "25000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 0.25,
                     id="v1-quarter"),
        pytest.param({"cpu/cpu.cfs_quota_us": "25000\n"}, 1.0, id="v1-without-a-period"),
        pytest.param({"cpu.max": "lots of\n"}, 1.0, id="unreadable"),
    ],
)  # fmt: skip
def test_processors_are_quota_over_period(
    tmp_path: Path, files: dict[str, str], count: float
) -> None:
    write(tmp_path, files)
    assert processors(tmp_path) == count


def test_this_machine_has_something_to_give() -> None:
    assert 0 < memory_limit(2 * GB) <= 2 * GB
    assert processors() > 0
