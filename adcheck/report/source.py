"""The program that is run to grade a submission, as text with its original line numbers."""

from __future__ import annotations

from adcheck.language import place, tr
from adcheck.model import Program, Source
from adcheck.report.escape import escape_line

__all__ = ["render_source"]


def render_source(program: Program) -> str:
    """Show what is kept of a submission.

    Args:
        program: what would be run; left-out lines are blank in it.

    Returns:
        Each piece under a header ``# --- cell 7``, its lines numbered as in the submission, and
        a run of blank lines shortened to one.
    """
    blocks = [_block(source) for source in program.sources if source.text.strip()]
    siblings = [_block(sibling.source) for sibling in program.siblings]
    return "\n".join([*blocks, *siblings, _summary(program)])


def _block(source: Source) -> str:
    lines = source.text.split("\n")
    digits = len(str(len(lines)))
    shown = [f"# --- {escape_line(place(source.label))}"]
    blank = False
    for number, line in enumerate(lines, start=1):
        if line.strip():
            code = escape_line(line.expandtabs(4).rstrip(), limit=1000)
            shown.append(f"{number:>{digits}}  {code}")
        elif not blank:
            shown.append("")
        blank = not line.strip()
    while len(shown) > 1 and not shown[1]:
        del shown[1]
    return "\n".join(shown).rstrip("\n") + "\n"


def _summary(program: Program) -> str:
    if program.whole:
        return f"# {tr('Everything is run: a part alone would not do.')}\n"
    lines = [f"# {tr('Top-level statements left out: {count}.', count=program.dropped)}"]
    if program.doubtful:
        doubtful = "; ".join(map(place, program.doubtful))
        lines.append(f"# {tr('Left out, though they might matter: {places}.', places=doubtful)}")
    return "".join(escape_line(line, limit=1000) + "\n" for line in lines)
