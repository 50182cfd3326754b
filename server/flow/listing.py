"""A flow as lines of text, for a terminal or an editor without pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...analyzers.flow import Graph
from .words import detail_of, label_of, problem_of, shape_of, title_of


@dataclass(frozen=True, slots=True)
class Line:
    """A line, and the box it speaks of; None for what stands between boxes."""

    text: str
    node: int | None = None


def flow_lines(graph: Graph, language: str) -> list[Line]:
    """The boxes from top to bottom, under each the shapes that go in.

    Where a tensor does not come from the box right above, the line says from where.
    """
    lines = [Line(title_of(graph, language)), Line("")]
    for index, node in enumerate(graph.nodes):
        lines += _incoming(graph, index)
        detail = detail_of(node, language)
        mark = "✗ " if node.problem is not None else "■ " if node.kind == "layer" else "□ "
        lines.append(Line(mark + label_of(node) + (f"   {detail}" if detail else ""), index))
        problem = problem_of(node, language)
        if problem:
            lines.append(Line("│ " + problem, index))
    return lines


def _incoming(graph: Graph, index: int) -> Iterator[Line]:
    for edge in graph.edges:
        if edge.target != index:
            continue
        stroke = "╳" if edge.failed else "┆" if edge.fact is None else "│"
        source = "" if edge.source == index - 1 else f"   ← {label_of(graph.nodes[edge.source])}"
        if source and graph.nodes[edge.source].name:
            source += f" {graph.nodes[edge.source].name}"
        yield Line(f"{stroke} {shape_of(edge)}{source}")
