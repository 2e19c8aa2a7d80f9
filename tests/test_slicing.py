"""What of a program is kept to grade its functions, and which functions answer which names."""

from __future__ import annotations

import sys
import textwrap
from typing import Any

import pytest

from adcheck.model import Place, Program, Sibling, Source, Submission
from adcheck.slicing import (
    close_match,
    defined_names,
    literals,
    place,
    resolve,
    slice_program,
    whole_program,
)

_NO_GIVEN = Source("starter.py", "")
_GIVEN = Source(
    "starter.py",
    "import math\nimport os\n\nLIMIT = 2\n\n\nclass MLP:\n    size = LIMIT\n\n\n"
    "def unrelated():\n    return os.getcwd()\n",
)


def _submission(*cells: str, siblings: dict[str, str] | None = None) -> Submission:
    texts = [textwrap.dedent(cell).lstrip("\n") for cell in cells]
    sources = tuple(
        Source(f"cell {number}", text if text.endswith("\n") else text + "\n")
        for number, text in enumerate(texts, 1)
    )
    modules = tuple(
        Sibling(name, Source(f"{name}.py", textwrap.dedent(text)))
        for name, text in (siblings or {}).items()
    )
    return Submission("hw.ipynb", "hw.ipynb", "", sources, modules)


def _slice(*cells: str, names: tuple[str, ...] = ("f",), **given: Any) -> Program:
    submission = _submission(*cells, **given)
    return slice_program(submission, {"item": names}, _NO_GIVEN, [])


def _kept(program: Program) -> list[str]:
    """Lines that are not blank, without their indentation."""
    return [line.strip() for s in program.sources for line in s.text.splitlines() if line.strip()]


def _run(program: Program) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "submission"}
    for source in program.sources:
        exec(compile(source.text, source.label, "exec"), names)
    return names


COLAB = (
    """
    import time
    import jax
    import jax.numpy as jnp
    import matplotlib.pyplot as plt
    jax.config.update("jax_enable_x64", True)
    """,
    """
    class MLP:
        def __init__(self, key, sizes):
            self.weights = [jax.random.normal(key, (2, 2))]

        def get_params(self):
            pass
    """,
    """
    # my answer
    def get_params(self):
        # all weights
        return jnp.concatenate([w.ravel() for w in self.weights])

    MLP.get_params = get_params
    model = MLP(jax.random.PRNGKey(0), [2, 2, 1])
    print(model.get_params())
    """,
    """
    SCALE = 1.0

    @jax.jit
    def scaled(x):
        return SCALE * x

    def hvp(f, x, v):
        return scaled(jax.jvp(jax.grad(f), (x,), (v,))[1])
    """,
    """
    results = []
    for n in range(50, 1000):
        model = MLP(jax.random.PRNGKey(n), [2] * n + [1])
        begin = time.time()
        hvp(lambda p: p.sum(), model.get_params(), model.get_params())
        results.append(time.time() - begin)
    """,
    "plt.plot(results); plt.show()\nprint(hvp)\n",
)


def test_a_colab_notebook_loses_its_experiments() -> None:
    program = slice_program(
        _submission(*COLAB),
        {"hvp.get_params": ("MLP.get_params", "get_params"), "hvp.hvp": ("hvp",)},
        _GIVEN,
        ["MLP"],
    )
    assert [source.label for source in program.sources] == ["cell 1", "cell 2", "cell 3", "cell 4"]
    assert program.sources[0].text == (
        '\nimport jax\nimport jax.numpy as jnp\n\njax.config.update("jax_enable_x64", True)\n'
    )
    assert program.sources[1].text == _submission(*COLAB).sources[1].text
    assert program.sources[2].text == (
        "\ndef get_params(self):\n    # all weights\n"
        "    return jnp.concatenate([w.ravel() for w in self.weights])\n\n"
        "MLP.get_params = get_params\n"
    )
    assert program.sources[3].text == _submission(*COLAB).sources[3].text
    assert program.targets == {"hvp.get_params": "MLP.get_params", "hvp.hvp": "hvp"}
    assert program.aliases == {"MLP": "MLP"}
    assert (program.whole, program.doubtful, program.dropped) == (False, (), 9)


