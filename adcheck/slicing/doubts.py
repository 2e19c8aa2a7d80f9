"""Statements that a slice leaves out and that might still change something that it keeps."""

from __future__ import annotations

import ast
from collections.abc import Collection

from adcheck.slicing.facts import Binding, CallSite, How, Ref
from adcheck.slicing.outline import Outline, Piece
from adcheck.slicing.references import dotted, innermost

__all__ = ["doubtful_places"]


def doubtful_places(program: Outline, kept: Collection[int]) -> tuple[str, ...]:
    """Say where left-out statements may do what the analysis cannot see.

    Args:
        program: the whole program.
        kept: indexes of the pieces in the slice.

    Returns:
        Places such as ``"cell 7, line 3"``, in the program's order.
    """
    own = {
        binding.name
        for index in kept
        for binding in program.pieces[index].facts.bindings
        if binding.how not in (How.LIBRARY, How.SIBLING)
    }
    judge = _Judge(program, own)
    return tuple(
        piece.where
        for index, piece in enumerate(program.pieces)
        if index not in kept and not piece.guarded and judge.doubts(piece)
    )


class _Judge:
    """Decides about single pieces."""

    def __init__(self, program: Outline, own: set[str]) -> None:
        self._program = program
        self._own = own
        self._harmless: dict[Ref, bool] = {}

    def doubts(self, piece: Piece) -> bool:
        facts, effect = piece.facts, self._program.effects.of_piece(piece.facts)
        if effect.dynamic or effect.configures or facts.star:
            return True
        return any(self._unseen(call) for call in facts.frame.calls)

    def _unseen(self, call: CallSite) -> bool:
        """Whether something kept is passed to code that cannot be looked into."""
        if call.known or not self._own & call.passed:
            return False
        if call.callee.startswith("."):
            if self._program.effects.frames(call.callee):
                return False
            return not all(self._is_harmless(ref) for ref in call.receiver)
        refs = [call.callee] if call.callee else list(call.receiver)
        return not all(self._is_harmless(ref) for ref in refs)

    def _is_harmless(self, ref: Ref) -> bool:
        """Whether a variable holds the program's own functions or what libraries return."""
        if ref not in self._harmless:
            self._harmless[ref] = True  # ends the recursion of a name into itself
            self._harmless[ref] = self._find_harmless(ref)
        return self._harmless[ref]

    def _find_harmless(self, ref: Ref) -> bool:
        effects = self._program.effects
        if effects.frames(ref):
            return True
        carried = effects.carried(ref)
        if carried:
            return all(self._is_harmless(other) for other in carried)
        if "@" in ref:
            return True
        bindings = self._program.bindings.get(ref, ())
        return bool(bindings) and all(self._is_plain(binding) for _, binding in bindings)

    def _is_plain(self, binding: Binding) -> bool:
        """Whether what is bound comes from the program or a library, and not from a sibling."""
        if binding.how is How.VALUE and isinstance(binding.node, ast.Call):
            root = dotted(innermost(binding.node.func)).partition(".")[0]
            origins = self._program.bindings.get(root, ())
            return all(origin.how is not How.SIBLING for _, origin in origins)
        return binding.how is not How.SIBLING
