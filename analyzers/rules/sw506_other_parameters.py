"""SW506 other-parameters: an optimiser holds other parameters than those that learn."""

from __future__ import annotations

from ..facts import Related, text
from ..interpreter import gradients
from ..interpreter.call import Call
from ..models.modules import own_tensors
from ..values.model import InstanceV, Mutable, TensorV, Value
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
    if not found or not found.leaves or not mine or optimizer.slots.get("$wasted"):
        return
    learning = [tensor for leaf in found.leaves for tensor in _parameters(call, leaf)]
    held = {
        id(t)
        for o in gradients.training(call.machine).optimizers
        for t in gradients.parameters_of(o)
    }
    if not learning or any(id(tensor) in held for tensor in learning):
        return
    if any(gradients.gradient(tensor) is not None for tensor in mine):
        return
    if not all(tensor.sig.parameter for tensor in learning):
        return
    node = call.nodes[0] if call.nodes else None
    message = text(
        "`{name}` holds the parameters of another model: none of those that the last `backward()` "
        "gave gradients to are among them; make the optimizer after the model",
        name=call.machine.frame.chunk.source(node, 40) if node is not None else "optimizer",
    )
    related: tuple[Related, ...] = ()
    if optimizer.origin is not None:
        related = (Related(optimizer.origin.span, text("the optimizer is made here")),)
    warn(RULE, call, message, related=related)


def _parameters(call: Call, leaf: Mutable) -> list[TensorV]:
    """The parameters that a leaf of a graph stands for, read or not."""
    if isinstance(leaf, InstanceV):
        own = own_tensors(call.machine, leaf, "parameters").values()
        return [tensor for tensor in own if tensor.sig.requires_grad]
    return [leaf] if isinstance(leaf, TensorV) else []
