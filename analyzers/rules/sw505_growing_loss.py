"""SW505 growing-loss: a sum of losses that keeps every graph in memory."""

from __future__ import annotations

import ast

from ..facts import Text, text
from ..interpreter import gradients
from ..interpreter.call import Call
from ..values.model import TensorV, Value
from .base import Rule
from .watch import operand_at, warn, warn_at, watch

RULE = Rule("SW505", "growing-loss", "warning")


@watch("operator.iadd")
def adds_up(call: Call, result: Value) -> None:
    """Catalogue row 177, where the loss has been used already."""
    loss, node, name = operand_at(call, 1, "other")
    if loss is None or not loss.sig.requires_grad or loss.sig.leaf or not call.machine.loops:
        return
    if not isinstance(call.nodes[0], (ast.Name, ast.Attribute)):
        return
    if gradients.passed(call.machine, loss.slots.get("$start")):
        warn(RULE, call, _message(name), node)
        return
    here = gradients.mark(call, name)
    call.machine.trail.set(loss.slots, "$summed", (here, call.machine.span(node or call.node)))


@watch("backward")
def used_later(call: Call, result: Value) -> None:
    """The same, where the sum stands before the backward pass."""
    loss = call.args[0]
    found = loss.slots.get("$summed") if isinstance(loss, TensorV) else None
    if found and gradients.passed(call.machine, found[0]):
        warn_at(RULE, call, _message(found[0].text), found[1])


def _message(name: str) -> Text:
    return text(
        "`{name}` is a tensor with its graph, and the sum keeps the graphs of all rounds in "
        "memory: `{name}.item()` is the number",
        name=name,
    )