_EXPERIMENT = """
class MLP:
    def __init__(self, key, sizes):
        self.weights = make(key, sizes)

    def __post_init__(self):
        self.size = 3

Network = MLP

def build(cls, *args):
    return cls(*args)

def hvp(f, x, v):
    return product(f, x, v)

def hessian(model, params):
    {line}
    return second(model, params)

def experiment(ns):
    return [hessian(build(MLP, n), hvp) for n in ns]

results = experiment([1000])
"""


@pytest.mark.parametrize(
    "line",
    [
        "assert isinstance(model, MLP)",
        "assert isinstance(model, Network)",
        "print(MLP)",
        "net = object.__new__(MLP)",
        "net = build(MLP, 0, model.sizes)",
        "nets = list(map(MLP, model.keys, model.sizes))",
        "leaves = jax.tree.leaves(model, is_leaf=lambda t: isinstance(t, MLP))",
    ],
)
def test_passing_a_class_on_does_not_change_it(line: str) -> None:
    text = _EXPERIMENT.format(line=line)
    program = slice_program(_submission(text), {"hvp.hvp": ("hvp",)}, _GIVEN, ["MLP"])
    (source,) = program.sources
    assert "results" not in source.text
    assert program.dropped > 0


@pytest.mark.parametrize("line", ["MLP.depth = model.depth", "Network.depth = model.depth"])
def test_a_class_that_is_changed_by_who_gets_it_keeps_the_change(line: str) -> None:
    text = _EXPERIMENT.format(line=line)
    program = slice_program(_submission(text), {"hvp.hvp": ("hvp",)}, _GIVEN, ["MLP"])
    assert "results = experiment([1000])" in program.sources[0].text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("a = 1\ndef f(): return a\n", ["a = 1", "def f(): return a"], id="constant"),
        pytest.param(
            "a = 1\na = 2\ndef f(): return a\na = 3\n", ["def f(): return a", "a = 3"], id="last"
        ),
        pytest.param(
            "a = 1\ndef f(x=a): return x\na = 2\n", ["a = 1", "def f(x=a): return x"], id="default"
        ),
        pytest.param(
            "def f(): return 1\ndef f(): return 2\n", ["def f(): return 2"], id="defined-twice"
        ),
        pytest.param(
            "rows = []\nfor i in range(3):\n    rows.append(i)\nother = []\nother.append(1)\n"
            "def f(): return rows\n",
            ["rows = []", "for i in range(3):", "rows.append(i)", "def f(): return rows"],
            id="filled-by-loop",
        ),
        pytest.param(
            "for i in range(9): print(i)\nt = {}\nfor i in range(3):\n    t[i] = i\n"
            "def f(): return t\n",
            ["t = {}", "for i in range(3):", "t[i] = i", "def f(): return t"],
            id="loop-variables-are-bound-by-their-loop",
        ),
        pytest.param(
            "a = 1\nif a:\n    b = 1\nelse:\n    b = 2\nb0 = b\ndef f(): return b\n",
            ["a = 1", "if a:", "b = 1", "else:", "b = 2", "def f(): return b"],
            id="both-branches",
        ),
        pytest.param(
            "b = 0\nif b:\n    b = 1\ndef f(): return b\n",
            ["b = 0", "if b:", "b = 1", "def f(): return b"],
            id="one-branch",
        ),
        pytest.param(
            "try:\n    import missing_module as m\nexcept ImportError:\n    m = None\n"
            "def f(): return m\nif __name__ == '__main__':\n    m = 1\n",
            [
                *("try:", "import missing_module as m", "except ImportError:", "m = None"),
                "def f(): return m",
            ],
            id="import-that-may-fail",
        ),
        pytest.param(
            "if '__main__' == __name__:\n    def g(): pass\ndef f(): return 1\n",
            ["def f(): return 1"],
            id="main-guard",
        ),
        pytest.param(
            "def g():\n    return h()\ndef f(): return g()\ndef h(): return 1\n",
            ["def g():", "return h()", "def f(): return g()", "def h(): return 1"],
            id="functions-of-functions",
        ),
        pytest.param(
            "x = [f0 for f0 in range(3)]\ndef f(): return [x for x in range(2)]\n",
            ["def f(): return [x for x in range(2)]"],
            id="comprehension-scope",
        ),
        pytest.param(
            "k = 1\nclass A:\n    k = 2\n    def get(self): return k\ndef f(): return A().get()\n",
            ["k = 1", "class A:", "k = 2", "def get(self): return k", "def f(): return A().get()"],
            id="class-scope-is-no-closure",
        ),
        pytest.param(
            "n = 0\ndef bump():\n    global n\n    n += 1\nbump()\ndef f(): return n\n",
            ["n = 0", "def bump():", "global n", "n += 1", "bump()", "def f(): return n"],
            id="global-declaration",
        ),
        pytest.param(
            "a = []\ndef fill(it): it.append(1)\nfill(a)\ndef f(): return a\n",
            ["a = []", "def fill(it): it.append(1)", "fill(a)", "def f(): return a"],
            id="changed-by-a-function",
        ),
        pytest.param(
            "names = {}\ndef register(fn):\n    names[fn.__name__] = fn\n    return fn\n"
            "@register\ndef g(): return 1\ndef f(): return names['g']()\n",
            [
                *("names = {}", "def register(fn):", "names[fn.__name__] = fn", "return fn"),
                *("@register", "def g(): return 1", "def f(): return names['g']()"),
            ],
            id="registering-decorator",
        ),
        pytest.param(
            "a = 1\nb = 2; c = 3\nd = 4\ndef f(): return c\n",
            ["b = 2; c = 3", "def f(): return c"],
            id="semicolons-stay-together",
        ),
        pytest.param(
            "from __future__ import annotations\n'''Doc.'''\n1 + 1\ndef f(): return 1\n",
            ["from __future__ import annotations", "def f(): return 1"],
            id="future-import",
        ),
        pytest.param(
            "from string import *\nfrom math import *\ndef f(): return pi\n",
            ["from string import *", "from math import *", "def f(): return pi"],
            id="star-import-of-an-unbound-name",
        ),
        pytest.param(
            "from math import *\ndef f(): return len([1])\n",
            ["def f(): return len([1])"],
            id="star-import-not-needed",
        ),
        pytest.param(
            "from jax.numpy import *\ndef f(x): return sum(x)\n",
            ["from jax.numpy import *", "def f(x): return sum(x)"],
            id="star-import-that-shadows-a-builtin",
        ),
        pytest.param(
            "import os\nimport sys\nos.environ['A'] = '1'\nsys.setrecursionlimit(10000)\n"
            "os.getcwd()\ndef f(): return 1\n",
            [
                *("import os", "import sys", "os.environ['A'] = '1'"),
                *("sys.setrecursionlimit(10000)", "def f(): return 1"),
            ],
            id="settings",
        ),
        pytest.param(
            "import numpy as np\nimport matplotlib.pyplot as plt\nnp.random.seed(0)\n"
            "plt.rcParams['figure.dpi'] = 99\nnp.set_printoptions(precision=3)\n"
            "def f(): return np.zeros(1)\n",
            ["import numpy as np", "def f(): return np.zeros(1)"],
            id="calls-on-modules-are-no-changes",
        ),
        pytest.param(
            "import numpy as np\nnp.float = float\ndef f(): return np.float(1)\n",
            ["import numpy as np", "np.float = float", "def f(): return np.float(1)"],
            id="attribute-of-a-module",
        ),
        pytest.param(
            "import xml.sax\nimport xml.dom\nimport xml\ndef f(): return xml.dom\n",
            ["import xml.sax", "import xml.dom", "import xml", "def f(): return xml.dom"],
            id="submodule-imports-add-up",
        ),
        pytest.param(
            "def f(): return 1\nresult = f()\nf2 = result\nf = f()\n",
            ["def f(): return 1"],
            id="data-under-the-function's-name",
        ),
        pytest.param(
            "text = '''a\n\n  b'''\nother = '''x\ny'''\ndef f(): return text\n",
            ["text = '''a", "b'''", "def f(): return text"],
            id="multi-line-string",
        ),
        pytest.param(
            "first = second = []\nsecond.append(1)\ndef f(): return first\n",
            ["first = second = []", "second.append(1)", "def f(): return first"],
            id="two-names-for-one-list",
        ),
        pytest.param(
            "from functools import partial\ndef g(a, x): return a + x\ng2 = 1\nf = partial(g, 1)\n",
            ["from functools import partial", "def g(a, x): return a + x", "f = partial(g, 1)"],
            id="partial",
        ),
    ],
)
def test_only_what_a_function_needs_is_kept(text: str, kept: list[str]) -> None:
    program = _slice(text)
    assert _kept(program) == kept
    assert program.targets == {"item": "f"}
    assert not program.whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("a = 1\ndef f(): return a\na += 1\n", 2, id="deferred-use-sees-the-end"),
        pytest.param("a = 1\ndef f(x=a): return x\na = 5\n", 1, id="default-sees-its-place"),
        pytest.param(
            "s = 1\ndef g(): return s\nb = g()\ns = 2\ndef f(): return b, g()\n",
            (1, 2),
            id="called-before-and-after",
        ),
        pytest.param(
            "class V:\n    def __init__(self, x): self.x = x\n"
            "    def __add__(self, o): return V(self.x + o.x + bias)\nbias = 1\n"
            "v = V(1)\nbias = 10\nw = v + v\nbias = 100\ndef f(): return w.x\n",
            12,
            id="operators-call-methods",
        ),
        pytest.param("def f(): return 1\ndef _patched(): return 2\nf = _patched\n", 2, id="alias"),
        pytest.param(
            "class A:\n    def m(self): return 0\ndef m(self): return 7\nsetattr(A, 'm', m)\n"
            "def f(): return A().m()\n",
            7,
            id="setattr",
        ),
        pytest.param(
            "fs = []\nfor k in range(3):\n    fs.append(lambda: k)\nfor k in range(10): pass\n"
            "def f(): return fs[0]()\n",
            9,
            id="late-binding-of-a-loop-variable",
        ),
        pytest.param(
            "import contextlib\n@contextlib.contextmanager\n"
            "def c():\n    log.append(1)\n    yield\n"
            "log = []\nwith c():\n    v = 3\ndef f(): return v, log\n",
            (3, [1]),
            id="context-manager",
        ),
        pytest.param(
            "gen = (x * k for x in [1, 2])\nk = 3\nk = 4\ndef f(): return list(gen)\n",
            [4, 8],
            id="generators-run-later",
        ),
        pytest.param(
            "match [1, 2]:\n    case [a, *rest]:\n        pass\ndef f(): return a, rest\n",
            (1, [2]),
            id="match-captures",
        ),
        pytest.param("if (n := 3) > 2:\n    pass\ndef f(): return n\n", 3, id="walrus"),
        pytest.param("x = 1\ndel x\nx = 2\ndef f(): return x\n", 2, id="deleted-and-bound-again"),
        pytest.param(
            "def g():\n    global made\n    made = lambda: 5\ng()\ndef f(): return made()\n",
            5,
            id="bound-inside-a-function",
        ),
    ],
)
def test_a_slice_runs_like_the_whole(text: str, value: object) -> None:
    text = "boom = 0\n" + text + "raise SystemExit\n"
    assert _run(_slice(text))["f"]() == value


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
def test_type_parameters_and_aliases_are_understood() -> None:
    text = (
        "T = 1 / 0\nlimit = 3\ntype Pair[T] = tuple[T, Other]\nclass Other: pass\n"
        "class Box[T]:\n    def get[U](self, x: U) -> T: return limit\n"
        "def f[T: int](x: T) -> Pair: return Box().get(x)\n"
    )
    program = _slice(text)
    assert "T = 1 / 0" not in _kept(program)
    assert _run(program)["f"](1) == 3


