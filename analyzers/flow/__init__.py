"""The flow of tensors through a function or a script.

Built from the facts of an analysis and the syntax they belong to. Nothing is run
or asked for it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from ..facts import Analysis
from ..source.chunks import Chunk
from .build import Builder, Facts, Function
from .graph import Edge, Graph, Node, NodeKind

__all__ = ["Edge", "Graph", "Node", "NodeKind", "flow_at"]


def flow_at(chunks: Sequence[Chunk], analysis: Analysis, part: int, line: int) -> Graph:
    """The flow of what stands at a line: a function, a class's `forward`, else the script.

    Args:
        chunks: the document's, in order.
        line: 1-based, in that part.
    """
    facts = Facts(analysis)
    for title, function, chunk in _functions_at(chunks, part, line):
        graph = Builder(facts).function(title, function, chunk)
        if graph.edges:
            return graph
    builder = Builder(facts)
    script = builder.script(chunks)
    if script.edges:
        return script
    for title, function, chunk in _forwards(chunks):
        graph = Builder(facts).function(title, function, chunk)
        if graph.edges:
            return graph
    return script


def _functions_at(
    chunks: Sequence[Chunk], part: int, line: int
) -> Iterator[tuple[str, Function, Chunk]]:
    """The functions around a line, innermost first; for a class its `forward` as well."""
    for chunk in chunks:
        if chunk.part != part:
            continue
        found: list[tuple[str, Function]] = []
        for title, node in _definitions(chunk.parsed.body, ""):
            if not chunk.span(node).line <= line <= chunk.span(node).end_line:
                continue
            if isinstance(node, ast.ClassDef):
                found += [
                    (f"{title}.{inner.name}", inner)
                    for inner in node.body
                    if isinstance(inner, Function) and inner.name == "forward"
                ]
            else:
                found.append((title, node))
        for title, function in reversed(found):
            yield title, function, chunk


def _forwards(chunks: Sequence[Chunk]) -> Iterator[tuple[str, Function, Chunk]]:
    for chunk in chunks:
        for title, node in _definitions(chunk.parsed.body, ""):
            if isinstance(node, Function) and node.name == "forward":
                yield title, node, chunk


def _definitions(
    body: Iterable[ast.stmt], prefix: str
) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """All functions and classes, outer ones first, with their dotted names."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            title = prefix + statement.name
            yield title, statement
            yield from _definitions(statement.body, title + ".")
        elif isinstance(statement, (ast.If, ast.Try, ast.With)):
            yield from _definitions(statement.body, prefix)
