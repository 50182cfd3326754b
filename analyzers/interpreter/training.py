"""What a run has seen of training."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..values.model import InstanceV


@dataclass
class Training:
    """Nothing in it is taken back, so it may say too much of what happened.

    path: the undecided branches around the point that is run. backwards: calls
    of anything called `backward`. strangers: calls of functions that are not
    known, with a module or an optimiser among their arguments. optimizers: all
    that were made. modules: all instances of modules of the learner's.
    """

    path: list[object] = field(default_factory=list)
    backwards: int = 0
    strangers: int = 0
    optimizers: list[InstanceV] = field(default_factory=list)
    modules: list[InstanceV] = field(default_factory=list)