def test_lines_stay_where_they_are() -> None:
    text = (
        "import os\n\n# gone\n@staticmethod  # stays\ndef f():\n    return 1  # stays\n\n# gone\n"
    )
    (source,) = _slice(text).sources
    assert source.text == "\n\n\n@staticmethod  # stays\ndef f():\n    return 1  # stays\n"


def test_sources_of_which_nothing_is_needed_are_left_out() -> None:
    program = _slice("print(1)", "a = 1\ndef f(): return a", "print(f())")
    assert [source.label for source in program.sources] == ["cell 2"]
    assert program.dropped == 2


def test_nothing_wanted_keeps_nothing() -> None:
    program = slice_program(_submission("a = 1"), {"item": ("f",)}, _NO_GIVEN, [])
    assert (program.sources, program.targets, program.dropped) == ((), {}, 1)


@pytest.mark.parametrize(
    ("text", "names", "found"),
    [
        pytest.param("def b(): return 1\ndef a(): return 1\n", ("a", "b"), "a", id="first"),
        pytest.param("def b(): return 1\n", ("a", "b"), "b", id="second"),
        pytest.param("def a(): pass\ndef b(): return 1\n", ("a", "b"), "b", id="stub-yields"),
        pytest.param("def a():\n    '''Do.'''\n    ...\n", ("a", "b"), "a", id="only-a-stub"),
        pytest.param(
            "def a(): raise NotImplementedError('todo')\na2 = 1\nb = lambda: 1\n",
            ("a", "b"),
            "b",
            id="not-implemented",
        ),
        pytest.param("from jax import hessian\n", ("hessian",), None, id="library-import"),
        pytest.param(
            "def a(): return 1\nfrom jax import a\n", ("a",), None, id="library-import-last"
        ),
        pytest.param(
            "try:\n    from jax import a\nexcept ImportError:\n    def a(): return 1\n",
            ("a",),
            "a",
            id="library-import-with-fallback",
        ),
        pytest.param("a = 3\n", ("a",), None, id="data"),
        pytest.param(
            "def b(m): return 1\na = b(1)\n", ("a", "b"), "b", id="result-under-an-accepted-name"
        ),
        pytest.param("def b(): return 1\na = b\n", ("a",), "a", id="alias"),
        pytest.param("import jax\na = jax.jit(lambda x: x)\n", ("a",), "a", id="jitted"),
        pytest.param(
            "def make():\n    def g(): return 1\n    return g\na = make()\n", ("a",), "a", id="made"
        ),
        pytest.param(
            "class A:\n    def __call__(self): return 1\na = A()\n", ("a",), "a", id="object"
        ),
        pytest.param("class A: pass\na = A()\n", ("a",), None, id="object-without-call"),
        pytest.param("if 1:\n    def a(): return 1\n", ("a",), "a", id="in-if"),
        pytest.param(
            "if __name__ == '__main__':\n    def a(): return 1\n", ("a",), None, id="in-main-guard"
        ),
        pytest.param("class C:\n    def m(self): return 1\n", ("C.m",), "C.m", id="method"),
        pytest.param(
            "class B:\n    def m(self): return 1\nclass C(B): pass\n", ("C.m",), "C.m", id="base"
        ),
        pytest.param(
            "class C:\n    def m(self): pass\ndef m(self): return 1\nC.m = m\n",
            ("C.m", "m"),
            "C.m",
            id="method-set-later",
        ),
        pytest.param(
            "class C:\n    def m(self): pass\nsetattr(C, 'm', lambda self: 1)\n",
            ("C.m",),
            "C.m",
            id="method-by-setattr",
        ),
        pytest.param(
            "class C:\n    def m(self): pass\ndef m(c): return 1\n",
            ("C.m", "m"),
            "m",
            id="stub-method-and-function",
        ),
        pytest.param(
            "class C:\n    def m(self): pass\nclass D(C):\n    def m(self): return 1\n",
            ("C.m", "*.m"),
            "D.m",
            id="subclass-of-a-stub",
        ),
        pytest.param(
            "class C:\n    def m(self): pass\nclass C(C):\n    def m(self): return 1\n",
            ("C.m",),
            "C.m",
            id="class-extended-under-its-name",
        ),
        pytest.param("class N:\n    def m(self): return 1\n", ("C.m", "*.m"), "N.m", id="any"),
        pytest.param("def гессіан(): return 1\n", ("гессіан",), "гессіан", id="cyrillic"),
        pytest.param("async def a(): return 1\n", ("a",), "a", id="async"),
    ],
)
def test_accepted_names_resolve(text: str, names: tuple[str, ...], found: str | None) -> None:
    assert resolve(_submission(text), names) == found


