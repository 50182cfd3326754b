"""Pictures of shapes: `x (3, 2) @ w (2, 4) -> y (3, 4)` as boxes with their sizes."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator

_SHAPE = re.compile(r"([A-Za-z_][\w.]*)?\s*\(([^()]*)\)")
_HIGH = 120.0
_GAP = 14.0
_CHARACTER = 8.0
_GROWTH = 66.0
"""How much longer than 1 the largest size can be, so that the label below stays free."""


def picture_of(line: str) -> str:
    """A line of shapes as SVG: each shape a box, what stands between them as text."""
    pieces = list(_pieces(line))
    x, parts = 4.0, []
    for piece in pieces:
        drawn, width = _box(*piece, x) if isinstance(piece, tuple) else _word(piece, x)
        parts.append(drawn)
        x += width + _GAP
    label = html.escape(" ".join(line.split()))
    return (
        f'<svg class="shapes" role="img" aria-label="{label}" width="{x:.0f}" '
        f'height="{_HIGH:.0f}" viewBox="0 0 {x:.0f} {_HIGH:.0f}">{"".join(parts)}</svg>\n'
    )


def _pieces(line: str) -> Iterator[str | tuple[str, tuple[str, ...]]]:
    end = 0
    for match in _SHAPE.finditer(line):
        between = line[end : match.start()].strip()
        if between:
            yield between
        yield match[1] or "", tuple(s.strip() for s in match[2].split(",") if s.strip())
        end = match.end()
    rest = line[end:].strip()
    if rest:
        yield rest


def _word(word: str, x: float) -> tuple[str, float]:
    word = word.replace("->", "→")
    drawn = f'<text x="{x:.1f}" y="{_HIGH / 2 + 4:.1f}">{html.escape(word)}</text>'
    return drawn, _CHARACTER * len(word)


def _box(name: str, sizes: tuple[str, ...], x: float) -> tuple[str, float]:
    """The last two sizes are height and width; each earlier one is a sheet behind."""
    label = f"{name} ({', '.join(sizes)}{',' if len(sizes) == 1 else ''})".strip()
    wide = _side(sizes[-1]) if sizes else 10.0
    high = _side(sizes[-2]) if len(sizes) > 1 else 14.0
    sheets = min(len(sizes) - 2, 3) if len(sizes) > 2 else 0
    top = _HIGH / 2 - high / 2
    parts = [
        f'<rect x="{x + 6 * n:.1f}" y="{top - 6 * n:.1f}" width="{wide:.1f}" height="{high:.1f}"/>'
        for n in range(sheets, -1, -1)
    ]
    parts.append(f'<text x="{x:.1f}" y="{_HIGH - 6:.1f}">{html.escape(label)}</text>')
    return "".join(parts), max(wide + 6 * sheets, _CHARACTER * len(label))


def _side(size: str) -> float:
    """A length that grows with a size, ever more slowly: 2 and 3 differ, 784 still fits."""
    number = int(size) if size.isdigit() else 4
    doublings = math.log2(max(1, number))
    return 12 + _GROWTH * doublings / (doublings + 4)
