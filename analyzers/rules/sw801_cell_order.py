"""SW801 cell-order: a notebook's name is used above the cell that binds it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..facts import Problem, Related, Span, text
from ..interpreter.machine import Machine
from ..source.chunks import Chunk
from ..source.document import BINDS_ANYTHING
from .base import Rule
from .watch import at_end

RULE = Rule("SW801", "cell-order", "warning")


@at_end
def _look(machine: Machine, chunks: list[Chunk]) -> None:
    first: dict[str, Span] = {}
    for name, used in machine.missing:
        first.setdefault(name, used)
    for name, used in first.items():
        before = [chunk for chunk in chunks if 0 <= chunk.part <= used.part]
        if used.part < 0 or any(map(_binds_anything, before)):
            continue
        if any(name == bound for chunk in before for bound, _ in _bound(chunk)):
            continue
        for chunk in chunks:
            where = next((span for bound, span in _bound(chunk) if bound == name), None)
            if chunk.part > used.part and where is not None:
                machine.recorder.problem(_problem(name, used, where))
                break


def _problem(name: str, used: Span, bound: Span) -> Problem:
    return Problem(
        used,
        RULE.code,
        RULE.slug,
        RULE.severity,
        text(
            "`{name}` is used here, in cell {used}, and only cell {bound} gives it a value: "
            "run from the top, this cell fails",
            name=name,
            used=used.part + 1,
            bound=bound.part + 1,
        ),
        related=(Related(bound, text("`{name}` gets its value here", name=name)),),
    )


def _binds_anything(chunk: Chunk) -> bool:
    """Whether names may be bound that are not seen: `from x import *`, `exec`, `%run`."""
    return any(
        (isinstance(node, ast.Name) and node.id in (BINDS_ANYTHING, "globals", "get_ipython"))
        or (isinstance(node, ast.alias) and node.name == "*")
        for statement in chunk.parsed.body
        for node in ast.walk(statement)
    )


def _bound(chunk: Chunk) -> Iterator[tuple[str, Span]]:
    """What the statements of a cell bind in the module, in order."""
    pending: list[ast.AST] = list(reversed(chunk.parsed.body))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, chunk.span(node)
            continue
        if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, chunk.span(node)
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name.partition(".")[0]), chunk.span(node)
        pending.extend(reversed(list(ast.iter_child_nodes(node))))
