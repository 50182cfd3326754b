"""SW505 growing-loss: a sum of losses that keeps every graph in memory."""

from __future__ import annotations

import ast

from ..facts import Problem, Text, text
from ..interpreter import gradients
from ..interpreter.call import Call
from ..interpreter.machine import Machine
from ..source.chunks import Chunk
from ..values.model import TensorV, Value
from .base import Rule
from .training_loops import blocks_of, move_of, nodes_of
from .watch import at_end, operand_at, warn, warn_at, watch

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


@at_end
def as_written(machine: Machine, chunks: list[Chunk]) -> None:
    """`total += loss` beside `loss.backward()`, whatever the data is."""
    for chunk, block in blocks_of(chunks):
        moves = [move for statement in block if (move := move_of(statement))]
        losses = {move.owner for move in moves if move.method == "backward"}
        for statement in block:
            if not isinstance(statement, ast.AugAssign) or not isinstance(statement.op, ast.Add):
                continue
            value, total = statement.value, ast.unparse(statement.target)
            if not isinstance(value, ast.Name) or value.id not in losses:
                continue
            if _bound(value.id, block) != 1 or _used_up(total, chunks):
                continue
            machine.recorder.problem(
                Problem(chunk.span(value), RULE.code, RULE.slug, RULE.severity, _message(value.id))
            )


def _bound(name: str, block: list[ast.stmt]) -> int:
    """How often a name is bound in a block."""
    return sum(
        isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        for statement in block
        for node in ast.walk(statement)
    )


def _used_up(total: str, chunks: list[Chunk]) -> bool:
    """Whether a backward pass goes over the sum itself, somewhere."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "backward"
        and ast.unparse(node.value) == total
        for node in nodes_of(chunks)
    )