@pytest.mark.parametrize(
    "text",
    ["from utils import f\n", "from utils import g as f\n", "from utils import *\n"],
    ids=["named", "renamed", "star"],
)
def test_functions_of_siblings_count(text: str) -> None:
    siblings = {"utils": "def f(): return 1\ng = f\n"}
    program = _slice(text, "print(f())", siblings=siblings)
    assert program.targets == {"item": "f"}
    assert _kept(program) == [text.strip()]
    assert program.siblings[0].source.text == siblings["utils"]


def test_siblings_that_lack_the_function_do_not_count() -> None:
    siblings = {"utils": "from jax import f\n"}
    assert resolve(_submission("from utils import f\n", siblings=siblings), ("f",)) is None


@pytest.mark.parametrize(
    ("text", "names", "aliases", "first"),
    [
        pytest.param("class MLP: pass\n", ("MLP.m",), {"MLP": "MLP"}, "cell 1", id="own"),
        pytest.param("def m(c): return 1\n", ("MLP.m", "m"), {}, "starter.py", id="missing"),
        pytest.param(
            "class Net:\n    def m(self): return 1\n",
            ("MLP.m", "*.m"),
            {"MLP": "Net"},
            "cell 1",
            id="renamed",
        ),
        pytest.param(
            "class MLP:\n    def m(self): pass\nclass My(MLP):\n    def m(self): return 1\n",
            ("MLP.m", "*.m"),
            {"MLP": "My"},
            "cell 1",
            id="subclass",
        ),
    ],
)
def test_given_classes_are_replaced_or_supplied(
    text: str, names: tuple[str, ...], aliases: dict[str, str], first: str
) -> None:
    program = slice_program(_submission(text), {"item": names}, _GIVEN, ["MLP"])
    assert program.aliases == aliases
    assert program.sources[0].label == first
    assert aliases.get("MLP", "MLP") in _run(program)


