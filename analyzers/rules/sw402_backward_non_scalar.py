"""SW402 backward-non-scalar: `backward` on more than one number."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of, origins, shape_of


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"grad can be implicitly created only for scalar outputs"):
        return None
    message = text(
        "`{name}` is {shape}, but `backward` starts from a single number",
        name=name_of(failure, 0),
        shape=shape_of(failure, 0),
    )
    return Finding(message, 0, origins(failure, 0))


RULE = Rule("SW402", "backward-non-scalar", "error", _find)
