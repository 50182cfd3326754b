"""Training loops as they are written: for rules that need no shapes, and no data either."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ..source.chunks import Chunk

_OPTIMIZERS = frozenset(
    ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "ASGD"]
)


@dataclass(frozen=True)
class Move:
    """A statement that is a call of a method: `optimizer.step()`."""

    owner: str
    method: str
    call: ast.Call


def move_of(statement: ast.stmt) -> Move | None:
    """The statement as a call of a method of a name or an attribute."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    return Move(ast.unparse(call.func.value), call.func.attr, call)


def nodes_of(chunks: list[Chunk]) -> Iterator[ast.AST]:
    """All nodes of a program."""
    for chunk in chunks:
        for statement in chunk.parsed.body:
            yield from ast.walk(statement)


def loops_of(chunks: list[Chunk]) -> Iterator[tuple[Chunk, ast.For | ast.While]]:
    """All loops of a program."""
    for chunk in chunks:
        for statement in chunk.parsed.body:
            for node in ast.walk(statement):
                if isinstance(node, (ast.For, ast.While)):
                    yield chunk, node


def blocks_of(chunks: list[Chunk]) -> Iterator[tuple[Chunk, list[ast.stmt]]]:
    """The blocks of statements inside loops."""
    for chunk, loop in loops_of(chunks):
        for node in ast.walk(loop):
            body = getattr(node, "body", None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                yield chunk, body


def optimizers_of(chunks: list[Chunk]) -> frozenset[str]:
    """The names that are bound to optimisers of torch, as they are written."""
    found: set[str] = set()
    for node in nodes_of(chunks):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            made = ast.unparse(node.value.func)
            root, _, name = made.rpartition(".")
            if name in _OPTIMIZERS and root.rpartition(".")[2] == "optim":
                found |= {ast.unparse(target) for target in node.targets}
    return frozenset(found)


def mentions(node: ast.AST, attribute: str) -> bool:
    """Whether something of this name is read or called anywhere inside."""
    return any(
        isinstance(inner, ast.Attribute) and inner.attr == attribute for inner in ast.walk(node)
    )
