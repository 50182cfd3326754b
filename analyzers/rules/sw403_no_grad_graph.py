"""SW403 no-grad-graph: nothing in the loss depends on a parameter."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of, origins


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"does not require grad and does not have a grad_fn"):
        return None
    message = text(
        "`{name}` does not depend on anything that requires grad, so there are no gradients to "
        "compute",
        name=name_of(failure, 0),
    )
    return Finding(message, 0, origins(failure, 0))


RULE = Rule("SW403", "no-grad-graph", "error", _find)
