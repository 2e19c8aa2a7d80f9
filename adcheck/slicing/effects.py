"""What calls change: summaries of the program's own functions, followed through one another."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from adcheck.slicing.calls import CHANGERS, HARMLESS
from adcheck.slicing.closure import gathered
from adcheck.slicing.facts import CallSite, Facts, Frame, Ref

__all__ = ["Effect", "Effects"]


# Functions that return each other's results form short chains.
_MAX_ROUNDS = 30


@dataclass
class Effect:
    """What running a frame changes, through all that it calls.

    Attributes:
        mutates: variables whose objects are changed in place.
        rebinds: global names that are assigned.
        configures: whether settings that affect results are changed.
        dynamic: whether names may change in a way that cannot be seen.
    """

    mutates: set[Ref] = field(default_factory=set)
    rebinds: set[str] = field(default_factory=set)
    configures: bool = False
    dynamic: bool = False

    def add(self, other: Effect) -> bool:
        """Take over another effect; tell whether it changed this one."""
        before = self._size()
        self.mutates |= other.mutates
        self.rebinds |= other.rebinds
        self.configures |= other.configures
        self.dynamic |= other.dynamic
        return self._size() != before

    def _size(self) -> tuple[int, int, bool, bool]:
        return len(self.mutates), len(self.rebinds), self.configures, self.dynamic


class Effects:
    """Summaries of all functions of a program."""

    def __init__(self, pieces: Sequence[Facts]) -> None:
        """Follow every function of `pieces` through the functions that it calls."""
        self._codes: dict[Ref, list[Frame]] = defaultdict(list)
        self._carries: dict[Ref, set[Ref]] = defaultdict(set)
        for key, code in (pair for facts in pieces for pair in facts.codes):
            self._codes[key].append(code)
        frames = [
            *(facts.frame for facts in pieces),
            *(f for fs in self._codes.values() for f in fs),
        ]
        for frame in frames:
            for ref, carried in frame.carries.items():
                self._carries[ref] |= carried
        self._bits = {key: 1 << index for index, key in enumerate(self._codes)}
        self._frames_of: dict[int, tuple[Frame, ...]] = {}
        self._holds = self._held()
        self._follow_returns([frame for frame in frames if frame.gives])
        self._follow_results(frames)
        self._holds = self._held()
        self._merged_of: dict[int, tuple[Effect, list[tuple[Frame, set[Ref]]]]] = {}
        self._summaries: dict[int, Effect] = {}
        self._final = False
        self._summarise()
        self._final = True

    def of_piece(self, facts: Facts) -> Effect:
        """What running a piece changes, its calls included."""
        frame = facts.frame
        effect = Effect(set(frame.mutates), set(), frame.configures, frame.dynamic)
        for call in frame.calls:
            effect.add(self.of_call(call))
        effect.configures |= frame.configures_deep
        return effect

    def of_call(self, call: CallSite) -> Effect:
        """What a call changes, in terms of its caller's variables."""
        effect = Effect()
        for ref in self._callees(call):
            outer, changing = self._merged(ref)
            effect.add(outer)
            for frame, parameters in changing:
                if ref != call.callee:  # who calls it with what is not followed
                    if frame.initialises:  # a class, by whatever name: not it, but a new object
                        parameters = parameters - {frame.parameters[0]}
                    if parameters:
                        effect.mutates |= call.passed | call.receiver
                    continue
                for parameter in parameters:
                    effect.mutates |= _bound_to(parameter, frame, call)
        effect.mutates |= self._changed_receiver(call)
        return effect

    def frames(self, ref: Ref) -> tuple[Frame, ...]:
        """The functions that a variable may hold or wrap."""
        mask = self._holds.get(ref, 0)
        if mask not in self._frames_of:
            keys = [key for key, bit in self._bits.items() if mask & bit]
            self._frames_of[mask] = tuple(frame for key in keys for frame in self._codes[key])
        return self._frames_of[mask]

    def _merged(self, ref: Ref) -> tuple[Effect, list[tuple[Frame, set[Ref]]]]:
        """What calling a variable changes: outside of its parameters, and through which."""
        mask = self._holds.get(ref, 0)
        if mask in self._merged_of:
            return self._merged_of[mask]
        outer = Effect()
        changing: list[tuple[Frame, set[Ref]]] = []
        for frame in self.frames(ref):
            summary = self._summary(frame)
            mutates = {name for name in summary.mutates if "@" not in name}
            outer.add(Effect(mutates, summary.rebinds, summary.configures, summary.dynamic))
            if parameters := summary.mutates.intersection(frame.parameters):
                changing.append((frame, parameters))
        if self._final:
            self._merged_of[mask] = outer, changing
        return outer, changing

    def _callees(self, call: CallSite) -> list[Ref]:
        """Variables whose functions a call may run: also those that are passed to it."""
        refs = {call.callee} if call.callee else set(call.receiver)
        return sorted(ref for ref in refs | call.passed if self._holds.get(ref))

    def aliased(self, frame: Frame, ref: Ref) -> set[Ref]:
        """Variables whose objects a variable may refer to, through its frame's calls as well."""
        found = set(frame.aliases.get(ref, ()))
        for callee, passed in frame.results.get(ref, ()):
            for called in () if self._is_class(callee) else self.frames(callee):
                given = {ref for ref in called.returns if "@" not in ref}
                found |= {ref for ref in given if not self._is_function(ref)}
                found |= passed if called.returns & set(called.parameters) else set()
        return found

    def _is_function(self, ref: Ref) -> bool:
        """Whether it is one of the program's own, which nothing changes that is done to a result.

        Where a function makes another one within itself, its callers get that one.
        """
        return ref in self._codes and not self._is_class(ref)

    def _is_class(self, callee: Ref) -> bool:
        """Whether a new object is made, rather than what a method returns."""
        codes = self._codes.get(callee, ())
        return not callee.startswith(".") and any(frame.method for frame in codes)

    def linked(self, frame: Frame, ref: Ref) -> set[Ref]:
        """Variables whose changes a variable's value would show."""
        found = self.aliased(frame, ref) | frame.derived.get(ref, set())
        for callee, passed in frame.results.get(ref, ()):
            if any(called.encloses for called in self.frames(callee)):
                found |= passed
        return found

    def carried(self, ref: Ref) -> set[Ref]:
        """Other variables that a variable may hold or wrap."""
        return self._carries.get(ref, set())

    def _changed_receiver(self, call: CallSite) -> frozenset[Ref]:
        method = call.callee.removeprefix(".") if call.callee.startswith(".") else ""
        if not method:
            return frozenset()
        unknown = call.bare and method not in HARMLESS and not self.frames(call.callee)
        return call.receiver if method in CHANGERS or unknown else frozenset()

    def _held(self) -> dict[Ref, int]:
        """For each variable a bit mask of the functions that it may hold or wrap."""
        edges: dict[Ref, set[Ref]] = {key: set() for key in self._codes}
        for ref, carried in self._carries.items():
            edges.setdefault(ref, set()).update(carried)
        masks = gathered(edges, {key: (key,) for key in self._codes})
        return {ref: mask for ref, mask in masks.items() if mask}

    def _follow_returns(self, frames: Sequence[Frame]) -> None:
        """Let functions return what the functions that they call for it return."""
        changed = list(frames)
        for _ in range(_MAX_ROUNDS):
            changed = [frame for frame in changed if self._follow_return(frame)] and list(frames)
            if not changed:
                return
        for frame in frames:  # too long a chain to follow: anything may come back
            frame.returns |= {ref for _, passed in frame.gives for ref in passed}

    def _follow_return(self, frame: Frame) -> bool:
        before = len(frame.returns), frame.encloses
        for callee, passed in frame.gives:
            for called in self.frames(callee):
                frame.encloses |= called.encloses
                if called.encloses or called.returns & set(called.parameters):
                    frame.returns |= passed
                frame.returns |= {r for r in called.returns if "@" not in r or r in self._codes}
        return (len(frame.returns), frame.encloses) != before

    def _follow_results(self, frames: Iterable[Frame]) -> None:
        """Let variables hold the functions that the program's own functions return."""
        results = [(ref, *r) for frame in frames for ref, rs in frame.results.items() for r in rs]
        for ref, callee, passed in results:
            for called in self.frames(callee):
                if called.encloses:
                    self._carries[ref] |= {callee, *called.returns} | passed
                elif called.returns & set(called.parameters):
                    self._carries[ref] |= passed

    def _summarise(self) -> None:
        frames = {id(f): f for group in self._codes.values() for f in group}
        callers: dict[int, set[int]] = defaultdict(set)
        for key, frame in frames.items():
            self._summaries[key] = Effect(
                set(frame.mutates),
                set(frame.rebinds),
                frame.configures or frame.configures_deep,
                frame.dynamic,
            )
            for call in frame.calls:
                for called in (f for ref in self._callees(call) for f in self.frames(ref)):
                    callers[id(called)].add(key)
        queue = deque(frames)
        queued = set(frames)
        while queue:
            key = queue.popleft()
            queued.discard(key)
            if self._update(frames[key]):
                fresh = callers[key] - queued
                queue.extend(fresh)
                queued |= fresh

    def _update(self, frame: Frame) -> bool:
        """Recompute a function's summary; tell whether it grew."""
        effect = Effect()
        for call in frame.calls:
            effect.add(self.of_call(call))
        summary = self._summary(frame)
        effect.mutates |= summary.mutates
        stack = list(effect.mutates)
        while stack:
            fresh = self.aliased(frame, stack.pop()) - effect.mutates
            effect.mutates |= fresh
            stack += fresh
        return summary.add(effect)

    def _summary(self, frame: Frame) -> Effect:
        return self._summaries[id(frame)]


def _bound_to(parameter: Ref, frame: Frame, call: CallSite) -> frozenset[Ref]:
    """What a call passes for a parameter; everything where that cannot be told."""
    name, position = parameter.partition("@")[0], frame.parameters.index(parameter)
    if name in call.keywords:
        return call.keywords[name]
    passed = call.arguments
    if not (frame.static or call.unbound):
        if call.callee.startswith("."):
            passed = (call.receiver, *passed)
        elif frame.method:  # a class is called, or an object
            passed = (frozenset(), *passed)
    plain = "**" not in call.keywords and position < frame.positional
    return passed[position] if plain and position < len(passed) else call.passed
