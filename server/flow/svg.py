"""A flow as an SVG document that stands alone and heeds the light and dark theme.

Colours are custom properties, so that an editor can put its own theme's in their
place; boxes carry `data-node`, the box's number in the graph.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from ...analyzers.explain.pictures.canvas import clean, escaped
from ...analyzers.flow import Graph, Node
from .layout import Layout, Size, lay_out
from .words import detail_of, label_of, more_of, problem_of, shape_of, title_of

_MARGIN = 16.0
_TITLE = 34.0
_GAP_Y = 58.0
_LINE = 16.0
_REASON_WIDTH = 360.0
"""Why something fails is not put into a narrower column."""
_OWN_LABEL = 26.0
"""How far above a box's upper edge an arrow that carries a shape of its own is straight."""
_LABEL_Y = 19.0
"""From a box's lower edge to the middle of the shape below it."""

# Advance widths of the monospaced fonts named below, in pixels a character.
_WIDE = 7.9
_NARROW = 6.7

_STYLE = """
.shapewise-flow { --sw-ground: #ffffff; --sw-ink: #1f2328; --sw-soft: #59636e; --sw-card: #f6f8fa;
  --sw-line: #afb8c1; --sw-layer: #0969da; --sw-input: #1a7f37; --sw-bad: #cf222e;
  --sw-wash: #ffebe9; }
@media (prefers-color-scheme: dark) { .shapewise-flow { --sw-ground: #1f2428; --sw-ink: #e6edf3;
  --sw-soft: #9198a1; --sw-card: #2a3036; --sw-line: #57606a; --sw-layer: #58a6ff;
  --sw-input: #3fb950; --sw-bad: #ff7b72; --sw-wash: #3d2226; } }
.shapewise-flow { background: var(--sw-ground); }
.shapewise-flow text { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  fill: var(--sw-ink); }
.shapewise-flow .title { font: 600 14px system-ui, sans-serif; fill: var(--sw-soft); }
.shapewise-flow .label { font-size: 13px; font-weight: 600; }
.shapewise-flow .detail, .shapewise-flow .shape { font-size: 11px; }
.shapewise-flow .detail { fill: var(--sw-soft); }
.shapewise-flow .box rect { fill: var(--sw-card); stroke: var(--sw-line); stroke-width: 1.2; }
.shapewise-flow .layer rect { stroke: var(--sw-layer); stroke-width: 1.6; }
.shapewise-flow .input rect, .shapewise-flow .output rect { stroke: var(--sw-input); }
.shapewise-flow .parameter rect { stroke-dasharray: 4 3; }
.shapewise-flow .fails rect { stroke: var(--sw-bad); stroke-width: 2; fill: var(--sw-wash); }
.shapewise-flow .reason { font-size: 11px; fill: var(--sw-bad); }
.shapewise-flow .fails .code { font-size: 10px; font-weight: 700; fill: var(--sw-bad); }
.shapewise-flow .arrow { fill: none; stroke: var(--sw-line); stroke-width: 1.6; }
.shapewise-flow .unknown { stroke-dasharray: 4 4; }
.shapewise-flow .failed { stroke: var(--sw-bad); stroke-width: 2.6; }
.shapewise-flow .tip { fill: var(--sw-line); }
.shapewise-flow .failed-tip { fill: var(--sw-bad); }
.shapewise-flow .pill { fill: var(--sw-ground); }
.shapewise-flow .failed-shape { fill: var(--sw-bad); font-weight: 700; }
"""


