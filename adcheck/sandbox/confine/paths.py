"""Which files a worker needs that computes with JAX: libraries, a few devices, nothing of ours.

Landlock cannot take back what it granted further up. So a tree that holds something hidden is
granted entry by entry, around it. Hidden are adcheck itself, wherever it is installed, the
checkouts of editable installs and what points to them, and what the caller names.
"""

from __future__ import annotations

import json
import os
import re
import sys
import sysconfig
import urllib.parse
from collections.abc import Iterable, Iterator
from pathlib import Path

from adcheck.sandbox.confine.landlock import Grant, Rule

_PROJECT = __name__.partition(".")[0]
_PACKAGE = Path(__file__).parents[2]
_SITES = ("site-packages", "dist-packages")

_SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
_SYSTEM_FILES = (
    "/etc/ld.so.cache",
    "/etc/localtime",
    # /dev/zero is missing on purpose: mapped and shared, it gives memory that no watch sees.
    "/dev/random",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/sys/vm/overcommit_memory",  # allocators ask it
    "/sys/devices/system/cpu",
)
_ZONES = "/usr/share/zoneinfo"


def readable(hidden: Iterable[str | os.PathLike[str]] = ()) -> tuple[Rule, ...]:
    """What a worker may read, in addition to its own folder; the null device it may write too.

    It asks `sys.path` and the file system: once per process is enough, before any fork.

    Args:
        hidden: files and folders that must not be readable, among what would be. (A checkout
            with a virtual environment in it is never readable as a whole; its packages are.)
    """
    sites = _sites()
    concealed = {os.path.realpath(path) for path in (_PACKAGE, *hidden)}
    concealed |= {path for site in sites for path in _checkouts(site)}
    rules = [Rule(os.devnull, Grant.WRITE), *_zones()]
    rules += [Rule(path, Grant.READ) for path in _SYSTEM_FILES]
    for root in _libraries():
        rules += _tree(root, concealed | set(_sites_below(root)))
    for site in sites:
        rules += _site(site, concealed)
    rules += _loose_libraries()
    return tuple(dict.fromkeys(rules))


def _sites() -> list[str]:
    """The folders with installed packages; other folders on the path are somebody's own code."""
    known = [*sys.path, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    real = (os.path.realpath(path) for path in known if os.path.basename(path) in _SITES)
    return [path for path in dict.fromkeys(real) if os.path.isdir(path)]


def _libraries() -> list[str]:
    """The system's shared libraries and the standard library, outside a virtual environment."""
    extensions = sysconfig.get_config_var("DESTSHARED") or ""
    archive = [path for path in sys.path if path.endswith(".zip") and _is_standard(path)]
    standard = [os.path.dirname(os.__file__), sysconfig.get_path("stdlib"), extensions, *archive]
    real = {os.path.realpath(path) for path in (*_SYSTEM_LIBRARIES, *standard) if path}
    existing = sorted(path for path in real if os.path.exists(path))
    return [path for path in existing if not any(_below(path, other) for other in existing)]


def _is_standard(path: str) -> bool:
    return any(_below(path, prefix) for prefix in (sys.base_prefix, sys.base_exec_prefix))


def _sites_below(root: str) -> Iterator[str]:
    """Packages beside the standard library, which only `_sites` may grant."""
    for pattern in ("*", "*/*"):
        for site in Path(root).glob(pattern):
            if site.name in _SITES:
                yield str(site)


def _loose_libraries() -> Iterator[Rule]:
    """Shared libraries that lie beside other things: the interpreter's own, a cluster's."""
    beside = os.path.join(sys.base_prefix, sys.platlibdir)
    named = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    for folder in dict.fromkeys([sysconfig.get_config_var("LIBDIR") or "", beside, *named]):
        if not os.path.isdir(folder) or os.path.realpath(folder) in _real_system_libraries():
            continue
        for entry in _entries(folder):
            if re.search(r"\.so(\.|$)", entry.name) and entry.is_file():
                yield Rule(entry.path, Grant.READ)


def _real_system_libraries() -> set[str]:
    return {os.path.realpath(path) for path in _SYSTEM_LIBRARIES}


def _zones() -> Iterator[Rule]:
    for path in (sysconfig.get_config_var("TZPATH") or _ZONES).split(os.pathsep):
        yield Rule(path, Grant.READ)


# --------------------------------------------------------------------------- trees with holes


def _tree(root: str, hidden: Iterable[str]) -> Iterator[Rule]:
    """Rules that grant reading a tree without what is hidden in it."""
    inside = {path for path in hidden if path == root or _below(path, root)}
    if root in inside:
        return
    if not inside:
        yield Rule(root, Grant.READ)
        return
    yield Rule(root, Grant.LIST)  # names, even of what is hidden: an import looks for names
    for entry in _entries(root):
        if not entry.is_symlink():  # a link's target is granted where it lies, or not at all
            yield from _tree(entry.path, inside)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []  # what cannot be read now cannot be read then


def _below(path: str, root: str) -> bool:
    return path.startswith(root.rstrip(os.sep) + os.sep)


def _site(site: str, hidden: set[str]) -> Iterator[Rule]:
    """Rules for a folder with installed packages, entry by entry."""
    yield Rule(site, Grant.LIST)
    for entry in _entries(site):
        if _is_private(entry.name):
            continue
        path = os.path.realpath(entry.path)
        # Some installers link to packages in a store of theirs, others to a checkout.
        if entry.is_symlink() and not set(Path(path).parts).intersection(_SITES):
            continue
        origin = os.path.join(path, "direct_url.json")
        yield from _tree(path, hidden | {origin} if os.path.exists(origin) else hidden)


def _is_private(name: str) -> bool:
    """Whether an entry is adcheck's own or points to code that is not installed."""
    return (
        re.split(r"[-.]", name)[0].lower() == _PROJECT
        or name.endswith((".pth", ".egg-link"))
        or name.startswith("__editable__")
    )


def _checkouts(site: str) -> Iterator[str]:
    """The folders that editable installs load their code from."""
    for origin in Path(site).glob("*.dist-info/direct_url.json"):
        try:
            told = json.loads(origin.read_text("utf-8"))
            url = urllib.parse.urlsplit(told["url"])
            if url.scheme == "file" and told.get("dir_info", {}).get("editable"):
                yield os.path.realpath(urllib.parse.unquote(url.path))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # no such record: nothing is known to be hidden
