"""SW501 zero-grad: gradients are added to those of the step before."""

from __future__ import annotations

from ..facts import Related, text
from ..interpreter import gradients
from ..interpreter.call import Call
from ..values.model import InstanceV, Value
from .base import Rule
from .watch import warn_at, watch

RULE = Rule("SW501", "zero-grad", "warning")


@watch("step")
def adds_up(call: Call, result: Value) -> None:
    """Catalogue row 163: reported at the backward pass."""
    optimizer = call.args[0]
    for tensor in gradients.parameters_of(optimizer):
        grad = gradients.gradient(tensor)
        found = gradients.passed(call.machine, grad.slots.get("$stale")) if grad else None
        if found is not None and isinstance(optimizer, InstanceV):
            node = call.nodes[0] if call.nodes else None
            name = call.machine.frame.chunk.source(node, 40) if node is not None else "optimizer"
            message = text(
                "these gradients are added to those that `{name}.step()` has used already: nothing "
                "sets them back with `{name}.zero_grad()`",
                name=name,
            )
            related = (Related(call.span, text("the step is here")),)
            warn_at(RULE, call, message, found.span, related)
            return
