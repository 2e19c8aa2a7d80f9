"""How a Python interpreter of ours is started, and what it finds in its environment."""

from __future__ import annotations

import os
import site
import sys
from pathlib import Path

__all__ = ["command", "environment"]

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH",
              "DYLD_LIBRARY_PATH", "XLA_FLAGS", "VIRTUAL_ENV")  # fmt: skip

_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
"""What keeps NumPy from starting threads as soon as it is imported, whichever library it has."""

_START = (
    "import sys; sys.path.insert(0, {root!r}); from adcheck.sandbox import {module}; "
    "sys.path.remove({root!r}); {module}.main()"
)


def command(module: str, argument: str) -> list[str]:
    """What starts an interpreter that runs the ``main`` of a module of the sandbox.

    It imports no more of adcheck than that, and finds nothing of it afterwards.
    """
    root = str(Path(__file__).resolve().parents[2])
    return [sys.executable, "-P", "-c", _START.format(root=root, module=module), argument]


def environment(folder: str, flags: tuple[str, ...] = ()) -> dict[str, str]:
    """Few variables: a CI's secrets are none of a student's business.

    Args:
        folder: where programs may store what they like.
        flags: for XLA; the user's own come last, because XLA lets the last one win.
    """
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    if site.ENABLE_USER_SITE:  # what is installed for one user is found by way of their home
        kept["PYTHONUSERBASE"] = site.getuserbase()
    return kept | {
        "XLA_FLAGS": " ".join([*flags, kept.get("XLA_FLAGS", "")]).strip(),
        "JAX_PLATFORMS": "cpu",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": folder,
        "HOME": folder,
        "TMPDIR": folder,
        "TEMP": folder,
        "IPYTHONDIR": folder,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **dict.fromkeys(_ONE_THREAD, "1"),
    }
