"""The elements of a tensor in another shape: cell by cell if they are few, else as bars."""

from __future__ import annotations

import math

from ...facts import text
from ..model import Shape, ViewExplanation
from ..words import Say, left, lines_text, product_text, right, shape_text, short, widest
from .canvas import Canvas, Picture, text_width

_FEW = 48
_WIDE = 16
_CELL = 26.0
_BAR = 300.0
_BAR_TEXT = 32


def draw(e: ViewExplanation, say: Say) -> Picture | None:
    """Before and after; None where a size is a symbol or none fits."""
    shape = e.operand.shape
    if shape is None or not all(isinstance(size, int) for size in (*shape, *e.wanted)):
        return None
    before = tuple(int(size) for size in shape)
    wanted = tuple(int(size) for size in e.wanted)
    if wanted.count(-1) > 1 or any(size < -1 for size in wanted):
        return None
    total = math.prod(before)
    after = _settled(wanted, total)
    if not total or not math.prod(after):
        return None
    name = short(e.operand.name) or "…"
    alt = say(
        text(
            "the {count} elements of {shape} and the {other} of {wanted}",
            count=total,
            shape=shape_text(before),
            other=math.prod(after),
            wanted=shape_text(wanted),
        )
    )
    few = max(total, math.prod(after)) <= _FEW
    if few and all(len(s) <= 3 and _columns(s) <= _WIDE for s in (before, after)):
        return _cells(name, before, wanted, after, say).picture(
            _cells_text(name, before, wanted, after), alt
        )
    return _bars(name, before, wanted, after).picture(_bars_text(name, before, wanted, after), alt)


