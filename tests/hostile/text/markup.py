"""Raises an exception with the markup of the library that draws the table."""


def naive_hvp(hessian, vector):
    raise ValueError("[/nope] [bold]x[/bold] [link=http://x]y[/link] [/] :smile: [@click=quit]z")
