"""SW504 training-mode: dropout or batch norm work as in training when they should not."""

from __future__ import annotations

import ast

from ..facts import text
from ..interpreter import gradients
from ..interpreter.call import Call
from ..models.modules import modules
from ..source.chunks import Chunk
from ..values.model import InstanceV, Value
from .base import Rule
from .watch import warn, warn_late, watch

RULE = Rule("SW504", "training-mode", "warning")


@watch("dropout", "dropout?")
def always_on(call: Call, result: Value) -> None:
    """Catalogue row 166: `F.dropout` in a module without `training=`."""
    function = call.machine.frame.function
    if call.name != "torch.nn.functional.dropout" or function is None or function.owner is None:
        return
    if call.incomplete is not None or call.argument(2, "training") is not None:
        return
    if "torch.nn.Module" not in function.owner.library_bases():
        return
    message = text(
        "`F.dropout` is always on, after `eval()` too: it must be told, `training=self.training`"
    )
    warn(RULE, call, message)


_DIFFERENT = ("Dropout",)
"""Batch norm is left in training mode on purpose at times, as in many generators."""


@watch("no grad")
def never_evaluated(call: Call, result: Value) -> None:
    """Catalogue row 165: a trained model that is used without `eval()`."""
    if not isinstance(result, InstanceV) or not gradients.training(call.machine).backwards:
        return
    layer = next(
        (
            module.class_name
            for _, module in modules(result)
            if module.class_name.startswith(_DIFFERENT) and module.slots.get("$training") is True
        ),
        None,
    )
    if layer is None:
        return
    node = call.node.func if isinstance(call.node, ast.Call) else call.node
    message = text(
        "`{name}` is still in training mode, where its {layer} works in another way: "
        "`{name}.eval()` comes before it is tried out",
        name=call.machine.frame.chunk.source(node, 40),
        layer=layer,
    )
    warn_late(RULE, call, message, unless=_evaluates)


def _evaluates(chunks: list[Chunk]) -> bool:
    """Whether the program switches modes at all: then it may know what it does."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "eval") or _switches(node)
        for chunk in chunks
        for statement in chunk.parsed.body
        for node in ast.walk(statement)
    )


def _switches(node: ast.AST) -> bool:
    """`train(mode)` with a mode."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr == "train" and bool(node.args or node.keywords)
