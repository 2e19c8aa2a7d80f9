"""Changes the limits and the priority of its parent: to what they are, to do no harm."""

import os
import resource


def naive_hvp(hessian, vector):
    parent = os.getppid()
    for change in (
        lambda: resource.prlimit(parent, resource.RLIMIT_CORE),
        lambda: os.setpriority(os.PRIO_PROCESS, parent, os.getpriority(os.PRIO_PROCESS, parent)),
        lambda: os.sched_setaffinity(parent, os.sched_getaffinity(parent)),
    ):
        try:
            change()
        except OSError:
            continue
        raise RuntimeError(f"BREACH: {change}")
    return hessian @ vector
