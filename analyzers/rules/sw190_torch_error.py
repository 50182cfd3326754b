"""SW190 torch-error: a call that torch will certainly refuse."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule
from .describe import function_name


def _find(failure: Failure) -> Finding | None:
    return Finding(text("`{function}` will fail here", function=function_name(failure)))


RULE = Rule("SW190", "torch-error", "error", _find)
