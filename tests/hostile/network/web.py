"""Asks a web page for the answer."""

import urllib.error
import urllib.request


def naive_hvp(hessian, vector):
    try:
        urllib.request.urlopen("http://127.0.0.1:@PORT@/answer?leak=1", timeout=0.2)
    except TimeoutError:
        raise RuntimeError("BREACH: asked") from None
    except OSError:
        return hessian @ vector
