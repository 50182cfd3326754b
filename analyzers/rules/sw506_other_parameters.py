"""SW506 other-parameters: an optimiser holds other parameters than those that learn."""

from __future__ import annotations

from ..facts import Related, text
from ..interpreter import gradients
from ..interpreter.call import Call
from ..values.model import InstanceV, Value
from .base import Rule
from .watch import warn, watch

RULE = Rule("SW506", "other-parameters", "warning")


@watch("step")
def of_another_model(call: Call, result: Value) -> None:
    """Catalogue row 176."""
    optimizer = call.args[0]
    if not isinstance(optimizer, InstanceV):
        return
    found = gradients.passed(call.machine, optimizer.slots.get("$backward"))
    mine = gradients.parameters_of(optimizer)
    if not found or not found.leaves or not mine or "$wasted" in optimizer.slots:
        return
    learning = [tensor for leaf in found.leaves for tensor in gradients.tensors_of(leaf)]
    held = {
        id(t)
        for o in gradients.training(call.machine).optimizers
        for t in gradients.parameters_of(o)
    }
    if not learning or any(id(tensor) in held for tensor in learning):
        return
    if any(tensor.slots.get("grad") is not None for tensor in mine):
        return
    if not all(tensor.sig.parameter for tensor in learning):
        return
    node = call.nodes[0] if call.nodes else None
    message = text(
        "`{name}` holds the parameters of another model: none of those that the last `backward()` "
        "gave gradients to are among them; make the optimizer after the model",
        name=call.machine.frame.chunk.source(node, 40) if node is not None else "optimizer",
    )
    related = ()
    if optimizer.origin is not None:
        related = (Related(optimizer.origin.span, text("the optimizer is made here")),)
    warn(RULE, call, message, related=related)
