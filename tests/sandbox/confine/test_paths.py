"""`adcheck.sandbox.confine.paths`: what is granted around what is hidden."""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from pathlib import Path

import pytest

from adcheck.sandbox.confine import paths, readable
from adcheck.sandbox.confine.landlock import Grant, Rule

ROOT = Path(__file__).parents[3]


def grants(rules: tuple[Rule, ...], path: Path | str) -> set[str]:
    """What rules grant for a path: names of the rules' grants at it and above it."""
    real = os.path.realpath(path)
    above = {real, *map(str, Path(real).parents)}
    return {rule.grant.name for rule in rules if os.path.realpath(rule.path) in above}


def is_readable(rules: tuple[Rule, ...], path: Path | str) -> bool:
    return bool(grants(rules, path) & {"READ", "WRITE"})


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with installed packages, on the path."""
    folder = tmp_path / "lib" / "site-packages"
    for name, text in {
        "package/__init__.py": "",
        "package-1.0.dist-info/METADATA": "",
        "single.py": "",
        "adcheck/__init__.py": "",
        "adcheck/_data/reference/hvp.py": "",
        "adcheck-0.1.0.dist-info/RECORD": "",
        "ADCheck-0.2.0.dist-info/RECORD": "",
        "adcheck.egg-link": "",
        "adchecker/__init__.py": "",
        "_adcheck.pth": str(ROOT),
        "__editable__.adcheck-0.1.0.pth": str(ROOT),
        "__editable___adcheck_0_1_0_finder.py": "",
        "fetched-1.0.dist-info/METADATA": "",
        "fetched-1.0.dist-info/direct_url.json": json.dumps({"url": "https://example.org/x.whl"}),
        "broken-1.0.dist-info/direct_url.json": "[",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    return folder


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("package/__init__.py", True),
        ("package-1.0.dist-info/METADATA", True),
        ("single.py", True),
        ("adchecker/__init__.py", True),
        ("fetched-1.0.dist-info/METADATA", True),
        ("fetched-1.0.dist-info/direct_url.json", False),
        ("broken-1.0.dist-info/direct_url.json", False),
        ("adcheck/__init__.py", False),
        ("adcheck/_data/reference/hvp.py", False),
        ("adcheck-0.1.0.dist-info/RECORD", False),
        ("ADCheck-0.2.0.dist-info/RECORD", False),
        ("adcheck.egg-link", False),
        ("_adcheck.pth", False),
        ("__editable__.adcheck-0.1.0.pth", False),
        ("__editable___adcheck_0_1_0_finder.py", False),
    ],
)
def test_installed_packages_but_adcheck(site: Path, name: str, expected: bool) -> None:
    assert is_readable(readable(), site / name) is expected


def test_packages_can_be_found_by_name(site: Path) -> None:
    assert grants(readable(), site) == {"LIST"}


def test_what_the_caller_hides_is_hidden_alone(site: Path) -> None:
    for name in ("package/answers/a.py", "package/other/b.py"):
        (site / name).parent.mkdir()
        (site / name).write_text("")
    rules = readable([site / "package" / "answers"])
    assert not is_readable(rules, site / "package" / "answers" / "a.py")
    assert is_readable(rules, site / "package" / "other" / "b.py")
    assert is_readable(rules, site / "package" / "__init__.py")


def test_a_whole_package_can_be_hidden(site: Path) -> None:
    assert not is_readable(readable([site / "package"]), site / "package" / "__init__.py")


def test_the_checkout_of_an_editable_install_is_hidden(site: Path) -> None:
    checkout = site / "package" / "checked out here"
    (checkout / "secret").mkdir(parents=True)
    origin = site / "mine-1.0.dist-info" / "direct_url.json"
    origin.parent.mkdir()
    origin.write_text(json.dumps({"url": checkout.as_uri(), "dir_info": {"editable": True}}))
    rules = readable()
    assert not is_readable(rules, checkout / "secret")
    assert is_readable(rules, site / "package" / "__init__.py")


def test_links_to_checkouts_are_not_followed_but_links_to_stores_are(
    site: Path, tmp_path: Path
) -> None:
    checkout, store = tmp_path / "checkout", tmp_path / "store" / "site-packages"
    for target in (checkout / "linked", store / "stored"):
        target.mkdir(parents=True)
        (site / target.name).symlink_to(target)
    rules = readable()
    assert not is_readable(rules, checkout / "linked")
    assert is_readable(rules, store / "stored")


def test_other_folders_on_the_path_are_somebodys_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path), "", str(ROOT), *sys.path])
    rules = readable()
    assert grants(rules, tmp_path / "a.py") == set()
    assert grants(rules, ROOT / "reference" / "hvp.py") == set()


@pytest.mark.parametrize(
    "path",
    [
        ROOT,
        ROOT / "adcheck" / "__init__.py",
        ROOT / "reference",
        ROOT / "assignments",
        "/etc/passwd",
        "/etc/shadow",
        "/home",
        "/root/.ssh",
        "/tmp",
        "/var",
        "/proc/self/environ",
        "/proc/1/environ",
        "/dev/zero",
        "/dev/shm",
        "/dev/tty",
        Path.home() / ".bashrc",
        sys.prefix,
    ],
    ids=str,
)
def test_nothing_else_is_granted(path: Path | str) -> None:
    assert grants(readable(), path) == set()


def test_what_python_and_jax_load_is_granted() -> None:
    import encodings

    import jax
    import jaxlib
    import numpy

    rules = readable()
    for module in (json, encodings, os, numpy, jax, jaxlib):
        assert is_readable(rules, str(module.__file__)), module
    for name in ("stdlib", "purelib"):
        assert grants(rules, sysconfig.get_path(name)), name


def test_packages_beside_the_standard_library_need_to_be_on_the_path() -> None:
    standard = Path(os.path.realpath(os.__file__)).parent
    beside = standard / "site-packages"
    if not beside.is_dir():
        pytest.skip("this Python keeps no packages beside its standard library")
    if str(beside) in map(os.path.realpath, sys.path):
        pytest.skip("this is no virtual environment: they are on the path")
    assert not is_readable(readable(), beside / "anything.py")


def test_only_the_null_device_may_be_written() -> None:
    assert [rule.path for rule in readable() if rule.grant is Grant.WRITE] == [os.devnull]


def test_shared_libraries_of_a_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("libfast.so", "libfast.so.1", "notes.txt", "libfast.sort"):
        (tmp_path / name).write_text("")
    monkeypatch.setenv("LD_LIBRARY_PATH", f"{tmp_path}{os.pathsep}{os.pathsep}/missing")
    names = ("libfast.so", "libfast.so.1", "notes.txt", "libfast.sort")
    granted = [is_readable(readable(), tmp_path / name) for name in names]
    assert granted == [True, True, False, False]


def test_a_tree_without_holes_is_one_rule(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert list(paths._tree(str(tmp_path), ["/elsewhere", f"{tmp_path}-not"])) == [
        Rule(str(tmp_path), Grant.READ)
    ]
