"""SW503 training-order: the steps of training in the wrong order."""

from __future__ import annotations

from ..facts import Related, text
from ..interpreter import gradients
from ..interpreter.call import Call
from ..values.model import InstanceV, Value
from .base import Rule
from .watch import warn_at, watch

RULE = Rule("SW503", "training-order", "warning")


@watch("step")
def out_of_order(call: Call, result: Value) -> None:
    """Catalogue rows 164 and 186: reported at what comes too early."""
    optimizer = call.args[0]
    if not isinstance(optimizer, InstanceV):
        return
    related = (Related(call.span, text("the step is here")),)
    tensors = gradients.parameters_of(optimizer)
    wasted = gradients.passed(call.machine, optimizer.slots.get("$wasted"))
    if wasted and tensors and not any(gradients.gradient(tensor) for tensor in tensors):
        message = text(
            "`zero_grad()` throws the gradients away before `step()` can use them: nothing is "
            "learnt; it belongs before `backward()`"
        )
        warn_at(RULE, call, message, wasted.span, related)
    early = gradients.passed(call.machine, optimizer.slots.get("$early"))
    if early and "$stepped" not in optimizer.slots:
        message = text(
            "the scheduler steps before the optimizer, so the first learning rate is skipped: "
            "`optimizer.step()` comes first"
        )
        warn_at(RULE, call, message, early.span, related)
