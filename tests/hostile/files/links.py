"""Links a file of somebody else's into its own folder, and elsewhere."""

import os


def naive_hvp(hessian, vector):
    for link in (os.symlink, os.link):
        for place in ("link", "@OUTSIDE@/link"):
            try:
                link("@CANARY@", place)
            except OSError:
                continue
            raise RuntimeError("BREACH: " + open(place).read())
    return hessian @ vector
