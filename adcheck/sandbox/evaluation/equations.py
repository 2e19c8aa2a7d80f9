"""A jaxpr's equations in order: which program calls which, loops, branches; and what is too long.

Part of the child side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from adcheck.sandbox.evaluation import elementwise, indexing, linear, shaping

if TYPE_CHECKING:  # the worker imports jax after its limits
    from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn

__all__ = ["Interpreter", "UnsupportedError", "evaluate"]

AnyArray = npt.NDArray[Any]
Values = list[AnyArray]

MOST_EQUATIONS = 50_000
"""Up to so many equations are run, those in a loop each time. At 2 to 10 microseconds for one of
few numbers this is less than half a second, about what compiling a program of a few hundred
equations takes: a longer one is a loop, which is better compiled."""

PRIMITIVES: dict[str, Callable[..., Any]] = {
    **elementwise.PRIMITIVES,
    **shaping.PRIMITIVES,
    **indexing.PRIMITIVES,
    **linear.PRIMITIVES,
}
"""By a primitive's name: a function of its operands and, by keyword, its parameters. It returns an
array, or a list of them where the primitive has several results."""

_BODIES = {
    "jit": "jaxpr",
    "pjit": "jaxpr",
    "closed_call": "call_jaxpr",
    "core_call": "call_jaxpr",
    "remat": "jaxpr",
    "remat2": "jaxpr",
    "checkpoint": "jaxpr",
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
}
"""Primitives that call one program with their operands, and the parameter that holds it."""


_FAULTS = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    np.linalg.LinAlgError,
)


class UnsupportedError(Exception):
    """Raised for a program that is not run here: a primitive is unknown, or there is too much."""


def evaluate(closed: ClosedJaxpr, arguments: Sequence[Any]) -> Values:
    """Runs a traced program.

    Args:
        closed: the program, as ``jax.make_jaxpr`` gives it.
        arguments: arrays of the shapes it was traced for.

    Returns:
        Its results, flat.

    Raises:
        UnsupportedError: it cannot be run here.
    """
    return Interpreter(closed).run(arguments)


class Interpreter:
    """A program that is made ready once, and run any number of times.

    Attributes:
        equations: how many were run in all.
    """

    def __init__(self, closed: ClosedJaxpr) -> None:
        """Makes `closed` ready."""
        self.equations = 0
        self._allowed = 0
        self._prepared: dict[int, _Prepared] = {}
        self._closed = closed

    def run(self, arguments: Sequence[Any]) -> Values:
        """See `evaluate`."""
        self._allowed = self.equations + MOST_EQUATIONS
        with np.errstate(all="ignore"):
            try:
                variables = zip(arguments, self._closed.jaxpr.invars, strict=True)
                given = [np.asarray(given, v.aval.dtype) for given, v in variables]
                return [np.asarray(result) for result in self._call(self._closed, given)]
            except _FAULTS as error:  # a parameter that another release spells otherwise, say
                raise UnsupportedError(f"{type(error).__name__}: {error}") from error

    def _call(self, body: Any, values: Sequence[Any]) -> Values:
        """The results of a program, closed over its constants or without any."""
        if id(body) not in self._prepared:
            self._prepared[id(body)] = _Prepared(body, self._function)
        prepared = self._prepared[id(body)]
        self.equations += len(prepared.steps)
        if self.equations > self._allowed:
            raise UnsupportedError("it is too long")
        return prepared.run(values)

    def _function(self, equation: JaxprEqn) -> Callable[..., Any]:
        """What an equation does with its operands, in an array or a list of them."""
        name, params = equation.primitive.name, equation.params
        if name in PRIMITIVES:
            return partial(PRIMITIVES[name], **params) if params else PRIMITIVES[name]
        if name in _BODIES:
            body = params[_BODIES[name]]
            return lambda *operands: self._call(body, operands)
        match name:
            case "scan":
                return lambda *operands: self._scan(operands, params)
            case "while":
                return lambda *operands: self._while(operands, params)
            case "cond":
                return lambda *operands: self._cond(operands, params["branches"])
        raise UnsupportedError(f"the primitive {name} is unknown")

    def _cond(self, operands: Sequence[Any], branches: Sequence[Any]) -> Values:
        chosen = min(max(int(operands[0]), 0), len(branches) - 1)
        return self._call(branches[chosen], operands[1:])

    def _scan(self, operands: Sequence[Any], params: dict[str, Any]) -> Values:
        body, length = params["jaxpr"], params["length"]
        first, kept = _constants_and_carry(params)
        second = first + kept
        constants, carry, slices = operands[:first], operands[first:second], operands[second:]
        stacked: list[Values] = []
        order = range(length - 1, -1, -1) if params["reverse"] else range(length)
        for index in order:
            results = self._call(body, [*constants, *carry, *[s[index] for s in slices]])
            carry = results[:kept]
            stacked.append(results[kept:])
        if params["reverse"]:
            stacked.reverse()
        if not stacked:
            outputs = [variable.aval for variable in body.jaxpr.outvars[kept:]]
            return [*carry, *[np.zeros((0, *aval.shape), aval.dtype) for aval in outputs]]
        return [*carry, *[np.stack(column) for column in zip(*stacked, strict=True)]]

    def _while(self, operands: Sequence[Any], params: dict[str, Any]) -> Values:
        first = params["cond_nconsts"]
        second = first + params["body_nconsts"]
        asked, made, carry = operands[:first], operands[first:second], operands[second:]
        while bool(self._call(params["cond_jaxpr"], [*asked, *carry])[0]):
            carry = self._call(params["body_jaxpr"], [*made, *carry])
        return list(carry)


def _constants_and_carry(params: dict[str, Any]) -> tuple[int, int]:
    """How many of a scan's operands are constants, and how many are carried along."""
    if "ft_in" in params:  # JAX 0.12: a tree of constants, carry and slices, in this order
        constants, carry, _ = params["ft_in"].unpack()
        return len(constants), len(carry)
    return params["num_consts"], params["num_carry"]


