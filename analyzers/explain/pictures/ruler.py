"""The places that there are, and one that is not: indices on an axis, axes of a tensor."""

from __future__ import annotations

from collections.abc import Sequence

from ....runtime.oracle.dims import Dim
from ...facts import text
from ..model import AxisExplanation, IndexExplanation
from ..words import Say, left, lines_text, right, shape_text, short, widest
from .canvas import Canvas, Picture, text_width

_SHOWN = 8
_GAP = "…"


def draw_index(e: IndexExplanation, say: Say) -> Picture | None:
    """The indices of an axis, from both ends; None where its size is a symbol."""
    if not isinstance(e.size, int):
        return None
    alt = say(text("the indices of an axis of {size}, and {index}", size=e.size, index=e.index))
    name = say(text("index"))
    return _ruler(name, None, e.size, e.index, alt, signed=e.signed)


def draw_axis(e: AxisExplanation, say: Say) -> Picture | None:
    """The axes of a tensor, with their sizes; None where the rank is not known."""
    if e.operand.shape is None or e.more:
        return None
    shape = e.operand.shape
    alt = say(text("the axes of {shape}, and {axis}", shape=shape_text(shape), axis=e.axis))
    name = short(e.operand.name) or _GAP
    return _ruler(say(text("axis")), (name, shape), len(shape), e.axis, alt)


def _ruler(
    title: str,
    sizes: tuple[str, Sequence[Dim]] | None,
    count: int,
    wanted: int,
    alt: str,
    *,
    signed: bool = True,
) -> Picture:
    places = _places(count)
    cells: list[tuple[str, str, str]] = []
    for place in places:
        if place is None:
            sized = _GAP if sizes is not None else ""
            cells.append((sized, _GAP, _GAP if signed else ""))
        else:
            size = str(sizes[1][place]) if sizes is not None else ""
            cells.append((size, str(place), str(place - count) if signed else ""))
    behind = wanted >= 0
    outside = ("", f"{wanted} ✗", "") if behind or not signed else ("", "", f"{wanted} ✗")
    cells = [*cells, outside] if behind else [outside, *cells]
    heads = (sizes[0] if sizes is not None else "", title, "")
    rows = [row for row in range(3) if any(cell[row] for cell in cells)]
    first = widest(heads) + 2
    columns = [widest(cell) + 2 for cell in cells]
    lines = []
    for row in rows:
        filled = [right(cell[row], size) for cell, size in zip(cells, columns, strict=True)]
        lines.append(left(heads[row], first) + "".join(filled))
    return _svg(heads, cells, behind, sizes is not None).picture(lines_text(lines), alt)


def _places(count: int) -> list[int | None]:
    """The places that are shown; None stands for those left out."""
    if count <= _SHOWN:
        return list(range(count))
    return [0, 1, 2, None, count - 3, count - 2, count - 1]


def _svg(
    heads: tuple[str, str, str], cells: list[tuple[str, str, str]], behind: bool, sized: bool
) -> Canvas:
    canvas = Canvas()
    first = max(map(text_width, heads)) + 16
    column = max(40.0, *(text_width(part) + 16 for cell in cells for part in cell))
    canvas.text(0, -8, heads[1], "small soft")
    if sized:
        canvas.text(0, 20, heads[0], "bold")
    for index, (size, place, back) in enumerate(cells):
        x = first + index * column
        middle = x + column / 2
        outside = index == (len(cells) - 1 if behind else 0)
        if outside:
            canvas.rect(x + 4, 0, column - 8, 30, "bad dashed")
            canvas.text(middle, 20, place or back, "bad", "middle")
            continue
        canvas.rect(x + 4, 0, column - 8, 30, "a")
        canvas.text(middle, 20, size if sized else place, "", "middle")
        if sized:
            canvas.text(middle, -8, place, "small soft", "middle")
        canvas.text(middle, 46, back, "small soft", "middle")
    return canvas
