"""SW407 no-gradient-yet: `.grad` is None before the first backward pass."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of


def _find(failure: Failure) -> Finding | None:
    if failure.name != "attribute of a gradient":
        return None
    if not matches(failure, r"'NoneType' object has no attribute"):
        return None
    message = text(
        "`{name}` is None: there is no gradient before the first `backward()`",
        name=name_of(failure, 0),
    )
    return Finding(message, 0)


RULE = Rule("SW407", "no-gradient-yet", "error", _find)
