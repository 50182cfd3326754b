"""A shape beneath the one that is wanted."""

from __future__ import annotations

from ....runtime.oracle.dims import Dim
from ...facts import text
from ..model import ShapeExplanation
from ..words import Say, shape_text
from . import grid
from .canvas import Canvas, Picture
from .grid import Cell, Row


def draw(e: ShapeExplanation, say: Say) -> Picture | None:
    """The table; None where the rank is not known or there are no axes."""
    shape = e.operand.shape
    if shape is None or not (shape or e.wanted):
        return None
    rank = max(len(shape), len(e.wanted))
    letters = [*e.letters, *map(str, range(len(e.letters), rank))][:rank]
    cells = tuple(_cell(shape, e.wanted, index) for index in range(rank))
    wanted = tuple(
        Cell("…" if (size := e.wanted[index]) is None else str(size), "good")
        if index < len(e.wanted)
        else None
        for index in range(rank)
    )
    rows = [
        Row(e.operand.name or say(text("there")), cells),
        Row(say(text("wanted")), wanted),
    ]
    heads = [say(text("axis")), *letters]
    canvas = Canvas()
    grid.as_svg(canvas, heads, rows)
    alt = say(text("the axes of {shape}", shape=shape_text(shape)))
    return canvas.picture(grid.as_text(heads, rows), alt)


def _cell(shape: tuple[Dim, ...], wanted: tuple[Dim | None, ...], index: int) -> Cell | None:
    if index >= len(shape):
        return None
    fits = index < len(wanted) and wanted[index] in (None, shape[index])
    return Cell(str(shape[index]), "a" if fits else "bad")
