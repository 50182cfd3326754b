"""Where the elements of a tensor lie in memory, which need not be the order of its axes."""

from __future__ import annotations

import itertools

from ....runtime.oracle.dims import Dim, mul
from ...facts import text
from ..model import Shape, StrideExplanation
from ..words import Say, lines_text, right, shape_text, short
from . import grid
from .canvas import Canvas, Picture
from .grid import Cell, Row

_FEW = 48
_CELL = 28.0


def table(e: StrideExplanation, say: Say) -> str:
    """The strides that there are, beneath those of the order of the axes."""
    shape = e.operand.shape or ()
    heads = [say(text("axis")), *map(str, range(len(shape)))]
    rows = [
        Row(short(e.operand.name) or "…", _cells(shape)),
        Row(say(text("step in memory")), _cells(e.strides)),
        Row(say(text("wanted")), _cells(in_order(shape))),
    ]
    return grid.as_text(heads, rows)


def in_order(shape: Shape) -> Shape:
    """The strides of a tensor whose elements lie in the order of its axes."""
    strides: list[Dim] = []
    step: Dim = 1
    for size in reversed(shape):
        strides.insert(0, step)
        step = mul(step, size)
    return tuple(strides)


def draw(e: StrideExplanation, say: Say) -> Picture | None:
    """A matrix with the place of each element; None for other ranks, and for many elements."""
    shape = e.operand.shape or ()
    known = [size for size in (*shape, *e.strides) if isinstance(size, int)]
    if len(shape) != 2 or len(e.strides) != 2 or len(known) != 4:
        return None
    rows, columns, down, along = known
    if not 0 < rows * columns <= _FEW or columns > 16 or down < 0 or along < 0:
        return None
    places = [[r * down + c * along for c in range(columns)] for r in range(rows)]
    width = len(str(max(itertools.chain.from_iterable(places))))
    name = short(e.operand.name) or "…"
    title = f"{name} {shape_text(shape)}"
    lines = [title, *(" ".join(right(str(place), width) for place in row) for row in places)]
    alt = say(text("the places in memory of the elements of {shape}", shape=shape_text(shape)))
    return _svg(title, places, columns).picture(lines_text(lines), alt)


def _svg(title: str, places: list[list[int]], columns: int) -> Canvas:
    """Cells; those next to each other in memory have one colour."""
    canvas = Canvas()
    canvas.text(0, -8, title, "bold")
    piece = max(len(places), 1) if columns > 1 else columns
    for r, row in enumerate(places):
        for c, place in enumerate(row):
            kind = "a" if place // piece % 2 == 0 else "b"
            canvas.rect(c * _CELL, r * _CELL, _CELL - 3, _CELL - 3, kind)
            middle = c * _CELL + (_CELL - 3) / 2
            canvas.text(middle, r * _CELL + 16.5, str(place), "small", "middle")
    last = max(itertools.chain.from_iterable(places))
    for place in range(last + 1 if last < _FEW else 0):
        top = len(places) * _CELL + 16
        kind = "a" if place // piece % 2 == 0 else "b"
        canvas.rect(place * _CELL, top, _CELL - 3, _CELL - 3, kind)
        canvas.text(place * _CELL + (_CELL - 3) / 2, top + 16.5, str(place), "small", "middle")
    return canvas


def _cells(sizes: Shape) -> tuple[Cell, ...]:
    return tuple(Cell(str(size)) for size in sizes)
