"""Rules for what raises nothing: they look at calls that went well.

A rule registers functions by the names of what they want to see: `softmax` for
the function and the method, `nn.Softmax` for a call of the layer, `new.Softmax`
for its construction, `.T` for an attribute; `softmax?` for a call of which it
is not known whether it goes well, because that depends on values.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..explain.model import Explanation
from ..facts import Problem, Related, Severity, Span, Text
from ..interpreter import failures
from ..interpreter.call import Call
from ..interpreter.machine import Machine
from ..source.chunks import Chunk
from ..values.model import InstanceV, TensorV, Value
from .base import Rule

Watcher = Callable[[Call, Value], None]
Ending = Callable[["Machine", "list[Chunk]"], None]

Unless = Callable[["list[Chunk]"], bool]


def never(chunks: list[Chunk]) -> bool:
    """Nothing in the program speaks against it."""
    return False


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


_ENDINGS: list[Ending] = []


def at_end(function: Ending) -> Ending:
    """Registers a function that looks at a whole run when it is over."""
    _ENDINGS.append(function)
    return function


def finish(machine: Machine, chunks: list[Chunk]) -> None:
    """A run is over: what could be said only then is said."""
    for function in _ENDINGS:
        function(machine, chunks)
    errors = {p.code[:3] for p in machine.recorder.problems.values() if p.severity == "error"}
    for problem, unless in machine.recorder.training.late:
        if not unless(chunks) and not ("SW1" in errors and problem.code.startswith("SW5")):
            machine.recorder.problem(problem)


def without_echoes(problems: list[Problem]) -> list[Problem]:
    """One mistake is told once: a tensor in the wrong place says more than its dropped copy."""
    told = {
        name for problem in problems if problem.code == "SW301" for name in _names(problem.message)
    }
    return [
        problem
        for problem in problems
        if problem.code != "SW507" or not _names(problem.message) & told
    ]


def _names(message: Text) -> set[object]:
    """The names of tensors that a message says, or a message within it."""
    found: set[object] = set()
    for key, value in message.fields:
        if isinstance(value, Text):
            found |= _names(value)
        elif key in ("name", "left", "right"):
            found.add(value)
    return found


def warn(
    rule: Rule,
    call: Call,
    message: Text,
    node: ast.expr | None = None,
    related: tuple[Related, ...] = (),
    severity: Severity | None = None,
    torch_message: str = "",
    explanation: Explanation | None = None,
) -> None:
    """Reports a problem at an expression, or at the whole call."""
    span = call.machine.span(node) if node is not None else call.span
    warn_at(rule, call, message, span, related, severity, torch_message, explanation)


def warn_at(
    rule: Rule,
    call: Call,
    message: Text,
    span: Span,
    related: tuple[Related, ...] = (),
    severity: Severity | None = None,
    torch_message: str = "",
    explanation: Explanation | None = None,
) -> None:
    """Reports a problem at a place."""
    problem = Problem(
        span,
        rule.code,
        rule.slug,
        severity or rule.severity,
        message,
        torch_message,
        related,
        explanation=explanation,
    )
    failures.add_problem(call, problem)


def warn_late(
    rule: Rule,
    call: Call,
    message: Text,
    span: Span | None = None,
    related: tuple[Related, ...] = (),
    unless: Unless = never,
    severity: Severity | None = None,
    torch_message: str = "",
) -> None:
    """Reports a problem when the run is over, if nothing else tells of the same mistake.

    A warning about shapes stays silent where a wrong shape raises in the end.

    Args:
        unless: says of the program's chunks that there is no problem after all.
    """
    machine = call.machine
    if machine.quiet or getattr(machine, "search", None) is not None:
        return
    problem = Problem(
        span or call.span,
        rule.code,
        rule.slug,
        severity or rule.severity,
        message,
        torch_message,
        related,
    )
    machine.recorder.training.late.append((problem, unless))


def prediction(call: Call) -> tuple[TensorV | None, ast.expr | None, str]:
    """The first input of a loss or a layer, its expression, and its text."""
    index = 1 if call.args and isinstance(call.args[0], InstanceV) else 0
    return operand_at(call, index, "input")


def operand_at(call: Call, index: int, name: str) -> tuple[TensorV | None, ast.expr | None, str]:
    """A tensor argument, its expression, and its text, or that of what made it."""
    value = call.argument(index, name)
    node = call.argument_node(index, name)
    origin = value.origin if isinstance(value, TensorV) else None
    source = origin.source if origin is not None else "…"
    if node is not None:
        source = call.machine.frame.chunk.source(node, 40)
    return (value if isinstance(value, TensorV) else None), node, source