def flow_svg(graph: Graph, language: str) -> str:
    """The picture: boxes from top to bottom, shapes on the arrows, what fails in red."""
    boxes = [_Box(graph, index, language) for index in range(len(graph.nodes))]
    arrows = [(edge.source, edge.target) for edge in graph.edges]
    layout = lay_out([box.size for box in boxes], arrows, _GAP_Y)
    title = title_of(graph, language)
    width = max(layout.width, len(title) * 8.5) + 2 * _MARGIN
    problems = [problem for box in boxes if (problem := box.problem)]
    if problems:
        width = max(width, _REASON_WIDTH)
    reasons = [line for p in problems for line in textwrap.wrap(p, int((width - 24) / _NARROW))]
    bottom = layout.height + _TITLE + 2 * _MARGIN
    height = bottom + (len(reasons) * _LINE + 10 if reasons else 0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="shapewise-flow" role="img"'
        f' aria-label={quoteattr(clean(title))} width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}">',
        f"<style>{_STYLE}</style>",
        "<defs>",
        *(_tip(name) for name in ("tip", "failed-tip")),
        "</defs>",
        f'<text class="title" x="{_MARGIN:.0f}" y="{_MARGIN + 12:.0f}">{escaped(title)}</text>',
        f'<g transform="translate({_MARGIN + (width - 2 * _MARGIN - layout.width) / 2:.1f}'
        f' {_MARGIN + _TITLE:.0f})">',
        *_arrows(graph, boxes, layout),
        *(
            box.drawn(layout.boxes[index].x, layout.boxes[index].y)
            for index, box in enumerate(boxes)
        ),
        *_shapes(graph, boxes, layout),
        "</g>",
        *(
            f'<text class="reason" x="{_MARGIN:.0f}" y="{bottom + 6 + index * _LINE:.0f}">'
            f"{escaped(line)}</text>"
            for index, line in enumerate(reasons)
        ),
        "</svg>",
    ]
    return "\n".join(parts)


class _Box:
    """What one box looks like."""

    def __init__(self, graph: Graph, index: int, language: str) -> None:
        self._index = index
        self.node: Node = graph.nodes[index]
        self._label = label_of(self.node)
        self._detail = detail_of(self.node, language)
        self.problem = problem_of(self.node, language).replace("`", "")
        out = [len(shape_of(edge)) for edge in graph.edges if edge.source == index]
        self.shape_width = (max(out) if out else 0) * _NARROW + 12
        into = [e for e in graph.edges if e.target == index and not _one_shape(graph, e.source)]
        above = sum(len(shape_of(edge)) * _NARROW + 14 for edge in into)
        code = 7 if self.problem else 0
        text = max((len(self._label) + code) * _WIDE, len(self._detail) * _NARROW)
        self.width = text + 28
        self.height = 46.0 if self._detail else 32.0
        self.size = Size(max(self.width, self.shape_width, above), self.height)

    def drawn(self, x: float, y: float) -> str:
        round_ = self.height / 2 if self.node.kind in ("input", "output") else 7
        classes = f"box {self.node.kind}" + (" fails" if self.problem else "")
        left = x - self.width / 2
        lines = [
            f'<g class="{classes}" data-node="{self._index}">',
            f"<title>{escaped(self.problem or self._label)}</title>",
            f'<rect x="{left:.1f}" y="{y:.1f}" width="{self.width:.1f}"'
            f' height="{self.height:.0f}" rx="{round_:.0f}"/>',
        ]
        middle = x - (24 if self.problem else 0)
        lines.append(
            f'<text class="label" x="{middle:.1f}" y="{y + 20.5:.1f}"'
            f' text-anchor="middle">{escaped(self._label)}</text>'
        )
        if self._detail:
            lines.append(
                f'<text class="detail" x="{x:.1f}" y="{y + 37:.1f}"'
                f' text-anchor="middle">{escaped(self._detail)}</text>'
            )
        if self.node.problem is not None:
            lines.append(
                f'<text class="code" x="{left + self.width - 10:.1f}" y="{y + 20:.1f}"'
                f' text-anchor="end">{escaped(self.node.problem.code)}</text>'
            )
        return "".join([*lines, "</g>"])


