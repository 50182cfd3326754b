"""A matrix product: two matrices side by side, a row of one and a column of the other."""

from __future__ import annotations

from ....runtime.oracle.dims import Dim
from ...facts import text
from ..model import MatmulExplanation, Operand, Shape
from ..words import Say, centred, lines_text, right, shape_text, short, width
from .canvas import Canvas, Picture, extent, text_width


def draw(e: MatmulExplanation, say: Say) -> Picture | None:
    """The product as a picture; None where a rank is not known or an operand has no axes."""
    if not e.left.shape or not e.right.shape:
        return None
    left, right_ = matrix(e.left.shape, first=True), matrix(e.right.shape, first=False)
    fits = left[1] == right_[0]
    alt = say(
        text(
            "{left} times {right}: the inner sizes are {a} and {b}",
            left=shape_text(e.left.shape),
            right=shape_text(e.right.shape),
            a=left[1],
            b=right_[0],
        )
    )
    return _svg(e, left, right_, fits, say).picture(_text(e, left, right_, fits), alt)


def matrix(shape: Shape, *, first: bool) -> tuple[Dim, Dim]:
    """Rows and columns; a vector is a row on the left and a column on the right.

    All axes before the last two are batches.
    """
    if len(shape) == 1:
        return (1, shape[0]) if first else (shape[0], 1)
    return shape[-2], shape[-1]


def marked(e: MatmulExplanation, say: Say) -> str:
    """The two shapes in one line, with their inner and outer sizes marked below.

    Both shapes must be known, and have an axis.
    """
    left, right_ = e.left.shape or (), e.right.shape or ()
    inner_right = 0 if len(right_) == 1 else len(right_) - 2
    names = short(e.left.name), short(e.right.name)
    first, marks_a = _cells(left, len(left) - 1)
    second, marks_b = _cells(right_, inner_right)
    column = max(width(names[0]), width(first))
    middle = " @ "
    a, b = left[-1], right_[inner_right]
    inner = (
        text("inner: {a} and {b}, equal", a=a, b=b)
        if a == b
        else text("inner: {a} is not {b}", a=a, b=b)
    )
    head = " " * (column - width(first))
    table = [
        right(names[0], column) + " " * len(middle) + names[1],
        head + first + middle + second,
        f"{head}{marks_a[0]}   {marks_b[0]}   {say(inner)}",
    ]
    if marks_a[1].strip() or marks_b[1].strip():
        outer = shape_text(_outer(left, right_))
        said = say(
            text("outer: the result is {shape}", shape=outer)
            if a == b
            else text("outer: the result would be {shape}", shape=outer)
        )
        table.append(f"{head}{marks_a[1]}   {marks_b[1]}   {said}")
    return lines_text(table)


def _outer(left: Shape, right_: Shape) -> Shape:
    """The shape of the result, if the inner sizes were equal."""
    longer = left if len(left) >= len(right_) else right_
    ends = (left[-2:-1] if len(left) > 1 else ()) + (right_[-1:] if len(right_) > 1 else ())
    return (*longer[:-2], *ends)


def _cells(shape: Shape, inner: int) -> tuple[str, tuple[str, str]]:
    """A shape as text, and marks under its inner size and under all others."""
    written, marks, others = "(", " ", " "
    for index, size in enumerate(shape):
        cell = str(size)
        mark, blank = "^" * len(cell), " " * len(cell)
        written += cell
        marks += mark if index == inner else blank
        others += blank if index == inner else mark
        if index < len(shape) - 1 or len(shape) == 1:
            comma = ", " if len(shape) > 1 else ","
            written += comma
            marks += " " * len(comma)
            others += " " * len(comma)
    return written + ")", (marks + " ", others + " ")


def _text(e: MatmulExplanation, left: tuple[Dim, Dim], right_: tuple[Dim, Dim], fits: bool) -> str:
    first = _box(left, tall=1, row=True)
    second = _box(right_, tall=1 if fits else 3, row=False)
    if isinstance(left[1], int) and isinstance(right_[0], int) and left[1] > right_[0]:
        first, second = _box(left, tall=1, row=True, wide=14), _box(right_, tall=1, row=False)
    height = max(len(first), len(second))
    operator = ["", "", " @ "] + [""] * height
    rows = []
    for index in range(height):
        pieces = [
            first[index] if index < len(first) else " " * width(first[0]),
            centred(operator[index], 5),
            second[index] if index < len(second) else "",
        ]
        rows.append("".join(pieces))
    return lines_text(rows)