def _settled(wanted: Shape, total: int) -> tuple[int, ...]:
    """The wanted shape with -1 replaced by the size that is needed, rounded up."""
    rest = math.prod(int(size) for size in wanted if size != -1)
    return tuple(-(-total // rest) if size == -1 and rest else int(size) for size in wanted)


def _grids(shape: tuple[int, ...]) -> list[list[list[int]]]:
    """The numbers of the elements, in grids of rows."""
    columns = shape[-1] if shape else 1
    rows = shape[-2] if len(shape) > 1 else 1
    count = math.prod(shape[:-2]) if len(shape) > 2 else 1
    return [
        [[(g * rows + r) * columns + c for c in range(columns)] for r in range(rows)]
        for g in range(count)
    ]


def _columns(shape: tuple[int, ...]) -> int:
    """How many cells the grids of a shape are wide, beside each other."""
    grids = math.prod(shape[:-2]) if len(shape) > 2 else 1
    return grids * (shape[-1] + 1 if shape else 2) - 1


def _cells_text(
    name: str, before: tuple[int, ...], wanted: tuple[int, ...], after: tuple[int, ...]
) -> str:
    total, room = math.prod(before), math.prod(after)
    cell = len(str(max(total, room) - 1))

    def block(shape: tuple[int, ...], title: str, *, target: bool) -> list[str]:
        grids = _grids(shape)
        lines = [title]
        for index in range(len(grids[0])):
            rows = [grid[index] for grid in grids]
            lines.append(
                "   ".join(
                    " ".join(
                        right("✗" if target and number >= total else str(number), cell)
                        for number in row
                    )
                    for row in rows
                )
            )
        if target and total > room:
            lines.append("✗ " + " ".join(str(number) for number in range(room, total)))
        return lines

    first = block(before, f"{name} {shape_text(before)}", target=False)
    second = block(after, shape_text(wanted), target=True)
    size = widest(first) + 6
    height = max(len(first), len(second))
    first += [""] * (height - len(first))
    second += [""] * (height - len(second))
    return lines_text(left(a, size) + b for a, b in zip(first, second, strict=True))


def _cells(
    name: str, before: tuple[int, ...], wanted: tuple[int, ...], after: tuple[int, ...], say: Say
) -> Canvas:
    canvas = Canvas()
    total, room = math.prod(before), math.prod(after)
    # The rows of one shape keep their colours in the other one: of the one with shorter rows.
    row = min([shape[-1] for shape in (before, after) if shape and shape[-1] > 1], default=1)
    x = 0.0
    for shape, title, target in (
        (before, f"{name} {shape_text(before)}", False),
        (after, shape_text(wanted), True),
    ):
        bad = "bad" if total != room else "good"
        canvas.text(x, -8, title, bad if target else "bold")
        grids = _grids(shape)
        start = x
        for grid in grids:
            for r, numbers in enumerate(grid):
                for c, number in enumerate(numbers):
                    missing = number >= total
                    kind = "bad dashed" if missing else "a" if number // row % 2 == 0 else "b"
                    canvas.rect(x + c * _CELL, r * _CELL, _CELL - 3, _CELL - 3, kind)
                    canvas.text(
                        x + c * _CELL + (_CELL - 3) / 2,
                        r * _CELL + 15.5,
                        "✗" if missing else str(number),
                        "bad small" if missing else "small",
                        "middle",
                    )
            x += len(grid[0]) * _CELL + 12
        below = len(grids[0]) * _CELL
        if target and total > room:
            for index, number in enumerate(range(room, min(total, room + _WIDE))):
                canvas.rect(start + index * _CELL, below + 8, _CELL - 3, _CELL - 3, "bad dashed")
                canvas.text(
                    start + index * _CELL + (_CELL - 3) / 2,
                    below + 23.5,
                    str(number),
                    "bad small",
                    "middle",
                )
            canvas.text(start, below + 52, say(text("left over")), "bad small")
        x = max(x, start + text_width(title)) + 30
    return canvas


def _rows(
    name: str, before: tuple[int, ...], wanted: tuple[int, ...], after: tuple[int, ...]
) -> list[tuple[str, str, int, float]]:
    """Title, product, count, and length of each bar."""
    most = max(math.prod(before), math.prod(after))
    rows = []
    for title, sizes, known in (
        (f"{name} {shape_text(before)}", before, before),
        (shape_text(wanted), wanted, after),
    ):
        free = -1 in sizes
        written = product_text([size for size in sizes if size != -1])
        count = math.prod(known)
        said = f"{written} · ? = {math.prod(before)}" if free else f"{written} = {count}"
        rows.append((title, said, count, count / most))
    return rows


def _bars_text(
    name: str, before: tuple[int, ...], wanted: tuple[int, ...], after: tuple[int, ...]
) -> str:
    rows = _rows(name, before, wanted, after)
    first, second = widest(row[0] for row in rows), widest(row[1] for row in rows)
    lengths = [max(1, round(row[3] * _BAR_TEXT)) for row in rows]
    if rows[0][2] != rows[1][2] and lengths[0] == lengths[1]:
        lengths[0 if rows[0][2] < rows[1][2] else 1] -= 1
    return lines_text(
        f"{left(title, first)}  {left(said, second)}  {'█' * length}"
        for (title, said, _, _), length in zip(rows, lengths, strict=True)
    )


def _bars(
    name: str, before: tuple[int, ...], wanted: tuple[int, ...], after: tuple[int, ...]
) -> Canvas:
    canvas = Canvas()
    rows = _rows(name, before, wanted, after)
    lengths = [max(6.0, row[3] * _BAR) for row in rows]
    if rows[0][2] != rows[1][2] and abs(lengths[0] - lengths[1]) < 8:
        lengths[0 if rows[0][2] < rows[1][2] else 1] -= 8
    first = max(text_width(row[0]) for row in rows) + 16
    fits = rows[0][2] == rows[1][2]
    y = 0.0
    for index, ((title, said, _, _), length) in enumerate(zip(rows, lengths, strict=True)):
        kind = "a" if not index else "good" if fits else "bad"
        canvas.text(0, y + 20, title, "bold")
        canvas.rect(first, y + 4, length, 22, kind)
        canvas.text(first, y + 44, said, "small soft" if not index else "small " + kind)
        y += 62
    return canvas
