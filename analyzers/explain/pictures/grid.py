"""Sizes in columns, one column an axis: how broadcasting and joining are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..words import left, lines_text, right, short, widest
from .canvas import CHAR, Canvas, text_width

_ROW = 30.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A size in the table; kind: a style of the canvas."""

    content: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A named row; None where it has no such axis. rule: a line stands above it."""

    name: str
    cells: tuple[Cell | None, ...]
    rule: bool = False
    remark: str = ""


def as_text(heads: Sequence[str], rows: Sequence[Row]) -> str:
    """The table for a terminal; columns are set to the right."""
    names = [short(row.name) for row in rows]
    first = widest([*names, heads[0]])
    columns = [
        widest([head, *(cell.content for row in rows if (cell := row.cells[index]) is not None)])
        for index, head in enumerate(heads[1:])
    ]
    line = [left(heads[0], first)]
    line += [right(head, size) for head, size in zip(heads[1:], columns, strict=True)]
    lines = ["  ".join(line)]
    for name, row in zip(names, rows, strict=True):
        if row.rule:
            lines.append("  ".join([" " * first, *("─" * size for size in columns)]))
        cells = [
            right(cell.content if cell is not None else "", size)
            for cell, size in zip(row.cells, columns, strict=True)
        ]
        lines.append("  ".join([left(name, first), *cells, row.remark]))
    return lines_text(lines)


def as_svg(canvas: Canvas, heads: Sequence[str], rows: Sequence[Row]) -> None:
    """The same, drawn: a cell for each size."""
    names = [short(row.name) for row in rows]
    first = max(text_width(name) for name in [*names, heads[0]]) + 14
    contents = [cell.content for row in rows for cell in row.cells if cell is not None]
    column = max([44.0, *(text_width(c) + 20 for c in [*contents, *heads[1:]])])
    canvas.text(0, 0, heads[0], "small soft")
    for index, head in enumerate(heads[1:]):
        canvas.text(first + (index + 0.5) * column, 0, head, "small soft", "middle")
    y = 10.0
    for name, row in zip(names, rows, strict=True):
        if row.rule:
            canvas.line(first, y + 4, first + column * len(row.cells), y + 4)
            y += 9
        canvas.text(0, y + 19, name, "soft" if row.rule else "bold")
        for index, cell in enumerate(row.cells):
            x = first + index * column
            if cell is None:
                canvas.rect(x + 3, y + 2, column - 6, _ROW - 6, "none dashed")
                continue
            canvas.rect(x + 3, y + 2, column - 6, _ROW - 6, cell.kind)
            style = cell.kind if cell.kind in ("good", "bad") else ""
            canvas.text(x + column / 2, y + 19, cell.content, style, "middle")
        if row.remark:
            style = "bad" if any(c is not None and c.kind == "bad" for c in row.cells) else "soft"
            canvas.text(first + column * len(row.cells) + CHAR, y + 19, row.remark, style)
        y += _ROW
