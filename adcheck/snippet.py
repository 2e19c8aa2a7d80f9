"""A failing case as Python that a student pastes below their own code: it needs no adcheck.

Pure. What is pasted makes the inputs, calls the student's function and checks the result: against
the right answer or, where that is not to be told, against a checksum of its rounded entries.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.language import tr
from adcheck.model import (
    Answer,
    Argument,
    Call,
    Case,
    Comparison,
    Expression,
    Function,
    Instance,
    Item,
    Key,
    Kind,
    Made,
    Numpy,
    Parameter,
    Rows,
    Transform,
    as_returned,
)
from adcheck.report.escape import escape_line

__all__ = ["snippet"]

AnyArray = npt.NDArray[Any]

LITERAL = 5000
"""Up to so many entries an array is written out; where there are more, any numbers will do."""

TOLERANCE = 1e-8
"""Relative error that the check allows: a student's other packages may round differently."""

SAFE = 1e-9
"""Right entries, relative to the largest, stay so far from an edge at which rounding jumps."""

ROUNDED = 1e-3
"""Entries are rounded to this fraction of the largest before a checksum is taken."""

OPERATIONS = {
    "add": "({} + {})",
    "sub": "({} - {})",
    "mul": "({} * {})",
    "div": "({} / {})",
    "neg": "(-{})",
    "matmul": "({} @ {})",
    "power": "{} ** {}",
    "sin": "jnp.sin({})",
    "cos": "jnp.cos({})",
    "tanh": "jnp.tanh({})",
    "exp": "jnp.exp({})",
    "log1p_square": "jnp.log1p(({}) ** 2)",
    "sqrt1p_square": "jnp.sqrt(1 + ({}) ** 2)",
    "logsumexp": "jax.nn.logsumexp({})",
    "sum": "jnp.sum({})",
    "prod": "jnp.prod({})",
    "roll": "jnp.roll({}, {})",
    "slice": "{}[{}:{}]",
    "reshape": "jnp.reshape({}, ({}, {}))",
}
"""How each operation of `adcheck.sandbox.wire` is written."""


def snippet(
    item: Item,
    name: str,
    case: Case,
    index: int,
    comparison: Comparison | None,
    parameters: Sequence[Parameter] | None = None,
    *,
    full: bool = False,
) -> str:
    """Python that fails with the student's function as one call of a case did.

    Empty where an argument is what another function of theirs returns while clocks are scripted,
    or a table in whatever form they use: pasted code could not have it.

    Args:
        item: the row of the rubric.
        name: of the student's function, such as ``"MLP.get_params"``.
        case: the test.
        index: of the call.
        comparison: the verdict; None where the call did not return.
        parameters: of the student's function, for arguments that go by name.
        full: whether the right answer is written out.
    """
    writer = _Writer()
    call = case.calls[index]
    if any(isinstance(argument, Made | Rows) for argument in call.args):
        return ""
    names = _argument_names(item, len(call.args))
    for argument_name, argument in zip(names, call.args, strict=True):
        writer.assign(argument_name, argument)
    lines = [
        "# "
        + tr(
            "{item}, case {case}: paste this below your own code and run it.",
            item=item.id,
            case=case.index,
        ),
        *(["import hashlib"] if comparison is not None and not full else []),
        "import jax",
        "import jax.numpy as jnp",
        "import numpy as np",
        "",
        'jax.config.update("jax_enable_x64", True)',
        "",
        *writer.lines,
        "",
        f"result = {_called(name, call, names, parameters)}",
    ]
    if comparison is not None:
        lines += ["print(result)", *_check(case, index, comparison, full)]
    return "\n".join(lines) + "\n"


def _argument_names(item: Item, count: int) -> list[str]:
    """From the signature in the rubric; a method's object is named after its class."""
    inside = re.findall(r"\w+", item.signature.partition("(")[2].partition("=")[0])
    names = [word for word in inside if word != "self"]
    if len(names) < count and "." in item.function:
        names = [item.function.partition(".")[0].lower(), *names]
    return [*names, *(f"argument_{i}" for i in range(len(names), count))][:count]


def _called(
    name: str, call: Call, names: Sequence[str], parameters: Sequence[Parameter] | None
) -> str:
    owner, _, method = name.rpartition(".")
    arguments = list(names)
    function = name
    if owner:
        function, arguments = f"{arguments[0]}.{method}", arguments[1:]
    taken = [p.name for p in parameters or ()]
    for named in call.named:
        lowered = [known.lower() for known in named.names]
        own = next((n for n in taken[len(names) :] if n.lower() in lowered), None)
        arguments.append(f"{own}={named.value!r}" if own else repr(named.value))
    if call.transform is Transform.GRADIENT:
        function = f"jax.grad({function})"
    return f"{function}({', '.join(arguments)})"


# --------------------------------------------------------------------------- inputs