def _box(size: tuple[Dim, Dim], *, tall: int, row: bool, wide: int = 8) -> list[str]:
    """A matrix as a box with its rows at the left and its columns above.

    row: a row is shaded, else a column.
    """
    rows, columns = str(size[0]), str(size[1])
    inside = max(wide, width(columns) + 2)
    margin = " " * (width(rows) + 1)
    fill = "▒" * inside if row else centred("▒", inside)
    body = [(f"{rows} " if index == tall // 2 else margin) + f"│{fill}│" for index in range(tall)]
    return [
        margin + centred(columns, inside + 2),
        f"{margin}┌{'─' * inside}┐",
        *body,
        f"{margin}└{'─' * inside}┘",
    ]


def _svg(
    e: MatmulExplanation,
    left: tuple[Dim, Dim],
    right_: tuple[Dim, Dim],
    fits: bool,
    say: Say,
) -> Canvas:
    canvas = Canvas()
    inner_a, inner_b = extent(left[1]), extent(right_[0])
    if not fits and abs(inner_a - inner_b) < 18:
        # Sizes that differ little must not look equal.
        smaller = isinstance(left[1], int) and isinstance(right_[0], int) and left[1] < right_[0]
        inner_a, inner_b = (inner_a, inner_a + 22) if smaller else (inner_b + 22, inner_b)
    height_a, width_b = extent(left[0]), extent(right_[1])
    middle = max(height_a, inner_b) / 2
    verdict = "good" if fits else "bad"
    x = text_width(str(left[0])) + 8
    _matrix(canvas, x, middle, (inner_a, height_a), left, e.left, "a", verdict)
    gap = max(0.0, (text_width(short(e.left.name)) - inner_a) / 2)
    x += inner_a + 20 + gap
    canvas.text(x, middle + 6, "@", "big soft", "middle")
    gap = max(0.0, (text_width(short(e.right.name)) - width_b) / 2)
    x += 24 + max(text_width(str(right_[0])), gap)
    _matrix(canvas, x, middle, (width_b, inner_b), right_, e.right, "b", verdict)
    words = (
        text("a row of {a} meets a column of {b}", a=left[1], b=right_[0])
        if fits
        else text("a row of {a} cannot meet a column of {b}", a=left[1], b=right_[0])
    )
    half = (x + width_b) / 2
    canvas.text(half, 2 * middle + 58, say(words), verdict, "middle")
    return canvas


def _matrix(
    canvas: Canvas,
    x: float,
    middle: float,
    drawn: tuple[float, float],
    size: tuple[Dim, Dim],
    operand: Operand,
    kind: str,
    verdict: str,
) -> None:
    """A matrix with its sizes, a row (of the left one) or a column (of the right one) shaded."""
    w, h = drawn
    y = middle - h / 2
    first = kind == "a"
    batches = operand.shape[:-2] if operand.shape is not None else ()
    if batches:
        for back in (10, 5):
            canvas.rect(x + back, y - back, w, h, kind)
    canvas.rect(x, y, w, h, kind)
    strip = min(12.0, (h if first else w) / 2)
    if first:
        canvas.rect(x, middle - strip / 2, w, strip, "sa", 0)
        canvas.line(x, y, x + w, y, f"{verdict} thick")
    else:
        canvas.rect(x + w / 2 - strip / 2, y, strip, h, "sb", 0)
        canvas.line(x, y, x, y + h, f"{verdict} thick")
    above = y - (18 if batches else 7)
    canvas.text(x + w / 2, above, str(size[1]), verdict if first else "soft", "middle")
    canvas.text(x - 8, middle + 5, str(size[0]), "soft" if first else verdict, "end")
    name = short(operand.name)
    bottom = max(middle + h / 2, middle)
    canvas.text(x + w / 2, bottom + 18, name, kind, "middle")
    if batches:
        canvas.text(
            x + w / 2,
            bottom + 34,
            "×".join(map(str, batches)) + " ×",
            "small soft",
            "middle",
        )
