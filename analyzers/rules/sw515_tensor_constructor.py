"""SW515 tensor-constructor: `torch.Tensor(3)` is three numbers, not the number 3."""

from __future__ import annotations

import ast

from ..facts import text
from ..interpreter.call import Call
from ..source.chunks import Chunk
from ..values.model import Value
from .base import Rule
from .watch import warn_late, watch

RULE = Rule("SW515", "tensor-constructor", "warning")


@watch("Tensor")
def a_size(call: Call, result: Value) -> None:
    """Catalogue row 172, where the number is written out and nothing fills the tensor."""
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
    made = call.node
    warn_late(RULE, call, message, unless=lambda chunks: _is_filled(made, chunks))


def _is_filled(made: ast.expr, chunks: list[Chunk]) -> bool:
    """Whether a tensor is no plain value of a name, or is written to somewhere."""
    nodes = [node for chunk in chunks for body in chunk.parsed.body for node in ast.walk(body)]
    names = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and node.value is made
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return not names or any(_writes(node, names) for node in nodes)


def _writes(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Store) and _is_one_of(node.value, names)
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else ""
    if name.endswith("_"):
        owner = function.value if isinstance(function, ast.Attribute) else None
        return any(_is_one_of(value, names) for value in (owner, *node.args))
    return any(word.arg == "out" and _is_one_of(word.value, names) for word in node.keywords)


def _is_one_of(node: ast.expr | None, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names
