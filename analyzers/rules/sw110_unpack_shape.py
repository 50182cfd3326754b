"""SW110 unpack-shape: more or fewer names than there are values."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches


def _find(failure: Failure) -> Finding | None:
    found = matches(
        failure,
        r"not enough values to unpack \(expected (.+?), got (\d+)\)",
        r"too many values to unpack \(expected (\d+)\)",
    )
    if not found or failure.name != "unpack":
        return None
    if found.lastindex == 2:
        message = text(
            "`{source}` gives {got} values, but {wanted} names want one",
            source=failure.source(0),
            got=found.group(2),
            wanted=found.group(1),
        )
    else:
        message = text(
            "`{source}` gives more values than the {wanted} names here",
            source=failure.source(0),
            wanted=found.group(1),
        )
    return Finding(message, 0)


RULE = Rule("SW110", "unpack-shape", "error", _find)
