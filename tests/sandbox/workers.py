"""What tests of workers share: opening one for a piece of text, asking it, reading its answers."""

from __future__ import annotations

import contextlib
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from adcheck.model import (
    Argument,
    Array,
    Call,
    Foreign,
    Limits,
    Named,
    Program,
    Raised,
    Reply,
    Returned,
    Sibling,
    Source,
    Transform,
    Value,
)
from adcheck.sandbox.isolation import Choice
from adcheck.sandbox.launch import Worker, open_worker

MB = 1024**2
LIMITS = Limits(cpu_seconds=20, wall_seconds=60)
X = np.array([1.0, 2.0, 3.0])


@contextlib.contextmanager
def running(
    text: str,
    *cells: str,
    siblings: Mapping[str, str] | None = None,
    packages: Sequence[str] = (),
    aliases: Mapping[str, str] | None = None,
    targets: Mapping[str, str] | None = None,
    whole: bool = False,
    x64: bool = True,
    limits: Limits = LIMITS,
    isolation: Choice = "auto",
) -> Iterator[Worker]:
    """A worker for a file (or, with more texts, for cells); every name defined is a target."""
    texts = [textwrap.dedent(t) for t in (text, *cells)]
    labels = ["hw.py"] if not cells else [f"cell {n}" for n in range(1, len(texts) + 1)]
    defined = re.findall(r"^(?:def )?(\w+)(?:\(| = )", "\n".join(texts), re.MULTILINE)
    worker = open_worker(
        Program(
            tuple(Source(label, t) for label, t in zip(labels, texts, strict=True)),
            tuple(
                Sibling(name, Source(f"{name}.py", textwrap.dedent(t)), name in packages)
                for name, t in (siblings or {}).items()
            ),
            {name: name for name in defined} | dict(targets or {}),
            aliases or {},
            whole,
        ),
        limits,
        x64=x64,
        isolation=isolation,
    )
    try:
        yield worker
    finally:
        worker.close()


def ask(
    worker: Worker,
    name: str,
    *args: Argument,
    limits: Limits = LIMITS,
    named: Sequence[Named] = (),
    transform: Transform = Transform.PLAIN,
    jit: bool = False,
) -> Reply:
    return worker.call(Call(name, args, tuple(named), transform, jit), limits)


def plain(value: Value) -> Any:
    """A value for comparison with literals: dtype and entries, lists, or type and text."""
    match value:
        case Array(data, dtype):
            return dtype, data.tolist()
        case Foreign(kind, text):
            return kind, text
    return [plain(item) for item in value]


def result(reply: Reply) -> Any:
    assert isinstance(reply, Returned), reply
    return plain(reply.value)


def raised(reply: Reply | None) -> Raised:
    assert isinstance(reply, Raised), reply
    return reply