class _Writer:
    """Writes the inputs of a call, one assignment each."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._constants = 0

    def assign(self, name: str, value: Argument) -> None:
        """Gives a name a value."""
        match value:
            case Function(body):
                text = self._expression(body)
                self.lines += [f"def {name}(x):", f"    return {text}", ""]
            case Instance(cls, args, attributes):
                made = ", ".join(map(self._value, args))
                self.lines.append(f"{name} = {cls}({made})")
                for attribute, held in attributes.items():
                    self.lines.append(f"{name}.{attribute} = {self._value(held)}")
            case _:
                self.lines.append(f"{name} = {self._value(value)}")

    def _value(self, value: Argument) -> str:
        match value:
            case np.ndarray():
                return _array(value)
            case Numpy(data):
                return f"np.array({data.tolist()!r})"
            case Key(seed):
                return f"jax.random.PRNGKey({seed})"
            case tuple():
                return f"[{', '.join(map(self._value, value))}]"
        return repr(value)

    def _expression(self, expression: Expression) -> str:
        if expression.op in ("x", "y"):
            return expression.op
        operands = [self._operand(operand) for operand in expression.operands]
        return OPERATIONS[expression.op].format(*operands)

    def _operand(self, operand: Expression | float | AnyArray) -> str:
        if isinstance(operand, Expression):
            return self._expression(operand)
        if isinstance(operand, np.ndarray):
            self._constants += 1
            name = f"constant_{self._constants}"
            self.lines.append(f"{name} = {_array(operand)}")
            return name
        return repr(operand)


def _array(array: AnyArray) -> str:
    """An array as Python, short where its entries follow a pattern."""
    shape = repr(array.shape[0]) if array.ndim == 1 else repr(array.shape)
    if array.size > LITERAL:
        drawn = f"jnp.asarray(np.random.default_rng(0).standard_normal({shape}))"
        return f"{drawn}  # {tr('any will do')}"
    if array.size > 8 and np.all(array == array.flat[0]):
        return f"jnp.full({shape}, {float(array.flat[0])!r})"
    if array.size > 8 and array.ndim == 1 and np.count_nonzero(array) == 1:
        place = int(np.argmax(array != 0))
        return f"jnp.zeros({shape}).at[{place}].set({float(array[place])!r})"
    return f"jnp.array({_numbers(array)})"


def _numbers(array: AnyArray) -> str:
    """Nested lists of all digits."""
    if array.ndim:
        return f"[{', '.join(_numbers(part) for part in array)}]"
    return repr(float(array))


# --------------------------------------------------------------------------- the check


def _check(case: Case, index: int, comparison: Comparison, full: bool) -> Iterator[str]:
    expected = list(case.expected())[index] if case.expected is not None else None
    if expected is None:
        yield ""
        # it may name what the student's program made up, and must not leave the comment
        yield f"# {escape_line(comparison.message, limit=600)}"
        return
    if case.read is not as_returned and not isinstance(expected, tuple):
        yield "result = result[0] if isinstance(result, tuple) else result"
    yield from _compared(expected, comparison, full)


def _compared(expected: Answer, comparison: Comparison, full: bool) -> Iterator[str]:
    parts = expected if isinstance(expected, tuple) else (expected,)
    shapes = [part.shape for part in parts]
    yield "parts = list(result)" if isinstance(expected, tuple) else "parts = [result]"
    yield f"shapes = {shapes!r}"
    wrong = _quoted(tr("the shape is wrong"))
    yield f"assert [np.shape(part) for part in parts] == shapes, {wrong}"
    yield "entries = np.concatenate([np.ravel(part) for part in parts]).astype(float)"
    flat = np.concatenate([part.ravel() for part in parts])
    scale = float(np.max(np.abs(flat)))
    if full:
        yield f"expected = np.array({_numbers(flat)})"
        yield f"np.testing.assert_allclose(entries, expected, rtol=0, atol={TOLERANCE * scale:.1e})"
    else:
        unit = _unit(flat, scale, comparison)
        told = tr("The right answer is not told: this is a checksum of its rounded entries.")
        yield f"# {told}"
        yield f"rounded = np.round(entries / {unit!r}).astype(int).tolist()"
        yield "checksum = hashlib.sha256(str(rounded).encode()).hexdigest()[:16]"
        wrong = _quoted(tr("the values are wrong"))
        yield f'assert checksum == "{_checksum(flat, unit)}", {wrong}'
    yield f"print({_quoted(tr('right'))})"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _unit(flat: AnyArray, scale: float, comparison: Comparison) -> float:
    """What to round to, so that no right entry is near a rounding edge and a wrong one shows."""
    unit = ROUNDED * scale
    if comparison.kind is Kind.VALUE and 0.0 < comparison.relative < np.inf:
        unit = min(unit, 0.2 * comparison.relative * scale)
    for shrink in range(40):
        tried = float(f"{unit * 0.93**shrink:.3g}")
        places = flat / tried
        edge = np.min(np.abs(places - np.floor(places) - 0.5))
        if edge > SAFE * scale / tried:
            return tried
    return float(f"{unit:.3g}")


def _checksum(flat: AnyArray, unit: float) -> str:
    rounded = np.round(flat / unit).astype(int).tolist()
    return hashlib.sha256(str(rounded).encode()).hexdigest()[:16]
