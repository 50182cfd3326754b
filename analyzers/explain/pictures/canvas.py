"""What a picture is, and the SVG that it is drawn on.

A picture stands on a card of its own, so that it can be read on any background;
where the viewer tells a dark theme, the card is dark. Every colour comes from a
class of the style sheet below.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ..words import width

CHAR = 7.83
"""The advance width of a character of the 13 px monospaced font; SMALL of the 11 px one."""
SMALL = 6.62
LINE = 18.0

_MARGIN = 14.0
# https://www.w3.org/TR/xml/#charsets
_INVISIBLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")

_STYLE = """
svg { --card: #f6f8fa; --edge: #d0d7de; --ink: #1f2328; --soft: #59636e; --line: #8c959f;
  --cell: #ffffff; --a: #2563b8; --aw: #dbe9fb; --b: #7440b8; --bw: #ece2fa; --good: #1a7f37;
  --goodw: #d9f2e0; --bad: #cf222e; --badw: #ffdfdc; }
@media (prefers-color-scheme: dark) { svg { --card: #22272e; --edge: #444c56; --ink: #e6edf3;
  --soft: #9da7b3; --line: #768390; --cell: #2d333b; --a: #6cb6ff; --aw: #1c3a5c; --b: #c7a2ff;
  --bw: #3b2a5c; --good: #57c46b; --goodw: #1c3d29; --bad: #ff7b72; --badw: #54262a; } }
.card { fill: var(--card); stroke: var(--edge); }
text { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 13px;
  fill: var(--ink); white-space: pre; }
.small { font-size: 11px; } .big { font-size: 20px; } .bold { font-weight: 700; }
text.soft { fill: var(--soft); } text.a { fill: var(--a); } text.b { fill: var(--b); }
text.good { fill: var(--good); } text.bad { fill: var(--bad); font-weight: 700; }
rect, path, line { stroke-width: 1.4; fill: none; stroke: var(--line); }
rect { fill: var(--cell); } rect.none { fill: none; }
rect.a, path.fa { fill: var(--aw); stroke: var(--a); }
rect.b, path.fb { fill: var(--bw); stroke: var(--b); }
rect.good { fill: var(--goodw); stroke: var(--good); }
rect.bad { fill: var(--badw); stroke: var(--bad); }
rect.sa { fill: var(--a); stroke: none; opacity: .55; }
rect.sb { fill: var(--b); stroke: none; opacity: .55; }
.dashed { stroke-dasharray: 4 3; } .thick { stroke-width: 2.6; }
line.a, path.a { stroke: var(--a); } line.b, path.b { stroke: var(--b); }
line.bad, path.bad { stroke: var(--bad); } line.good, path.good { stroke: var(--good); }
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in its two forms. alt: what it shows, for who cannot see it.

    width, height: of the SVG, in pixels.
    """

    svg: str
    text: str
    alt: str
    width: int
    height: int


class Canvas:
    """An SVG document under construction; it grows with what is drawn."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._left = self._top = math.inf
        self._right = self._bottom = -math.inf

    def rect(
        self, x: float, y: float, w: float, h: float, kind: str = "", round_: float = 3
    ) -> None:
        """A rectangle of a style such as `a`, `bad` or `none dashed`."""
        self._cover(x, y, x + w, y + h)
        self._parts.append(
            f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}"'
            f' rx="{round_:g}"/>'
        )

    def text(
        self, x: float, y: float, content: str, kind: str = "", anchor: str = "start"
    ) -> float:
        """A line of text with its baseline at y; its width."""
        size = text_width(content, kind)
        before = {"start": 0.0, "middle": size / 2, "end": size}[anchor]
        self._cover(x - before, y - 12, x - before + size, y + 4)
        self._parts.append(
            f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
            f"{escaped(content)}</text>"
        )
        return size

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str = "") -> None:
        """A straight line."""
        self._cover(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
        self._parts.append(
            f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
        )

    def curve(self, x1: float, y1: float, x2: float, y2: float, kind: str = "") -> None:
        """A line from above to below that leaves and arrives upright."""
        middle = (y1 + y2) / 2
        self._cover(min(x1, x2), y1, max(x1, x2), y2)
        self._parts.append(
            f'<path class="{kind}" d="M{x1:.1f} {y1:.1f}C{x1:.1f} {middle:.1f} {x2:.1f}'
            f' {middle:.1f} {x2:.1f} {y2:.1f}"/>'
        )

    def arrow(self, x1: float, y: float, x2: float, kind: str = "") -> None:
        """An arrow to the right."""
        self.line(x1, y, x2, y, kind)
        self._cover(x1, y - 4, x2, y + 4)
        self._parts.append(
            f'<path class="{kind}" d="M{x2 - 5:.1f} {y - 4:.1f}L{x2:.1f} {y:.1f}'
            f'L{x2 - 5:.1f} {y + 4:.1f}"/>'
        )

    def picture(self, text: str, alt: str) -> Picture:
        """What was drawn, on its card, together with the same as text."""
        if not self._parts:
            self._cover(0, 0, 1, 1)
        x, y = self._left - _MARGIN, self._top - _MARGIN
        w, h = self._right - x + _MARGIN, self._bottom - y + _MARGIN
        svg = "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" role="img"'
                f" aria-label={quoteattr(clean(alt))}"
                f' width="{w:.0f}" height="{h:.0f}" viewBox="{x:.1f} {y:.1f} {w:.1f} {h:.1f}">',
                f"<style>{_STYLE}</style>",
                f'<rect class="card" x="{x + 1:.1f}" y="{y + 1:.1f}" width="{w - 2:.1f}"'
                f' height="{h - 2:.1f}" rx="9"/>',
                *self._parts,
                "</svg>",
            ]
        )
        return Picture(svg, text, alt, round(w), round(h))

    def _cover(self, left: float, top: float, right: float, bottom: float) -> None:
        self._left, self._top = min(self._left, left), min(self._top, top)
        self._right, self._bottom = max(self._right, right), max(self._bottom, bottom)


def text_width(content: str, kind: str = "") -> float:
    """The pixels that a line of text takes."""
    names = kind.split()
    advance = SMALL if "small" in names else 12.1 if "big" in names else CHAR
    return width(content) * advance


def clean(content: str) -> str:
    """Text without the characters that XML cannot hold."""
    return content.translate(_INVISIBLE).encode("utf-8", "replace").decode("utf-8")


def escaped(content: str) -> str:
    """Text as XML."""
    return escape(clean(content))


def extent(size: object, least: float = 30.0, most: float = 150.0) -> float:
    """The length that stands for a size: it grows with its logarithm; a symbol's is middling."""
    if not isinstance(size, int):
        return (least + most) / 2
    return min(most, least + 15 * math.log2(max(size, 1)))
