"""A slice computes what the whole program computes: random programs, run both ways."""

from __future__ import annotations

import copy
import os
from typing import Any

from hypothesis import HealthCheck, assume, example, given, note, settings
from hypothesis import strategies as st

from adcheck.model import Source, Submission
from adcheck.slicing import slice_program

_START = """\
a = 1
b = 2
c = 3
L = [1]
M = [2]
D = {0: 0}
def f(x): return x + a
def g(x): return f(x) + b
def h(x): L.append(x); return len(L)
class C:
    k = 1
    def __init__(self, v): self.v = v
    def get(self): return self.v + self.k + c
o = C(1)
"""
_NUMBERS = ("a", "b", "c")
_LISTS = ("L", "M")
_TEMPLATES = (
    "{n} = {m} + {i}",
    "{n} = {m}",
    "{n}, {m} = {m}, {i}",
    "{n} += {m}",
    "{n} = f({m})",
    "{n} = g({m})",
    "{n} = h({i})",
    "{n} = len({l}) + sum({l})",
    "{n} = o.get()",
    "{n} = sum(f(x) for x in {l})",
    "{n} = [x + {m} for x in range(3)][-1]",
    "{n} = (lambda q: q + {m})({i})",
    "{n} = sorted({l}, key=lambda q: -q * {m})[0]",
    "{n} = o.v",
    "{n} = D.get({i}, {m})",
    "{n} = next(iter({l}))",
    "if {m} > {i}:\n    {n} = {i}",
    "if {m} > {i}:\n    {n} = {i}\nelse:\n    {n} = {m} * 2",
    "for i in range({i}):\n    {n} = i + {m}",
    "for i in range({i}):\n    {l}.append(i + {n})",
    "for {n} in range({i} + 1):\n    pass",
    "for x in [{l}, {k}]:\n    x.append({n})",
    "while {n} < {i}:\n    {n} += 1",
    "try:\n    {n} = {m} // {i}\nexcept ZeroDivisionError as error:\n    {n} = -1",
    "try:\n    {l}.append(1 // {i})\n    {n} = 5\n"
    "except ZeroDivisionError:\n    pass\nfinally:\n    {m} = 3",
    "match {m}:\n    case 1:\n        {n} = 10\n    case {n}:\n        pass",
    "{l}.append({n})",
    "{l}.extend(range({i}))",
    "{l}[0] = {n}",
    "{l} = [{n}, {m}]",
    "{l} = {k}",
    "{l} = list({k})",
    "{l} += [{n}]",
    "{l} = sorted({k})",
    "{n} = {l}.pop() if len({l}) > 1 else 0",
    "D[{i}] = {n}",
    "D.update({{{i}: {n}}})",
    "D = {{0: {n}}}",
    "E = {{'x': {l}}}\nE['x'].append({n})",
    "P = ({l}, {k})\nP[0].append({i})",
    "w = C(2); w.v = {n}; o = w",
    "o.v = {n}",
    "o = C({n})",
    "o.k = {n}",
    "C.k = {n}",
    "C.get = lambda self: self.v * {n}",
    "setattr(C, 'k', {i})",
    "def f(x): return x * {n} + {i}",
    "def f(x, y={n}): return x + y",
    "def g(x): return f(x) - {n}",
    "def g(x): return o.get() + f(x)",
    "f = lambda x: x - {n}",
    "f = g if {n} > 100 else (lambda x: x + {i})",
    "def h(x): {l}.append(x + {n}); return x",
    "def h(x):\n    global {n}\n    {n} = x + {i}\n    return x",
    "def h(x):\n    def inner(y):\n        {l}.append(y)\n    inner(x)\n    return {n}",
    "def h(x):\n    t = {l}\n    t.append(x)\n    return x",
    "def change(z, w=0): z.append(w + {n})",
    "def change(z, w=0): z.append(1)",
    "change({l})",
    "change({l}, w={n})",
    "change(z={l})",
    "list(map(change, [{l}, {k}]))",
    "[change(q) for q in [{l}]]",
    "h({n})",
    "print(h)",
    "class C:\n    k = {n}\n    def __init__(self, v): self.v = v\n"
    "    def get(self): return self.v + {m}",
    "class C(C):\n    def get(self): return super().get() + {n}",
    "class C(C):\n    def bump(self): self.v += {i}; {l}.append(self.v)",
    "if hasattr(o, 'bump'): o.bump()",
    "def deco(fn):\n    {l}.append({i})\n    return lambda x: fn(x) + {n}",
    "@deco\ndef f(x): return x + {n}",
    "if (z := {n}) > 0: {m} = z",
    "del {n}\n{n} = {i}",
    "{n} = {m}; {l}.append({n})",
    "with __import__('contextlib').suppress(ZeroDivisionError):\n    1 // {i}\n    {n} = 7",
    "a, *rest = [{n}, {m}, {i}]",
    "from functools import partial\nf = partial(lambda u, x: u + x, {n})",
    "from functools import partial\nf = partial(lambda u, x: len(u) + x, {l})",
    "def make(p):\n    def fn(x): return x + len(p) + {n}\n    return fn\nf = make({l})",
    "def reset():\n    {l}.clear()\n    {l}.append({n})\nreset()",
    "x = y = {l}\ny.append({n})",
    "for i, q in enumerate([{l}]):\n    q.append({n} + i)",
    "def grow(*parts):\n    for part in parts: part.append({i})\ngrow({l}, {k})",
    "def same(p): return p\n{l} = same({k})",
    "def same(p): return {{'p': [p]}}\nt = same({l})\nt['p'][0].append({i})",
    "def same(p):\n    q = p\n    return q\nsame({l}).append({i})",
    "y = same({l}) if 'same' in dir() else []",
    "def count():\n    yield {l}\nfor q in count(): q.append({n})",
    "if (y := {l}): y.append({i})",
    "try: y.append({n})\nexcept NameError: pass",
    "def make():\n    def inner(z): z.append({n})\n    return inner\nmake()({l})",
    "def make(): return lambda z: z.append({n})\nt = make()\nt({l})",
    "t = lambda z: z.append({n})\n[t][0]({l})",
    "def twice(fn, z): fn(z); fn(z)\ntwice(lambda q: q.append({n}), {l})",
    "def twice(fn): fn({l}); return fn\ntwice({l}.extend and change)",
    "def ident(fn): return fn\n@ident\ndef change(z): z.append({i})",
    "(lambda z: z.append({i}))({l})",
    "def grow(**parts):\n    parts['p'].append({i})\ngrow(p={l})",
)
_TARGET = "def target(): return a, b, L, f(2), o.get(), D"
_TARGETS = (
    _TARGET,
    "def target(): return f(3)",
    "def target(): return g(3)",
    "def target(): return o.get(), C(4).get()",
    "def target(): return L, f(1)",
    "def target(): return D, h(1), L",
    "def target(): return M, c",
)


