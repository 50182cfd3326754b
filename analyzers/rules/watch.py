"""Rules for what raises nothing: they look at calls that went well.

A rule registers functions by the names of what they want to see: `softmax` for
the function and the method, `nn.Softmax` for a call of the layer, `new.Softmax`
for its construction, `.T` for an attribute.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..facts import Problem, Related, Severity, Span, Text
from ..interpreter import failures
from ..interpreter.call import Call
from ..values.model import InstanceV, TensorV, Value
from .base import Rule

Watcher = Callable[[Call, Value], None]

_WATCHERS: dict[str, list[Watcher]] = {}


def watch(*names: str) -> Callable[[Watcher], Watcher]:
    """Registers a function that looks at all calls of these names."""

    def register(function: Watcher) -> Watcher:
        for name in names:
            _WATCHERS.setdefault(name, []).append(function)
        return function

    return register


def look(name: str, call: Call, result: Value) -> None:
    """Shows a call that went well to the rules that want to see it."""
    for watcher in _WATCHERS.get(name, ()):
        watcher(call, result)


def warn(
    rule: Rule,
    call: Call,
    message: Text,
    node: ast.expr | None = None,
    related: tuple[Related, ...] = (),
    severity: Severity | None = None,
    torch_message: str = "",
) -> None:
    """Reports a problem at an expression, or at the whole call."""
    span = call.machine.span(node) if node is not None else call.span
    warn_at(rule, call, message, span, related, severity, torch_message)


def warn_at(
    rule: Rule,
    call: Call,
    message: Text,
    span: Span,
    related: tuple[Related, ...] = (),
    severity: Severity | None = None,
    torch_message: str = "",
) -> None:
    """Reports a problem at a place."""
    problem = Problem(
        span, rule.code, rule.slug, severity or rule.severity, message, torch_message, related
    )
    failures.add_problem(call, problem)


def prediction(call: Call) -> tuple[TensorV | None, ast.expr | None, str]:
    """The first input of a loss or a layer, its expression, and its text."""
    index = 1 if call.args and isinstance(call.args[0], InstanceV) else 0
    return operand_at(call, index, "input")


def operand_at(call: Call, index: int, name: str) -> tuple[TensorV | None, ast.expr | None, str]:
    """A tensor argument, its expression, and its text (`…` where there is none)."""
    value = call.argument(index, name)
    node = call.argument_node(index, name)
    source = call.machine.frame.chunk.source(node, 40) if node is not None else "…"
    return (value if isinstance(value, TensorV) else None), node, source
