"""Hand-built entries of a course: students, reports, materials and marks of every kind."""

import base64
import struct
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from adcheck.course import Entry, HandIn, Mark, Material, MaterialKind, Student
from adcheck.model import Problem, Report, Severity
from tests.reports import (
    ANALYSIS,
    HVP,
    NAIVE,
    PLOT,
    TIMING,
    hostile,
    lost,
    our_fault,
    right,
    two_assignments,
)
from tests.reports import HOSTILE as CONTROLS

HOSTILE: Final = (
    f"{CONTROLS} </script><script>alert(1)</script><!-- <script> "
    "<img src=x onerror=alert(2)> \" ' & ]]> {{ 7*7 }} {% raw %} `</code><b>x</b>` =1+1"
)


def _png(width: int, height: int) -> str:
    """A picture, as a notebook holds one."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        length, check = struct.pack(">I", len(data)), struct.pack(">I", zlib.crc32(kind + data))
        return length + kind + data + check

    rows = (
        b"\0" + bytes(90 + 130 * ((x * 7 + y * y // 40) % 97 > 48) for x in range(width))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
    data = b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")
    return base64.b64encode(data).decode()


ESSAY: Final = r"""# Scaling

With width 2 and depth $L$ there are $n = 4L + 2$ weights, so $a_1 * b_1 * c_1$ is no emphasis.

- the full Hessian costs **n gradients**, `O(L**2)`
- the product alone costs $n^2$

$$
\frac{\partial^2 f}{\partial x_i \partial x_j} < \infty
$$

See [this](javascript:alert(1)) and <b>that</b>.

| depth | time |
|---|---|
| 50 | 0.1 |

```python
jax.hessian(f)(x)  # <- slow
```
"""

MATERIALS: Final = {
    TIMING.id: (
        Material(
            MaterialKind.CODE,
            "cell 9",
            "def timing_experiment(ns, num_runs):\n    for n in ns:\n\ttime.perf_counter()\n",
        ),
        Material(MaterialKind.TEXT, "output of cell 10", "   n   full   hvp\n  50   0.1   0.01\n"),
    ),
    PLOT.id: (Material(MaterialKind.IMAGE, "cell 12", _png(320, 200), "image/png"),),
    ANALYSIS.id: (Material(MaterialKind.MARKDOWN, "cell 13", ESSAY),),
}


def entry(id_: str, name: str, report: Report | None, *marks: Mark, late: bool = False) -> Entry:
    """A student who handed in a notebook."""
    paths = (f"{id_}/hw.ipynb",) if report else ()
    problems = () if report else (Problem(Severity.ERROR, "empty", "There is no notebook."),)
    return Entry(
        hand_in=HandIn(Student(id_, name), paths, late, problems),
        report=replace(report, path=f"{id_}/hw.ipynb") if report else None,
        materials=MATERIALS if report else {},
        marks={mark.item: mark for mark in marks},
    )


IVANOVA: Final = entry("ivanova", "Мария Иванова", right())
BAKER: Final = entry(
    "baker",
    "Baker, Ann",
    lost(),
    Mark(PLOT.id, 3, "Three curves; the time has no `unit`."),
    Mark(NAIVE.id, 1, "", "It works once the stray slice is taken out."),
    late=True,
)
COHEN: Final = entry("cohen", "כהן, דוד", two_assignments(), Mark(TIMING.id, 4))
DIAZ: Final = entry("diaz", "Díaz Núñez, José", our_fault())
NOBODY: Final = entry("nobody", "Nobody, N.", None)
HOSTILE_ENTRY: Final = Entry(
    HandIn(
        Student("mallory", HOSTILE),
        (f"{HOSTILE}.ipynb",),
        problems=(Problem(Severity.WARNING, "several", HOSTILE, HOSTILE),),
    ),
    replace(hostile(), others=(HOSTILE,), versions={HOSTILE: HOSTILE}),
    {
        item.id: tuple(Material(kind, HOSTILE, HOSTILE, HOSTILE) for kind in MaterialKind)
        for item in (TIMING, PLOT, ANALYSIS)
    },
    {
        PLOT.id: Mark(PLOT.id, 1, HOSTILE, HOSTILE),
        NAIVE.id: Mark(NAIVE.id, 1, HOSTILE, HOSTILE),
    },
)

CLASS: Final = (IVANOVA, BAKER, COHEN, DIAZ, NOBODY)
EVERYBODY: Final = (*CLASS, HOSTILE_ENTRY)


def crowd(count: int) -> Sequence[Entry]:
    """A class of any size, some of whom made the same mistakes."""
    reports = (right(), lost(), two_assignments(), our_fault())
    marks = [Mark(HVP.id, points, "", "Looked at again.") for points in (1, 3, 4)]
    return [
        entry(
            f"s{number:03}",
            f"Student {number}",
            replace(reports[number * 7 % 10 // 3], seconds=5 + number * 37 % 53),
            *marks[number % 11 : number % 11 + 1],
        )
        for number in range(count)
    ]