@st.composite
def _programs(draw: st.DrawFn) -> list[str]:
    statements = []
    for _ in range(draw(st.integers(1, 14))):
        statements.append(
            draw(st.sampled_from(_TEMPLATES)).format(
                n=draw(st.sampled_from(_NUMBERS)),
                m=draw(st.sampled_from(_NUMBERS)),
                l=draw(st.sampled_from(_LISTS)),
                k=draw(st.sampled_from(_LISTS)),
                i=draw(st.integers(0, 3)),
            )
        )
    place = draw(st.integers(0, len(statements)))
    statements.insert(place, draw(st.sampled_from(_TARGETS)))
    return statements


def _value(texts: list[str]) -> Any:
    names: dict[str, Any] = {"print": lambda *_: None}
    for text in texts:
        exec(compile(text, "<program>", "exec"), names)
    return copy.deepcopy(names["target"]())


EXAMPLES = int(os.environ.get("ADCHECK_EXAMPLES", "300"))
"""Programs that are tried. The usual ones are the same each time; set more to hunt for new ones."""


@settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES == 300,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@example([_TARGETS[0], "w = C(2); w.v = a; o = w", "C.k = b"])
@given(_programs())
def test_a_slice_gives_what_the_whole_program_gives(statements: list[str]) -> None:
    sources = tuple(Source(f"cell {n}", t + "\n") for n, t in enumerate([_START, *statements], 1))
    try:
        expected = _value([source.text for source in sources])
    except Exception:
        assume(False)
    submission = Submission("p", "p", "", sources)
    program = slice_program(submission, {"t": ["target"]}, Source("given", ""), [])
    note("\n".join(f"# {s.label}\n{s.text}" for s in sources))
    note("--- slice\n" + "\n".join(f"# {s.label}\n{s.text}" for s in program.sources))
    assert not program.whole
    assert _value([source.text for source in program.sources]) == expected
