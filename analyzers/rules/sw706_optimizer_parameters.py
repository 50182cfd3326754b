"""SW706 optimizer-parameters: an optimizer is given a model instead of its parameters."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name, name_of


def _find(failure: Failure) -> Finding | None:
    found = matches(failure, r"^'(\w+)' object is not iterable")
    if not found or not failure.name.startswith("torch.optim."):
        return None
    message = text(
        "`{function}` wants parameters, and `{name}` is a {type}: `{name}.parameters()` are what "
        "is meant",
        function=function_name(failure),
        name=name_of(failure, 0),
        type=found.group(1),
    )
    return Finding(message, 0)


RULE = Rule("SW706", "optimizer-parameters", "error", _find)
