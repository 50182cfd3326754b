"""SW103 view-size: a view or reshape whose sizes do not fit."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of, origins, shape_of


def _find(failure: Failure) -> Finding | None:
    found = matches(failure, r"shape '\[(.*?)\]' is invalid for input of size (.+)")
    if found:
        message = text(
            "`{name}` is {shape}, that is {count} elements; they cannot be arranged as ({wanted})",
            name=name_of(failure, 0),
            shape=shape_of(failure, 0),
            count=found.group(2),
            wanted=found.group(1),
        )
        return Finding(message, None, origins(failure, 0))
    if matches(failure, r"view size is not compatible with input tensor's size and stride"):
        message = text(
            "`{name}` is {shape}, but its elements do not lie in that order in memory, so `view` "
            "cannot be used; `reshape` can",
            name=name_of(failure, 0),
            shape=shape_of(failure, 0),
        )
        return Finding(message, None, origins(failure, 0))
    if matches(failure, r"only one dimension can be inferred"):
        return Finding(text("only one size may be -1: the other one has to be written out"))
    if matches(failure, r"unflatten: Provided sizes", r"cannot reshape (?:array|tensor)"):
        message = text(
            "`{name}` is {shape}; its elements cannot be arranged in this shape",
            name=name_of(failure, 0),
            shape=shape_of(failure, 0),
        )
        return Finding(message, None, origins(failure, 0))
    return None


RULE = Rule("SW103", "view-size", "error", _find)
