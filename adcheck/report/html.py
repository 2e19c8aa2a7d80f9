"""How a page of HTML is made: from a template, with everything that varies shown escaped.

Every value that a template prints passes `escape_line` and HTML's own escaping, unless it is
`Markup` made by one of the functions below; so nothing that a student wrote is ever obeyed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from adcheck.language import current, place, tr, trn
from adcheck.report.escape import escape_line, escape_lines
from adcheck.report.marks import STATUS, count, format_points, of

__all__ = ["asset", "code", "document", "document_lines", "island", "policy", "prose"]

_LONGEST: Final = 2000  # of a value that is printed in a line; templates cut most values earlier
_CODE_LINES: Final = 400
_CODE_LINE: Final = 1000


def document(template: str, **values: Any) -> str:
    """Render a page.

    Args:
        template: file name of the template, beside this module in ``templates``.
        values: what it prints.

    Returns:
        The whole page, ending in a newline.
    """
    return "".join(document_lines(template, **values))


def document_lines(template: str, **values: Any) -> Iterator[str]:
    """Render a page that may be too long to be held as a whole.

    Args:
        template: as for `document`.
        values: likewise.

    Yields:
        Its lines, and the ends of lines with them.
    """
    begun, before = "", ""  # of a line; and ends of lines, which the page may end with
    for piece in _environment().get_template(template).generate(values):
        *lines, last = str(piece).split("\n")  # of a Markup, which would escape what is added
        for line in lines:
            # what blocks and loops of a template leave behind at ends of lines means nothing
            if whole := (begun + line).rstrip(" \t"):
                yield before + whole
                before = ""
            before += "\n"
            begun = ""
        begun += last
    if rest := begun.rstrip():
        yield before + rest
    yield "\n"


def asset(name: str) -> Markup:
    """The text of a style sheet or script of ours, to be put into a page as it is."""
    path = resources.files("adcheck.report") / "templates" / name
    return Markup(path.read_text("utf-8"))


def policy(script: str = "") -> str:
    """The content security policy of a page: nothing is loaded from anywhere.

    Args:
        script: the only script that may run; none if empty.
    """
    allowed = ["default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"]
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        allowed.append(f"script-src 'sha256-{digest}'")
    return "; ".join([*allowed, "base-uri 'none'", "form-action 'none'"])


def island(data: Any) -> Markup:
    """Data for a script, as JSON in which nothing can end the element that holds it."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def prose(text: str, *, limit: int = 600, lines: int = 12) -> Markup:
    """A sentence or two; what stands between backticks is shown as code."""
    shown = (_with_code(line) for line in escape_lines(text, limit=limit, lines=lines))
    return Markup("<br>").join(shown)


def code(text: str) -> Markup:
    """Lines of code, with their indentation."""
    lines = text.expandtabs(4).replace("\r\n", "\n").strip("\n").split("\n")
    kept = lines if len(lines) <= _CODE_LINES else [*lines[:_CODE_LINES], "…"]
    return escape("\n".join(escape_line(line.rstrip(), limit=_CODE_LINE) for line in kept))


def _with_code(line: str) -> Markup:
    pieces = line.split("`")
    if len(pieces) % 2 == 0:  # a backtick without a partner is a backtick
        return escape(line)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else escape(piece)
        for index, piece in enumerate(pieces)
    )


def _told(text: str, /, **values: object) -> Markup:
    """A translated text, every value in it escaped as those outside of it are."""
    return Markup(escape(tr(text))).format(**{n: _printed(v) for n, v in values.items()})


def _counted(one: str, many: str, number: float, /, **values: object) -> Markup:
    """The same for `trn`."""
    told = Markup(escape(trn(one, many, number)))
    return told.format(**{name: _printed(value) for name, value in values.items()})


def _rounded(points: float) -> str:
    """A mean or a median: nobody needs more than a digit."""
    return format_points(round(points, 1))


def _printed(value: object) -> object:
    return value if isinstance(value, Markup) else escape_line(str(value), limit=_LONGEST)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("adcheck.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "code": code,
        "count": count,
        "island": island,
        "points": format_points,
        "prose": prose,
        "rounded": _rounded,
    }
    environment.globals |= {"STATUS": STATUS, "asset": asset, "of": of}
    environment.globals |= {"language": current, "place": place, "tr": _told, "trn": _counted}
    return environment
