"""A jaxpr's equations in order: which program calls which, loops, branches; and what is too long.

Part of the child side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from adcheck.sandbox.evaluation import elementwise, indexing, linear, shaping

if TYPE_CHECKING:  # the worker imports jax after its limits
    from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn

__all__ = ["Run", "UnsupportedError", "evaluate"]

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
    return Run().results(closed, arguments)


class Run:
    """One run of a program.

    Attributes:
        equations: how many were run.
    """

    def __init__(self) -> None:
        self.equations = 0
        self._plans: dict[int, list[tuple[JaxprEqn, list[Any]]]] = {}

    def results(self, closed: ClosedJaxpr, arguments: Sequence[Any]) -> Values:
        """See `evaluate`."""
        with np.errstate(all="ignore"):
            try:
                variables = zip(arguments, closed.jaxpr.invars, strict=True)
                given = [np.asarray(given, v.aval.dtype) for given, v in variables]
                return self._closed(closed, given)
            except _FAULTS as error:  # a parameter that another release spells otherwise, say
                raise UnsupportedError(f"{type(error).__name__}: {error}") from error

    def _closed(self, closed: ClosedJaxpr, values: Sequence[AnyArray]) -> Values:
        return self._program(closed.jaxpr, [np.asarray(c) for c in closed.consts], values)

    def _program(
        self, jaxpr: Jaxpr, constants: Sequence[AnyArray], values: Sequence[AnyArray]
    ) -> Values:
        """The results of a program."""
        known: dict[Any, Any] = dict(zip(jaxpr.constvars, constants, strict=True))
        known.update(zip(jaxpr.invars, values, strict=True))
        plan = self._plan(jaxpr)
        self.equations += len(plan)
        if self.equations > MOST_EQUATIONS:
            raise UnsupportedError("it is too long")
        for equation, done in plan:
            operands = [_read(known, variable) for variable in equation.invars]
            results = self._results(equation.primitive.name, operands, equation.params)
            for variable, result in zip(equation.outvars, results, strict=True):
                known[variable] = _foreseen(result, variable.aval)
            for variable in done:
                known.pop(variable, None)
        return [np.asarray(_read(known, variable)) for variable in jaxpr.outvars]

    def _plan(self, jaxpr: Jaxpr) -> list[tuple[JaxprEqn, list[Any]]]:
        """The equations on which the results depend, each with what no later one reads."""
        if id(jaxpr) not in self._plans:
            needed: set[Any] = {v for v in jaxpr.outvars if not hasattr(v, "val")}
            plan: list[tuple[JaxprEqn, list[Any]]] = []
            for equation in reversed(jaxpr.eqns):
                if not equation.effects and needed.isdisjoint(equation.outvars):
                    continue
                named = [v for v in (*equation.invars, *equation.outvars) if not hasattr(v, "val")]
                plan.append((equation, [variable for variable in named if variable not in needed]))
                needed.update(named)
            self._plans[id(jaxpr)] = plan[::-1]
        return self._plans[id(jaxpr)]

    def _results(self, name: str, operands: Values, params: dict[str, Any]) -> Sequence[Any]:
        if name in PRIMITIVES:
            result = PRIMITIVES[name](*operands, **params)
            return result if isinstance(result, list) else [result]
        if name in _BODIES:
            return self._body(params[_BODIES[name]], operands)
        match name:
            case "scan":
                return self._scan(operands, params)
            case "while":
                return self._while(operands, params)
            case "cond":
                chosen = int(np.clip(int(operands[0]), 0, len(params["branches"]) - 1))
                return self._closed(params["branches"][chosen], operands[1:])
        raise UnsupportedError(f"the primitive {name} is unknown")

    def _body(self, body: Any, operands: Values) -> Values:
        if hasattr(body, "consts"):
            return self._closed(body, operands)
        return self._program(body, [], operands)

    def _scan(self, operands: Values, params: dict[str, Any]) -> Values:
        body, length = params["jaxpr"], params["length"]
        first, second = params["num_consts"], params["num_consts"] + params["num_carry"]
        constants, carry, slices = operands[:first], operands[first:second], operands[second:]
        stacked: list[Values] = []
        order = range(length - 1, -1, -1) if params["reverse"] else range(length)
        for index in order:
            results = self._closed(body, [*constants, *carry, *[s[index] for s in slices]])
            carry = results[: params["num_carry"]]
            stacked.append(results[params["num_carry"] :])
        if params["reverse"]:
            stacked.reverse()
        if not stacked:
            outputs = [v.aval for v in body.jaxpr.outvars[params["num_carry"] :]]
            return [*carry, *[np.zeros((0, *aval.shape), aval.dtype) for aval in outputs]]
        return [*carry, *[np.stack(column) for column in zip(*stacked, strict=True)]]

    def _while(self, operands: Values, params: dict[str, Any]) -> Values:
        first = params["cond_nconsts"]
        second = first + params["body_nconsts"]
        asked, made, carry = operands[:first], operands[first:second], operands[second:]
        while bool(self._closed(params["cond_jaxpr"], [*asked, *carry])[0]):
            carry = self._closed(params["body_jaxpr"], [*made, *carry])
        return carry


def _read(known: dict[Any, Any], variable: Any) -> Any:
    """An operand's value: of a variable, or written in the program."""
    if hasattr(variable, "val"):
        return np.asarray(variable.val, variable.aval.dtype)
    return known[variable]


def _foreseen(result: Any, aval: Any) -> Any:
    """The result, if it is what JAX says that it is.

    Raises:
        UnsupportedError: it is not; then a primitive works otherwise than it is known here.
    """
    if result.shape != aval.shape or result.dtype != aval.dtype:
        raise UnsupportedError(f"{result.dtype}{result.shape} came out where {aval} was foreseen")
    return result
