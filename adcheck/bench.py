"""The one worker that grading has at a time, and where its time goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adcheck.errors import GraderError
from adcheck.model import Died, Limits, Program, Raised
from adcheck.sandbox.isolation import Choice, merged
from adcheck.sandbox.launch import Worker, open_worker

__all__ = ["STAGES", "Bench", "Spent"]

STAGES = ("prepare", "start", "import", "trace", "compile", "run", "compare")
"""Where the time of an item goes: drawing its cases and computing the answers, starting workers,
loading the program, tracing, compiling and running calls, comparing results."""


class Spent:
    """Seconds by stage.

    Attributes:
        seconds: of each stage.
    """

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)

    def add(self, stage: str, seconds: float) -> None:
        """Counts more of a stage."""
        self.seconds[stage] += seconds

    def since(self, earlier: Mapping[str, float]) -> dict[str, float]:
        """What was spent after `earlier`, a copy of the seconds at that time."""
        return {stage: self.seconds[stage] - earlier[stage] for stage in STAGES}


class Bench:
    """Holds one worker at a time, and opens another when a program or a worker's death asks.

    Args:
        limits: for loading a program.
        isolation: of the workers; see `open_worker`.
        hidden: from the workers; see `open_worker`.
        quick: whether calls are traced and interpreted first. Otherwise all is run eagerly and
            compiled operation by operation, as by the student: slowly, and with the same verdict.

    Attributes:
        quick: see above.
        layers: of confinement that all of its workers had.
        spent: by all that was run on it.
    """

    def __init__(
        self,
        limits: Limits,
        isolation: Choice = "auto",
        hidden: Sequence[str] = (),
        quick: bool = True,
    ) -> None:
        self._limits = limits
        self.quick = quick
        self._isolation: Choice = isolation
        self._hidden = hidden
        self._worker: Worker | None = None
        self._held: tuple[int, bool, bool] | None = None
        self._failures: dict[tuple[int, bool], Raised | Died | None] = {}
        self.layers: dict[str, str] = {}
        self.spent = Spent()
        self._abandoned = False
        self._ended_cpu_seconds = 0.0

    @property
    def cpu_seconds(self) -> float:
        """Processor time that calls have taken in all of its workers."""
        now = self._worker.cpu_seconds if self._worker is not None else 0.0
        return self._ended_cpu_seconds + now

    def abandon(self) -> None:
        """Ends the worker at hand, for good: what runs in another thread stops at once."""
        self._abandoned = True
        self.clear()

    def failure(self, program: Program, x64: bool = True) -> Raised | Died | None:
        """Why a program does not load; None if it does. Tried once."""
        key = (id(program), x64)
        if key not in self._failures:
            self._open(program, x64, self.quick)
        return self._failures[key]

    def worker(self, program: Program, x64: bool, interpret: bool = True) -> Worker:
        """A worker that has loaded the program: the one at hand, or a new one."""
        held = id(program), x64, interpret
        if self._worker is None or not self._worker.alive or self._held != held:
            self._open(program, x64, interpret)
        assert self._worker is not None
        return self._worker

    def clear(self) -> None:
        """Ends the worker at hand: the next one starts from nothing."""
        if self._worker is not None:
            self._worker.close()
            self._ended_cpu_seconds += self._worker.cpu_seconds
            self._worker = None

    def _open(self, program: Program, x64: bool, interpret: bool = True) -> None:
        self.clear()
        if self._abandoned:
            raise GraderError("grading was given up")
        self._worker = open_worker(
            program,
            self._limits,
            x64=x64,
            isolation=self._isolation,
            hidden=self._hidden,
            interpret=interpret,
        )
        self.spent.add("start", self._worker.started)
        self.spent.add("import", self._worker.loaded)
        self._held = (id(program), x64, interpret)
        self._failures.setdefault((id(program), x64), self._worker.failure)
        self.layers = merged(self.layers, self._worker.layers)