def _arrows(graph: Graph, boxes: list[_Box], layout: Layout) -> Iterator[str]:
    for index, edge in enumerate(graph.edges):
        source, target = layout.boxes[edge.source], layout.boxes[edge.target]
        x1 = source.x + _port(graph, boxes, layout, index, outward=True)
        x2 = target.x + _port(graph, boxes, layout, index, outward=False)
        y1 = source.y + boxes[edge.source].height
        y2 = target.y - 6
        path = [f"M{x1:.1f} {y1:.1f}"]
        if _one_shape(graph, edge.source):
            y1 += _LABEL_Y + 9
            path.append(f"L{x1:.1f} {y1:.1f}")
        for x, top, bottom in layout.bends[index]:
            path.append(_curve(x1, y1, x, top) + f"L{x:.1f} {bottom:.1f}")
            x1, y1 = x, bottom
        if not _one_shape(graph, edge.source) and not layout.bends[index]:
            # Straight where its own shape is written.
            path.append(_curve(x1, y1, x2, y2 - _OWN_LABEL))
            x1, y1 = x2, y2 - _OWN_LABEL
        path.append(_curve(x1, y1, x2, y2))
        classes = "arrow" + (" unknown" if edge.fact is None else "")
        classes += " failed" if edge.failed else ""
        tip = "failed-tip" if edge.failed else "tip"
        hint = escaped(" ".join(filter(None, (shape_of(edge), more_of(edge.fact)))))
        yield (
            f'<path class="{classes}" d="{"".join(path)}" marker-end="url(#sw-{tip})">'
            f"<title>{hint}</title></path>"
        )


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    if abs(x1 - x2) < 0.5:
        return f"L{x2:.1f} {y2:.1f}"
    middle = (y1 + y2) / 2
    return f"C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}"


def _port(graph: Graph, boxes: list[_Box], layout: Layout, index: int, *, outward: bool) -> float:
    """How far from a box's middle an arrow starts or ends, so that arrows do not cover one another.

    Arrows start together, under the shape that they carry, unless they carry
    different ones.
    """
    edge = graph.edges[index]
    if outward:
        if _one_shape(graph, edge.source):
            return 0.0
        mine = [i for i, e in enumerate(graph.edges) if e.source == edge.source]
        box = boxes[edge.source]
    else:
        mine = [i for i, e in enumerate(graph.edges) if e.target == edge.target]
        box = boxes[edge.target]

    def other_end(i: int) -> float:
        bends = layout.bends[i]
        if bends:
            return bends[0][0] if outward else bends[-1][0]
        e = graph.edges[i]
        return layout.boxes[e.target if outward else e.source].x

    mine.sort(key=other_end)
    step = min(26.0, (box.width - 20) / max(len(mine), 1))
    return (mine.index(index) - (len(mine) - 1) / 2) * step


def _one_shape(graph: Graph, source: int) -> bool:
    return len({shape_of(edge) for edge in graph.edges if edge.source == source}) == 1


def _shapes(graph: Graph, boxes: list[_Box], layout: Layout) -> Iterator[str]:
    """The shapes: one under each box, or one on each arrow where they differ."""
    done: set[int] = set()
    for index, edge in enumerate(graph.edges):
        place = layout.boxes[edge.source]
        y = place.y + boxes[edge.source].height + _LABEL_Y
        if _one_shape(graph, edge.source):
            if edge.source in done:
                continue
            done.add(edge.source)
            failed = any(e.failed for e in graph.edges if e.source == edge.source)
            yield _shape(place.x, y, shape_of(edge), failed)
        else:
            target = layout.boxes[edge.target]
            x = target.x + _port(graph, boxes, layout, index, outward=False)
            y = target.y - 20
            if layout.bends[index]:
                x, top, bottom = layout.bends[index][0]
                y = (top + bottom) / 2
            yield _shape(x, y, shape_of(edge), edge.failed)


def _shape(x: float, y: float, shape: str, failed: bool) -> str:
    width = len(shape) * _NARROW + 8
    name = "shape failed-shape" if failed else "shape"
    return (
        f'<rect class="pill" x="{x - width / 2:.1f}" y="{y - 9:.1f}" width="{width:.1f}"'
        f' height="17" rx="4"/>'
        f'<text class="{name}" x="{x:.1f}" y="{y + 3.5:.1f}"'
        f' text-anchor="middle">{escaped(shape)}</text>'
    )


def _tip(name: str) -> str:
    return (
        f'<marker id="sw-{name}" viewBox="0 0 8 8" refX="2" refY="4" markerWidth="7"'
        f' markerHeight="7" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path class="{name}" d="M0 0L8 4L0 8z"/></marker>'
    )
