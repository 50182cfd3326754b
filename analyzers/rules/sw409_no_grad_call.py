"""SW409 no-grad-call: `with torch.no_grad:` without its brackets."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"does not support the context manager protocol"):
        return None
    message = text(
        "`{name}` is a class, and `with` wants an object of it: `{name}()`",
        name=name_of(failure, 0),
    )
    return Finding(message, 0)


RULE = Rule("SW409", "no-grad-call", "error", _find)