def test_a_missing_class_is_supplied_with_what_it_needs_alone() -> None:
    program = slice_program(_submission("def m(c): return c"), {"i": ("m",)}, _GIVEN, ["MLP"])
    assert program.sources == (
        Source("starter.py", "\n\n\nLIMIT = 2\n\n\nclass MLP:\n    size = LIMIT\n"),
        Source("cell 1", "def m(c): return c\n"),
    )
    assert program.dropped == 0


def test_a_whole_program_keeps_everything() -> None:
    submission = _submission("print(1)", "def f(): return MLP")
    program = whole_program(submission, {"item": ("f",)}, _GIVEN, ["MLP"])
    assert program.whole
    assert [source.label for source in program.sources] == ["starter.py", "cell 1", "cell 2"]
    assert program.sources[1:] == submission.sources
    assert program.targets == {"item": "f"}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        pytest.param("exec('f = 1')\n", ("cell 2, line 1",), id="exec"),
        pytest.param("x = 1\nglobals()['f'] = 1\n", ("cell 2, line 2",), id="globals"),
        pytest.param("from other import patch\npatch(f)\n", (), id="library"),
        pytest.param("from utils import patch\n\npatch(f)\n", ("cell 2, line 3",), id="sibling"),
        pytest.param(
            "from utils import Registry\nregistry = Registry()\nregistry.include(f)\n",
            ("cell 2, line 3",),
            id="sibling's-object",
        ),
        pytest.param("from math import *\n", ("cell 2, line 1",), id="star"),
        pytest.param(
            "get_ipython().run_line_magic('run', 'a.py')\n", ("cell 2, line 1",), id="run"
        ),
        pytest.param("print(f)\nlen([f])\nfs = []\nfs.append(f)\n", (), id="builtins"),
        pytest.param("import timeit\ntimeit.timeit(f)\n", (), id="timing"),
        pytest.param("def t(g): return g()\nt(f)\nrows = [t(g) for g in [f]]\n", (), id="own"),
        pytest.param("r = f()\nfor i in range(9):\n    r = f()\nassert f() == 1\n", (), id="calls"),
        pytest.param(
            "import jax\ng = jax.jit(f)\ng(1)\njax.vmap(f)(1)\nh = g.lower(f)\n", (), id="jitted"
        ),
        pytest.param(
            "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot(f)\n", (), id="plot"
        ),
        pytest.param("if __name__ == '__main__':\n    exec('f = 1')\n", (), id="main-guard"),
        pytest.param(
            "import jax\nfor b in (True, False):\n    jax.config.update('jax_enable_x64', b)\n",
            ("cell 2, line 2",),
            id="settings-in-a-loop",
        ),
    ],
)
def test_doubtful_statements_are_told(text: str, places: tuple[str, ...]) -> None:
    program = _slice(
        "def f(): return 1\n",
        text,
        siblings={"utils": "def patch(f): pass\nclass Registry: pass\n"},
    )
    assert program.doubtful == places
    assert _kept(program) == ["def f(): return 1"]