class _Prepared:
    """One program: the equations on which its results depend, with places for all values.

    Attributes:
        steps: of each equation what it does, the places of its operands and results, those that
            no later one reads, and what JAX says that the results are.
    """

    def __init__(self, body: Any, function: Callable[[JaxprEqn], Callable[..., Any]]) -> None:
        self._body = body  # kept, so that its id remains its own
        jaxpr: Jaxpr = body.jaxpr if hasattr(body, "consts") else body
        self._places: dict[Any, int] = {}
        self._values: list[Any] = []
        constants = [np.asarray(constant) for constant in getattr(body, "consts", ())]
        for variable, constant in zip(jaxpr.constvars, constants, strict=True):
            self._values[self._place(variable)] = constant
        self._inputs = [self._place(variable) for variable in jaxpr.invars]
        self._outputs = [self._place(variable) for variable in jaxpr.outvars]
        needed = set(self._outputs)
        steps = []
        for equation in reversed(jaxpr.eqns):
            results = [self._place(variable) for variable in equation.outvars]
            if not equation.effects and needed.isdisjoint(results):
                continue
            operands = [self._place(variable) for variable in equation.invars]
            done = [place for place in {*operands, *results} if place not in needed]
            needed.update(operands)
            avals = [variable.aval for variable in equation.outvars]
            steps.append((function(equation), operands, results, done, avals))
        written = {place for place, value in enumerate(self._values) if value is not None}
        self.steps = [
            (act, operands, results, [place for place in done if place not in written], avals)
            for act, operands, results, done, avals in reversed(steps)
        ]
        self._checked = False

    def run(self, arguments: Sequence[Any]) -> Values:
        """The results.

        Raises:
            UnsupportedError: one is not what JAX says that it is; then a primitive works otherwise
                than it is known here.
        """
        values = self._values.copy()
        for place, argument in zip(self._inputs, arguments, strict=True):
            values[place] = argument
        for act, operands, results, done, avals in self.steps:
            told = act(*[values[place] for place in operands])
            if not isinstance(told, list):
                values[results[0]] = told
            else:
                for place, result in zip(results, told, strict=True):
                    values[place] = result
            if not self._checked:
                for place, aval in zip(results, avals, strict=True):
                    _check(values[place], aval)
            for place in done:
                values[place] = None
        self._checked = True  # shapes and dtypes are the same the next time
        return [values[place] for place in self._outputs]

    def _place(self, variable: Any) -> int:
        """Where a variable's value is kept; that of one written in the program, for good."""
        literal = hasattr(variable, "val")
        key = id(variable) if literal else variable
        if key not in self._places:
            self._places[key] = len(self._values)
            known = np.asarray(variable.val, variable.aval.dtype) if literal else None
            self._values.append(known)
        return self._places[key]


def _check(result: Any, aval: Any) -> None:
    if result.shape != aval.shape or result.dtype != aval.dtype:
        raise UnsupportedError(f"{result.dtype}{result.shape} came out where {aval} was foreseen")
