"""SW408 grad-of-result: only leaves keep their gradients."""

from __future__ import annotations

from ..facts import text
from ..interpreter.call import Call
from ..values.model import Value
from .base import Rule
from .watch import operand_at, warn, watch

RULE = Rule("SW408", "grad-of-result", "warning")


@watch(".grad")
def of_no_leaf(call: Call, result: Value) -> None:
    """Catalogue row 185."""
    value, _, name = operand_at(call, 0, "input")
    if value is None or not value.sig.requires_grad or value.sig.leaf or "$retains" in value.slots:
        return
    message = text(
        "`{name}` is the result of an operation, and its gradient is not kept: `{name}.grad` is "
        "None; `{name}.retain_grad()` before `backward()` keeps it",
        name=name,
    )
    warn(RULE, call, message)
