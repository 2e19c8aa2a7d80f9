"""Raises an exception that would clear the screen, set the title, the clipboard and a link."""


def naive_hvp(hessian, vector):
    raise ValueError(
        "\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b]52;c;cm0gLXJm\x07\x1b]8;;http://x\x07link\x9b2J\x90q"
    )
