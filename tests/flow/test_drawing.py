"""The picture and the lines: well-formed, complete, nothing on top of anything else."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from shapewise.analyzers.facts import Problem, Span, TensorFact, text
from shapewise.analyzers.flow import Edge, Graph, Node
from shapewise.server.flow.layout import Size, lay_out
from shapewise.server.flow.listing import flow_lines
from shapewise.server.flow.svg import flow_svg

SVG = "{http://www.w3.org/2000/svg}"
HERE = Span(0, 1, 1, 1, 2)


def tensor(*shape: int) -> TensorFact:
    return TensorFact(shape, "float32", "cpu")


PROBLEM = Problem(HERE, "SW101", "matmul-inner-dim", "error", text("`x` & <y> do not fit"))
GRAPH = Graph(
    "Net.forward",
    (
        Node("input", "x", HERE),
        Node("layer", "Linear(4, 3)", HERE, "self.fc", 15_000),
        Node("operation", "a < b", HERE, problem=PROBLEM),
        Node("output", "return", HERE),
    ),
    (
        Edge(0, 1, tensor(2, 4), HERE),
        Edge(1, 2, tensor(2, 3), HERE, failed=True),
        Edge(0, 2, tensor(2, 4), HERE),
        Edge(2, 3, None, HERE),
    ),
)


def drawn(graph: Graph, language: str = "en") -> ElementTree.Element:
    return ElementTree.fromstring(flow_svg(graph, language))


def texts(svg: ElementTree.Element, kind: str) -> list[str]:
    return [t.text or "" for t in svg.iter(f"{SVG}text") if kind in t.get("class", "").split()]


def test_the_picture_says_everything() -> None:
    svg = drawn(GRAPH)
    assert texts(svg, "title") == ["Net.forward"]
    assert texts(svg, "label") == ["x", "Linear(4, 3)", "a < b", "return"]
    assert texts(svg, "detail") == ["self.fc · 15,000 parameters"]
    assert texts(svg, "shape") == ["(2, 4)", "(2, 3)", "?"]
    assert texts(svg, "failed-shape") == ["(2, 3)"]
    assert texts(svg, "code") == ["SW101"]
    assert texts(svg, "reason") == ["SW101: x & <y> do not fit"]
    boxes = [g for g in svg.iter(f"{SVG}g") if g.get("data-node") is not None]
    assert [g.get("data-node") for g in boxes] == ["0", "1", "2", "3"]
    assert [g.get("class") for g in boxes][2] == "box operation fails"
    arrows = [p.get("class", "") for p in svg.iter(f"{SVG}path") if p.get("marker-end")]
    assert arrows == ["arrow", "arrow failed", "arrow", "arrow unknown"]


def test_the_picture_speaks_portuguese() -> None:
    assert texts(drawn(GRAPH, "pt-BR"), "detail") == ["self.fc · 15.000 parâmetros"]


def test_the_lines_say_everything() -> None:
    lines = flow_lines(GRAPH, "en")
    assert [line.text for line in lines] == [
        "Net.forward",
        "",
        "□ x",
        "│ (2, 4)",
        "■ Linear(4, 3)   self.fc · 15,000 parameters",
        "╳ (2, 3)",
        "│ (2, 4)   ← x",
        "✗ a < b",
        "│ SW101: `x` & <y> do not fit",
        "┆ ?",
        "□ return",
    ]
    assert [line.node for line in lines if line.node is not None] == [0, 1, 2, 2, 3]


def test_an_empty_graph_is_drawn() -> None:
    assert texts(drawn(Graph("")), "title") == ["the program from top to bottom"]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Size], list[tuple[int, int]]]:
    count = draw(st.integers(1, 14))
    width = st.floats(20, 300)
    sizes = [Size(draw(width), draw(st.sampled_from([32.0, 46.0]))) for _ in range(count)]
    pairs = list(itertools.combinations(range(count), 2))
    arrows = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=24)) if pairs else []
    return sizes, arrows


def overlap(spans: Sequence[tuple[float, float]]) -> bool:
    ordered = sorted(spans)
    return any(right[0] < left[1] - 0.01 for left, right in itertools.pairwise(ordered))


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_boxes_never_overlap_and_arrows_lead_down(
    graph: tuple[list[Size], list[tuple[int, int]]],
) -> None:
    sizes, arrows = graph
    layout = lay_out(sizes, arrows, 50)
    rows: dict[float, list[tuple[float, float]]] = {}
    for size, box in zip(sizes, layout.boxes):
        left, right = box.x - size.width / 2, box.x + size.width / 2
        assert left >= -0.01 and right <= layout.width + 0.01
        assert box.y >= 0 and box.y + size.height <= layout.height + 0.01
        rows.setdefault(box.y, []).append((left, right))
    assert not any(overlap(row) for row in rows.values())
    for (source, target), bends in zip(arrows, layout.bends):
        heights = [layout.boxes[source].y, *(top for _, top, _ in bends), layout.boxes[target].y]
        assert heights == sorted(set(heights))
