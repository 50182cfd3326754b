"""SW113 assign-shape: a value that does not fit the place it is written to."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of, origins, shape_of


def _find(failure: Failure) -> Finding | None:
    if failure.name == "operator.setitem" and matches(
        failure,
        r"The expanded size of the tensor",
        r"shape mismatch: value tensor of shape",
        r"expand\(",
        r"The size of tensor a",
    ):
        message = text(
            "the value is {value}, which does not fit the part of `{name}` {shape} that it goes to",
            value=shape_of(failure, 2),
            name=name_of(failure, 0),
            shape=shape_of(failure, 0),
        )
        return Finding(message, None, origins(failure, 0))
    found = matches(
        failure, r"output with shape \[(.*?)\] doesn't match the broadcast shape \[(.*?)\]"
    )
    if found:
        message = text(
            "`{name}` is ({shape}) and cannot grow to ({result}) in place",
            name=name_of(failure, 0),
            shape=found.group(1),
            result=found.group(2),
        )
        return Finding(message, 0, origins(failure, 0))
    return None


RULE = Rule("SW113", "assign-shape", "error", _find)
