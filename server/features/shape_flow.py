"""`shapewise/shapeFlow`: the flow of shapes through a function or script, as a picture and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from ...analyzers.flow import Graph, flow_at
from ..documents import Snapshot
from ..flow.listing import flow_lines
from ..flow.svg import flow_svg
from ..flow.words import detail_of, label_of, problem_of, shape_of, title_of
from ..scheduler import Result
from ..syntax import chunks_of

if TYPE_CHECKING:
    from ..lsp import ShapewiseServer

METHOD = "shapewise/shapeFlow"


def graph_of(result: Result, part: int, line: int) -> Graph:
    """The flow at a 1-based line of a document or cell."""
    return flow_at(chunks_of(result.snapshot), result.analysis, part, line)


async def shape_flow(ls: ShapewiseServer, params: Any) -> dict[str, Any] | None:
    """Answers with the graph, its picture and its lines; null for what is not open.

    Params: `textDocument` and `position`, as of a hover.
    """
    uri = str(params.textDocument.uri)
    found = await ls.newest(uri)
    if found is None:
        return None
    result, part = found
    position = types.Position(int(params.position.line), int(params.position.character))
    document = result.snapshot.parts[part]
    line, _ = result.snapshot.place_of(document, position, ls.documents.encoding)
    language = ls.settings_of(result.snapshot).language
    graph = graph_of(result, part, line)
    lines = flow_lines(graph, language)
    return {
        "title": title_of(graph, language),
        "nodes": [_node(ls, result.snapshot, graph, i, language) for i in range(len(graph.nodes))],
        "edges": [
            {
                "source": edge.source,
                "target": edge.target,
                "shape": shape_of(edge),
                "dtype": edge.fact.dtype if edge.fact else None,
                "device": edge.fact.device if edge.fact else None,
                "failed": edge.failed,
            }
            for edge in graph.edges
        ],
        "truncated": graph.truncated,
        "svg": flow_svg(graph, language),
        "lines": [{"text": line.text, "node": line.node} for line in lines],
    }


def _node(
    ls: ShapewiseServer, snapshot: Snapshot, graph: Graph, index: int, language: str
) -> dict[str, Any]:
    node = graph.nodes[index]
    found = snapshot.range_of(node.span, ls.documents.encoding)
    return {
        "kind": node.kind,
        "label": label_of(node),
        "detail": detail_of(node, language),
        "parameters": node.parameters,
        "problem": problem_of(node, language) or None,
        "uri": snapshot.parts[node.span.part].uri,
        "range": {
            "start": {"line": found.start.line, "character": found.start.character},
            "end": {"line": found.end.line, "character": found.end.character},
        },
    }


def register(ls: ShapewiseServer) -> None:
    """Answer the request."""
    ls.feature(METHOD)(shape_flow)
