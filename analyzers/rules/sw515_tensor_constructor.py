"""SW515 tensor-constructor: `torch.Tensor(3)` is three numbers, not the number 3."""

from __future__ import annotations

import ast

from ..facts import text
from ..interpreter.call import Call
from ..values.model import Value
from .base import Rule
from .watch import warn, watch

RULE = Rule("SW515", "tensor-constructor", "warning")


@watch("Tensor")
def a_size(call: Call, result: Value) -> None:
    """Catalogue row 172, where the number is written out."""
    node = call.nodes[0] if len(call.nodes) == 1 else None
    if call.name != "torch.Tensor" or not isinstance(node, ast.Constant):
        return
    if type(node.value) is not int:
        return
    message = text(
        "`torch.Tensor({count})` makes {count} numbers that nobody has set: the number {count} is "
        "`torch.tensor({count})`, {count} zeros are `torch.zeros({count})`",
        count=node.value,
    )
    warn(RULE, call, message)
