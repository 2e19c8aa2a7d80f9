"""Raises its own limits and priority."""

import os
import resource


def naive_hvp(hessian, vector):
    for name in ("RLIMIT_AS", "RLIMIT_DATA", "RLIMIT_FSIZE", "RLIMIT_NOFILE"):
        number = getattr(resource, name)
        hard = resource.getrlimit(number)[1]
        for wanted in (resource.RLIM_INFINITY, 2 * hard, hard):
            try:
                resource.setrlimit(number, (wanted, wanted))
            except (OSError, ValueError, OverflowError):
                continue
            raise RuntimeError(f"BREACH: {name}")
    for change in (lambda: os.nice(0), lambda: os.sched_setaffinity(0, {0})):
        try:
            change()
        except OSError:
            continue
        raise RuntimeError("BREACH: a priority")
    return hessian @ vector
