"""SW501 zero-grad: gradients are added to those of the step before."""

from __future__ import annotations

import ast

from ..facts import Problem, Related, Span, Text, text
from ..interpreter import gradients
from ..interpreter.call import Call
from ..interpreter.machine import Machine
from ..source.chunks import Chunk
from ..values.model import InstanceV, Value
from .base import Rule
from .training_loops import Move, loops_of, move_of, nodes_of, optimizers_of
from .watch import at_end, warn_at, watch

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
            message = _message(name)
            related = _step(call.span)
            warn_at(RULE, call, message, found.span, related)
            return


def _message(name: str) -> Text:
    return text(
        "these gradients are added to those that `{name}.step()` has used already: nothing sets "
        "them back with `{name}.zero_grad()`",
        name=name,
    )


def _step(span: Span) -> tuple[Related, ...]:
    return (Related(span, text("the step is here")),)


@at_end
def never_set_back(machine: Machine, chunks: list[Chunk]) -> None:
    """The same where nothing is known of the data: nothing in the program sets gradients back."""
    optimizers = optimizers_of(chunks)
    known = any(code == RULE.code for _, code in machine.recorder.problems)
    if known or not optimizers or any(_resets(node, optimizers) for node in nodes_of(chunks)):
        return
    for chunk, loop in loops_of(chunks):
        moves = [move for statement in _statements(loop) if (move := move_of(statement))]
        backward = next((move for move in moves if move.method == "backward"), None)
        step = next((move for move in moves if _is_step(move, optimizers)), None)
        if backward is None or step is None:
            continue
        problem = Problem(
            chunk.span(backward.call),
            RULE.code,
            RULE.slug,
            RULE.severity,
            _message(step.owner),
            related=_step(chunk.span(step.call)),
        )
        machine.recorder.problem(problem)
        return


def _is_step(move: Move, optimizers: frozenset[str]) -> bool:
    return move.method == "step" and move.owner in optimizers and not move.call.args


def _statements(loop: ast.For | ast.While) -> list[ast.stmt]:
    """The statements of a loop's body, those of inner blocks included."""
    return [
        node
        for statement in loop.body
        for node in ast.walk(statement)
        if isinstance(node, ast.stmt)
    ]


def _resets(node: ast.AST, optimizers: frozenset[str]) -> bool:
    """Whether something may set gradients back: by name, by hand, or elsewhere."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("zero_grad", "grad", "zero_")
    if isinstance(node, ast.Call):
        given = [*node.args, *(word.value for word in node.keywords)]
        return any(ast.unparse(value) in optimizers for value in given if _is_name(value))
    return False


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute))
