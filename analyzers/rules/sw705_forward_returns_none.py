"""SW705 forward-returns-none: a function without `return` gives None, and it is used."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from ..values.model import NONE
from .base import Finding, Rule, matches
from .describe import label, name_of


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"must be Tensor, not NoneType"):
        return None
    index = next((i for i, value in enumerate(failure.call.args) if value == NONE), None)
    if index is None:
        return None
    message = text(
        "`{name}` is None, and `{function}` wants a tensor: a function without `return` gives None",
        name=name_of(failure, index),
        function=label(failure),
    )
    return Finding(message, index)


RULE = Rule("SW705", "forward-returns-none", "error", _find)
