"""Axes that change places."""

from __future__ import annotations

from ...facts import text
from ..model import PermuteExplanation
from ..words import Say, left, lines_text, right, shape_text, short, widest
from .canvas import Canvas, Picture, text_width


def draw(e: PermuteExplanation, say: Say) -> Picture | None:
    """Where each axis goes; None where the rank is not known or an axis does not exist."""
    shape = e.operand.shape
    if not shape or not e.order or any(not -len(shape) <= axis < len(shape) for axis in e.order):
        return None
    order = [axis % len(shape) for axis in e.order]
    name = short(e.operand.name) or "…"
    call = f"permute({', '.join(map(str, order))})"
    missing = [axis for axis in range(len(shape)) if axis not in order]
    alt = say(
        text("{shape} and the axes in the order {order}", shape=shape_text(shape), order=call)
    )
    return _svg(name, call, shape, order, missing, say).picture(
        _text(name, call, shape, order, missing, say), alt
    )


def _text(
    name: str,
    call: str,
    shape: tuple[object, ...],
    order: list[int],
    missing: list[int],
    say: Say,
) -> str:
    """Each axis of the result above the axis that it comes from."""
    axis = say(text("axis"))
    heads = [axis, name, "", axis, call]
    first = widest(heads) + 2
    count = max(len(shape), len(order))
    cells = [
        list(map(str, range(len(shape)))),
        [str(size) for size in shape],
        [],
        list(map(str, order)),
        [str(shape[index]) for index in order],
    ]
    column = widest(cell for row in cells for cell in row) + 2
    lines = []
    for head, row in zip(heads, cells, strict=True):
        filled = [right(cell, column) for cell in row]
        lines.append(left(head, first) + "".join(filled + [""] * (count - len(row))))
    if missing:
        gone = ", ".join(map(str, missing))
        lines.append(left("", first) + "  " + say(text("axis {axes} is missing", axes=gone)))
    return lines_text(lines)


def _svg(
    name: str,
    call: str,
    shape: tuple[object, ...],
    order: list[int],
    missing: list[int],
    say: Say,
) -> Canvas:
    canvas = Canvas()
    first = max(text_width(name), text_width(call)) + 16
    column = max([56.0, *(text_width(str(size)) + 28 for size in shape)])

    def row(y: float, label: str, axes: list[int], above: bool) -> None:
        canvas.text(0, y + 20, label, "bold")
        for place, axis in enumerate(axes):
            x = first + place * column
            gone = axis in missing or axes.count(axis) > 1
            canvas.rect(x + 5, y, column - 10, 30, "bad dashed" if gone else "a" if above else "b")
            canvas.text(x + column / 2, y + 20, str(shape[axis]), "bad" if gone else "", "middle")
            at = y - 6 if above else y + 44
            canvas.text(
                x + column / 2, at, say(text("axis {number}", number=axis)), "small soft", "middle"
            )

    row(20, name, list(range(len(shape))), True)
    row(110, call, order, False)
    for place, axis in enumerate(order):
        canvas.curve(first + (axis + 0.5) * column, 52, first + (place + 0.5) * column, 108, "a")
    return canvas
