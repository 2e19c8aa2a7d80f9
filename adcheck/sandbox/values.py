"""Values on their way into and out of a student's functions: trees of plain data, and arrays.

Part of the child side: what the grader sends becomes arguments, what a function returns becomes
data again, whatever it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.sandbox import program, tables, wire

__all__ = ["Decoder", "Encoder"]

AnyArray = npt.NDArray[Any]
MAX_ITEMS = 2_000_000
MAX_TEXT = 200


class Decoder:
    """Turns the trees of a request into arguments."""

    def __init__(
        self,
        arrays: Sequence[AnyArray],
        namespace: program.Namespace,
        aliases: dict[str, str],
        functions: dict[str, Any],
        perform: Callable[[dict[str, Any]], Any],
        quick: bool,
    ) -> None:
        self._arrays, self._namespace, self._aliases = arrays, namespace, aliases
        self._functions, self._perform = functions, perform
        self._quick = quick
        self.observed: dict[str, Any] = {}

    def value(self, tree: dict[str, Any]) -> Any:
        """One argument."""
        import jax.numpy as jnp

        match tree:
            case {"array": index}:
                return _on_device(self._arrays[index])
            case {"numpy": index}:
                return self._arrays[index].copy()
            case {"made": header}:
                return self._perform(header)
            case {"columns": columns, "form": form}:
                return tables.made(columns, form)
            case {"number": number}:
                return number
            case {"key": seed}:
                return _key(seed)
            case {"items": items}:
                return [self.value(item) for item in items]
            case {"function": expression, "identity": identity}:
                built = wire.build(self._expression(expression), jnp)
                return self._functions.setdefault(identity, built) if identity else built
            case {"class": name, "args": args, "attributes": attributes}:
                return self._instance(name, args, attributes)
        raise wire.FrameError("unknown argument")

    def _expression(self, tree: Any) -> Any:
        if isinstance(tree, dict):
            return self._arrays[tree["array"]]
        if isinstance(tree, list):
            return [tree[0], *[self._expression(operand) for operand in tree[1:]]]
        return tree

    def _instance(self, name: str, args: list[Any], attributes: dict[str, Any]) -> Any:
        cls = self._namespace[self._aliases.get(name, name)]
        values = [self.value(arg) for arg in args]
        wanted = {attribute: self.value(tree) for attribute, tree in attributes.items()}
        instance = _abstract_instance(cls, values, wanted) if self._quick else None
        if instance is not None:
            return instance
        instance = cls(*values)
        for attribute, value in wanted.items():
            if not _set(instance, _same_shaped(instance, attribute, value), value):
                self.observed[attribute] = getattr(instance, attribute)
        return instance


def _on_device(array: Any) -> Any:
    """A JAX array, which what is traced is already; `jnp.asarray` would compile a program."""
    import jax

    return array if isinstance(array, jax.Array) else jax.device_put(array)


def _key(seed: int) -> Any:
    """What ``jax.random.PRNGKey`` gives, without compiling a program where that can be avoided."""
    import jax

    config: Any = jax.config
    if config.jax_default_prng_impl != "threefry2x32" or seed >= 2**32:
        return jax.random.PRNGKey(seed)
    return jax.device_put(np.array([0, seed], np.uint32))


def _abstract_instance(cls: Any, args: list[Any], attributes: dict[str, Any]) -> Any:
    """An instance whose random draws were traced and never made; None where that does not do.

    Building a network draws arrays that the next line replaces; compiling those draws is most of
    what a small case costs. It does not do if a traced value is left anywhere in the object.
    """
    import jax

    built = []
    places = [place for place, arg in enumerate(args) if isinstance(arg, jax.Array)]

    def build(*arrays: Any) -> None:
        filled = list(args)
        for place, array in zip(places, arrays, strict=True):
            filled[place] = array
        instance = cls(*filled)
        for name, held in vars(instance).items():
            if any(held is array for array in arrays):  # a key that it keeps, say
                _set(instance, name, args[next(p for p in places if filled[p] is held)])
        built.append(instance)

    try:
        jax.eval_shape(build, *[args[place] for place in places])
        instance = built[0]
        done = [_set(instance, _same_shaped(instance, k, v), v) for k, v in attributes.items()]
        left = jax.tree_util.tree_leaves(vars(instance))
    except Exception:  # whatever it was, building the object really will tell
        return None
    given = {id(leaf) for leaf in jax.tree_util.tree_leaves([args, attributes])}
    traced_left = any(isinstance(leaf, jax.core.Tracer) and id(leaf) not in given for leaf in left)
    return instance if all(done) and not traced_left else None


def _set(instance: Any, attribute: str, wanted: Any) -> bool:
    """Sets an attribute, frozen or not; False where the object does not keep it."""
    for setter in (setattr, object.__setattr__):
        try:
            setter(instance, attribute, wanted)
            if getattr(instance, attribute) is wanted:
                return True
        except (AttributeError, TypeError):
            continue
    return False


def _same_shaped(instance: Any, attribute: str, wanted: Any) -> str:
    """The attribute itself or, where a student renamed it, the one that holds the same shapes."""
    if hasattr(instance, attribute) or not isinstance(wanted, list):
        return attribute
    shapes = [np.shape(item) for item in wanted]
    for name, held in getattr(instance, "__dict__", {}).items():
        if isinstance(held, list | tuple) and [np.shape(item) for item in held] == shapes:
            return str(name)
    return attribute


class Encoder:
    """Turns a result into a tree of plain data and the arrays that it refers to."""

    def __init__(self) -> None:
        self.arrays: list[AnyArray] = []
        self._items = 0

    def tree(self, value: Any) -> dict[str, Any]:
        """One node; arrays are appended to `arrays`."""
        if isinstance(value, list | tuple):
            return self._sequence(value)
        array = _as_array(value)
        if array is None:
            return {"foreign": [type(value).__name__[:MAX_TEXT], _text(value)]}
        return self._array(_as_computed(array))

    def _array(self, array: AnyArray) -> dict[str, Any]:
        name = array.dtype.name
        if array.dtype.kind in "biufc" or name == "bfloat16":
            self.arrays.append(_widened(array))
            return {"array": len(self.arrays) - 1, "dtype": name}
        return {"foreign": [f"array of {name}"[:MAX_TEXT], _text(array)]}

    def _sequence(self, values: Sequence[Any]) -> dict[str, Any]:
        self._items += len(values)
        if self._items > MAX_ITEMS:
            raise OverflowError("the result has too many entries to be looked at")
        numbers = _as_numbers(values)
        if numbers:
            return self._array(_as_computed(np.stack(numbers)))
        return {"items": [self.tree(value) for value in values]}


def _as_numbers(values: Sequence[Any]) -> list[AnyArray]:
    """Arrays without dimensions, one for each value; none if one of them is no number."""
    numbers: list[AnyArray] = []
    for value in values:
        number = None if isinstance(value, list | tuple) else _as_array(value)
        if number is None or number.ndim:
            return []
        numbers.append(number)
    return numbers


def _as_array(value: Any) -> AnyArray | None:
    """An array of what counts as one: arrays, numbers, and what converts itself."""
    if isinstance(value, np.ndarray | np.generic | bool | int | float | complex):
        if isinstance(value, int) and abs(value) >= 2**63:
            return np.asarray(float(value) if abs(value) < 1e300 else math.inf)
        return np.asarray(value)
    if hasattr(value, "__array__") or hasattr(value, "__jax_array__"):
        return np.asarray(value)
    return None


def _widened(array: AnyArray) -> AnyArray:
    """The same entries in one of the dtypes that travel."""
    if array.dtype.kind == "c":
        return array.astype("<c16")
    if array.dtype.kind == "b":
        return array
    if array.dtype.kind in "iu":
        return array.astype("<i8")
    return array.astype("<f8" if array.dtype.itemsize >= 8 else "<f4")


def _as_computed(array: AnyArray) -> AnyArray:
    """The array in the precision it was computed in.

    Where a program has switched double precision off, JAX computed in single, even if NumPy made
    doubles of the result in the end.
    """
    import jax

    if array.dtype == np.float64 and jax.dtypes.canonicalize_dtype(np.float64) == np.float32:
        return array.astype(np.float32)
    return array


def _text(value: Any) -> str:
    try:
        return repr(value)[:MAX_TEXT]
    except BaseException:  # a student's __repr__ may raise anything
        return "(it cannot be shown)"
