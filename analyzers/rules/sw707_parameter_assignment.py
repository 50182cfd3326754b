"""SW707 parameter-assignment: a plain tensor is put in the place of a parameter."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of


def _find(failure: Failure) -> Finding | None:
    found = matches(failure, r"cannot assign '(.+?)' as parameter '(\w+)'")
    if not found:
        return None
    message = text(
        "`{name}` of `{layer}` is a parameter, and only an `nn.Parameter` can take its place",
        name=found.group(2),
        layer=name_of(failure, 0),
    )
    return Finding(message)


RULE = Rule("SW707", "parameter-assignment", "error", _find)
