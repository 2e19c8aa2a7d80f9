"""Runs programs, in every way that Python knows."""

import os
import subprocess


def naive_hvp(hessian, vector):
    for run in (
        lambda: subprocess.run(["/bin/echo", "x"], check=True, capture_output=True),
        lambda: os.posix_spawn("/bin/true", ["true"], {}),
        lambda: os.popen("echo x").close() or os.stat("/nonexistent"),
        lambda: os.system("touch @OUTSIDE@/run") and os.stat("/nonexistent"),
    ):
        try:
            run()
        except OSError:
            continue
        raise RuntimeError("BREACH: a program ran")
    return hessian @ vector
