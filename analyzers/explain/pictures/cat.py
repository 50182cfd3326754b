"""Joining tensors: which axis grows, and which must be equal."""

from __future__ import annotations

from ....runtime.oracle.dims import Dim, add
from ...facts import text
from ..model import CatExplanation, Shape
from ..words import Say, shape_text
from . import grid
from .canvas import Canvas, Picture, extent, text_width
from .grid import Cell, Row

_MANY = 6
"""More tensors than these are not all drawn."""


def draw(e: CatExplanation, say: Say) -> Picture | None:
    """The table, and the blocks beside each other; None where a rank is not known."""
    shapes = [piece.shape for piece in e.pieces if piece.shape is not None]
    if len(shapes) != len(e.pieces) or not shapes or not any(shapes):
        return None
    rank = max(map(len, shapes))
    axis = e.axis % rank if not e.new_axis else e.axis % (rank + 1)
    names = [piece.name or f"[{index}]" for index, piece in enumerate(e.pieces)]
    first, other = 0, first_odd(shapes, axis, new_axis=e.new_axis)
    shown = [first, other] if len(shapes) > _MANY else list(range(len(shapes)))
    heads = _heads(rank, axis, e.new_axis, say)
    verdicts = [_verdict(shapes, index, axis, e.new_axis) for index in range(rank)]
    rows = [
        Row(names[index], _cells(shapes[index], rank, axis, verdicts, e.new_axis))
        for index in shown
    ]
    rows.append(
        Row(
            say(text("result")),
            _result(shapes, axis, verdicts, e.new_axis),
            True,
            _remark(shapes, verdicts, say),
        )
    )
    canvas = Canvas()
    grid.as_svg(canvas, heads, rows)
    if rank > 1 and not e.new_axis and all(len(shape) == rank for shape in shapes):
        _blocks(canvas, [shapes[i] for i in shown], [names[i] for i in shown], axis, verdicts)
    alt = say(text("the sizes of {shapes}", shapes=", ".join(map(shape_text, shapes[:_MANY]))))
    return canvas.picture(grid.as_text(heads, rows), alt)


def first_odd(shapes: list[Shape], axis: int, *, new_axis: bool) -> int:
    """The first tensor that does not fit the first one; the last one if all fit."""

    def rest(shape: Shape) -> tuple[Dim, ...]:
        return shape if new_axis else (*shape[:axis], -1, *shape[axis + 1 :])

    odd = (index for index, shape in enumerate(shapes) if rest(shape) != rest(shapes[0]))
    return next(odd, len(shapes) - 1)


def _heads(rank: int, axis: int, new_axis: bool, say: Say) -> list[str]:
    numbers = list(map(str, range(rank)))
    if new_axis:
        return [say(text("axis")), *numbers[:axis], say(text("new")), *numbers[axis:]]
    return [say(text("axis")), *numbers]


def _verdict(shapes: list[Shape], index: int, axis: int, new_axis: bool) -> Cell:
    sizes = {shape[index] if index < len(shape) else None for shape in shapes}
    if not new_axis and index == axis and None not in sizes:
        total: Dim = 0
        for shape in shapes:
            total = add(total, shape[index])
        return Cell(str(total), "b")
    if len(sizes) == 1:
        return Cell(str(shapes[0][index]), "good")
    known = None in sizes or len({size for size in sizes if isinstance(size, int)}) > 1
    return Cell("✗", "bad") if known else Cell("?")


def _cells(
    shape: Shape, rank: int, axis: int, verdicts: list[Cell], new_axis: bool
) -> tuple[Cell | None, ...]:
    cells: list[Cell | None] = [
        Cell(str(shape[index]), "bad" if verdicts[index].kind == "bad" else _kind(index, axis))
        if index < len(shape)
        else None
        for index in range(rank)
    ]
    if new_axis:
        cells = [
            cell and Cell(cell.content, "bad" if cell.kind == "bad" else "a") for cell in cells
        ]
        cells.insert(axis, Cell("1", "b"))
    return tuple(cells)


def _kind(index: int, axis: int) -> str:
    return "b" if index == axis else "a"


def _result(
    shapes: list[Shape], axis: int, verdicts: list[Cell], new_axis: bool
) -> tuple[Cell, ...]:
    cells = list(verdicts)
    if new_axis:
        cells.insert(axis, Cell(str(len(shapes)), "b"))
    return tuple(cells)


def _remark(shapes: list[Shape], verdicts: list[Cell], say: Say) -> str:
    for index, verdict in enumerate(verdicts):
        if verdict.kind == "bad":
            for shape in shapes[1:]:
                if index >= min(len(shape), len(shapes[0])):
                    return say(text("not all have this axis"))
                if shape[index] != shapes[0][index]:
                    return say(text("{a} is not {b}", a=shapes[0][index], b=shape[index]))
    return ""


def _blocks(
    canvas: Canvas, shapes: list[Shape], names: list[str], axis: int, verdicts: list[Cell]
) -> None:
    """The tensors as blocks, put together along the axis; the axis at fault stands upright."""
    upright = next((i for i, v in enumerate(verdicts) if v.kind == "bad" and i != axis), None)
    if upright is None:
        upright = next(i for i in range(len(verdicts)) if i != axis)
    heights = [extent(shape[upright], 36, 110) for shape in shapes]
    if len({shape[upright] for shape in shapes}) > 1 and max(heights) - min(heights) < 14:
        least = min((shape[upright] for shape in shapes), key=lambda size: (str(type(size)), size))
        heights = [
            height if shape[upright] == least else height + 16
            for height, shape in zip(heights, shapes, strict=True)
        ]
    top = 10.0 + 30 * (len(shapes) + 1) + 9 + 34
    x = 0.0
    for shape, name, height in zip(shapes, names, heights, strict=True):
        w = max(extent(shape[axis], 40, 120), text_width(name[:14]) + 12)
        x += 26
        canvas.rect(x, top, w, height, "a")
        canvas.text(x + w / 2, top - 6, str(shape[axis]), "b", "middle")
        odd = shape[upright] != shapes[0][upright]
        canvas.text(x - 5, top + height / 2 + 5, str(shape[upright]), "bad" if odd else "", "end")
        canvas.text(x + w / 2, top + height / 2 + 5, name[:14], "soft", "middle")
        x += w + 8