def test_the_interpreter_survives_deep_nesting() -> None:
    deep = "x = " + "-" * 900 + "1\n"
    program = _slice(f"{deep}def g(): return 2\ndef f(): return g()\n")
    assert program.targets == {"item": "f"}
    assert _run(program)["f"]() == 2


def test_a_close_name_is_suggested() -> None:
    submission = _submission("def calculate_hesian(m, p): return 1\ndef other(): pass\n")
    assert close_match(submission, ("calculate_hessian", "hessian")) == "calculate_hesian"
    assert close_match(submission, ("hvp",)) is None
    assert close_match(submission, ("other",)) is None


def test_literals_are_found_in_what_a_function_names() -> None:
    text = (
        "BETA = 1e-3\nUNUSED = 99\ndef step(a): return a * 0.5\n"
        "def f(a, n=100):\n    for _ in range(n): a = step(a) - BETA * -2 + 10**-4\n"
        "    return a, True, 'text', 1e999\n"
    )
    assert sorted(set(literals(_submission(text), "f"))) == [
        *(-4.0, -2.0, 1e-4, 1e-3, 0.5, 2.0, 4.0, 10.0, 100.0),
    ]
    assert literals(_submission(text), "missing") == ()


def test_defined_names_are_listed() -> None:
    text = "class A:\n    def m(self): pass\ndef f(): pass\nx = 1\nA.n = f\n"
    assert defined_names(_submission(text)) == ("A", "A.m", "A.n", "f")


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("f", Place("cell 2", 3, 5)),
        ("M.g", Place("cell 1", 4, 5)),
        ("h", Place("cell 2", 6, 6)),
        ("u", None),
        ("nothing", None),
    ],
)
def test_where_a_function_is_defined(target: str, found: Place | None) -> None:
    cells = (
        "def f(): pass\nfrom utils import u\nclass M:\n    def g(self):\n        return 1\n",
        "import jax\n\n@jax.jit\ndef f(x):\n    return x\nh = lambda x: x\n",
    )
    submission = _submission(*cells, siblings={"utils": "def u(): return 1\n"})
    assert place(submission, target) == found
