"""SW507 result-unused: `x.to(device)` makes a copy, and the copy is dropped."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..facts import Problem, text
from ..interpreter.machine import Machine
from ..source.chunks import Chunk
from .base import Rule
from .watch import at_end

RULE = Rule("SW507", "result-unused", "warning")

_COPIES = frozenset(["to", "cuda", "cpu", "float", "double", "half", "long", "int", "bool"])


@at_end
def dropped(machine: Machine, chunks: list[Chunk]) -> None:
    """Catalogue row 171: a tensor that is used later as if it had been moved."""
    parts: dict[int, list[tuple[Chunk, ast.stmt]]] = {}
    for chunk in chunks:
        parts.setdefault(chunk.part, []).extend((chunk, node) for node in chunk.parsed.body)
    for statements in parts.values():
        _block(machine, statements)


def _block(machine: Machine, statements: list[tuple[Chunk, ast.stmt]]) -> None:
    for index, (chunk, node) in enumerate(statements):
        for body in _bodies(node):
            _block(machine, [(chunk, inner) for inner in body])
        call = node.value if isinstance(node, ast.Expr) else None
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        owner, method = call.func.value, call.func.attr
        if not isinstance(owner, ast.Name) or method not in _COPIES:
            continue
        record = machine.recorder.values.get(chunk.span(owner))
        if record is None or not record.facts or any(f.kind != "tensor" for f in record.facts):
            continue
        if not _used_later(owner.id, [later for _, later in statements[index + 1 :]]):
            continue
        message = text(
            "`{name}.{method}(…)` gives a new tensor and leaves `{name}` as it is: keep it, "
            "`{name} = {name}.{method}(…)`",
            name=owner.id,
            method=method,
        )
        machine.recorder.problem(
            Problem(chunk.span(call), RULE.code, RULE.slug, RULE.severity, message)
        )


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            yield body


def _used_later(name: str, statements: list[ast.stmt]) -> bool:
    """Whether the old value is used before the name is bound anew."""
    for node in statements:
        if isinstance(node, ast.Expr) and _is_method_of(name, node.value):
            continue
        names = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name]
        if any(isinstance(n.ctx, ast.Load) for n in names):
            return True
        if names:
            return False
    return False


def _is_method_of(name: str, node: ast.expr) -> bool:
    function = node.func if isinstance(node, ast.Call) else None
    owner = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id == name
