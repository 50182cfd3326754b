"""SW516 cut-graph: `torch.tensor` copies a number and forgets where it came from."""

from __future__ import annotations

import ast

from ..facts import text
from ..interpreter.call import Call
from ..interpreter.scopes import lookup
from ..values.model import TRUE, TensorV, Value
from .base import Rule
from .watch import operand_at, warn, watch

RULE = Rule("SW516", "cut-graph", "warning")


@watch("tensor")
def copies(call: Call, result: Value) -> None:
    """Catalogue rows 175 and 184."""
    if call.name != "torch.tensor":
        return
    value, node, name = operand_at(call, 0, "data")
    if value is not None and not value.sig.numpy:
        if value.sig.requires_grad:
            message = text(
                "`torch.tensor` copies the numbers of `{name}` and cuts it off its graph: no "
                "gradient goes back; use `{name}` itself",
                name=name,
            )
        else:
            message = text(
                "`{name}` is a tensor already, and PyTorch warns about `torch.tensor` of one: "
                "`{name}.clone()` copies it",
                name=name,
            )
        warn(RULE, call, message, node)
        return
    source = _number_of(call, node)
    if source is not None and call.kwargs.get("requires_grad") == TRUE:
        message = text(
            "`{name}` is a plain number: the new tensor knows nothing of what computed it, and no "
            "gradient goes back; use the loss itself",
            name=name,
        )
        warn(RULE, call, message, node)


def _number_of(call: Call, node: ast.expr | None) -> TensorV | None:
    """The tensor of `x.item()` or `float(x)`, if it is part of a graph."""
    inner: ast.expr | None = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        inner = node.func.value if node.func.attr in ("item", "tolist") else None
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
        inner = node.args[0] if node.func.id == "float" else None
    value = lookup(call.machine, inner.id) if isinstance(inner, ast.Name) else None
    return value if isinstance(value, TensorV) and value.sig.requires_grad else None
