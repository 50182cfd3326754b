"""What a run has seen of training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..facts import Problem
from ..source.chunks import Chunk
from ..values.model import InstanceV, Value


@dataclass
class Training:
    """Nothing in it is taken back, so it may say too much of what happened.

    path: the undecided branches around the point that is run. backwards: backward
    passes. unseen: those of which it is not known where the gradients go.
    strangers: calls of functions that are not known, with a module or an optimiser
    among their arguments. optimizers: all that were made. modules: those of classes
    of which the program makes no instance. late: problems that are told at the end
    of the run, and what may speak against them. saved: what was written to files,
    by their names.
    """

    path: list[object] = field(default_factory=list)
    backwards: int = 0
    unseen: int = 0
    strangers: int = 0
    optimizers: list[InstanceV] = field(default_factory=list)
    modules: list[InstanceV] = field(default_factory=list)
    late: list[tuple[Problem, Callable[[list[Chunk]], bool]]] = field(default_factory=list)
    saved: dict[str, Value] = field(default_factory=dict)
