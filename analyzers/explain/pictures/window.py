"""What a convolution or a pooling meets: the axes of its input, and its window on an image."""

from __future__ import annotations

from ....runtime.oracle.dims import Dim, add
from ...facts import text
from ..arithmetic import axis_names, window_size
from ..model import Shape, Window, WindowExplanation
from ..words import Say, centred, lines_text, shape_text, short, width
from . import grid
from .canvas import Canvas, Picture, extent
from .grid import Cell, Row


def draw(e: WindowExplanation, say: Say) -> Picture | None:
    """The axes, or the window where it is too large; None where the rank is not known."""
    shape = e.operand.shape
    if shape is None:
        return None
    if len(shape) in (e.spatial + 1, e.spatial + 2) and too_small(shape, e):
        return _window(e, shape, say)
    return _axes(e, shape, say)


def too_small(shape: Shape, e: WindowExplanation) -> bool:
    """Whether nothing is left of a spatial axis."""
    if e.window.kind == "transposed" or len(e.window.kernel) != e.spatial:
        return False
    sizes = shape[-e.spatial :]
    made = [window_size(size, e.window, axis) for axis, size in enumerate(sizes)]
    return any(isinstance(size, int) and size < 1 for size in made)


def right_channels(e: WindowExplanation) -> bool:
    """Whether the channel axis is there and has the size that is wanted."""
    shape = e.operand.shape or ()
    there = len(shape) in (e.spatial + 1, e.spatial + 2)
    return there and (e.channels is None or shape[-e.spatial - 1] == e.channels)


def _axes(e: WindowExplanation, shape: Shape, say: Say) -> Picture:
    letters = ["N", "C", *axis_names(e.spatial)]
    rank = max(len(shape), len(letters))
    letters = [""] * (rank - len(letters)) + letters
    channel = rank - e.spatial - 1
    fits = right_channels(e)
    wrong_rank = len(shape) not in (e.spatial + 1, e.spatial + 2)
    cells: list[Cell | None] = [None] * (rank - len(shape))
    for index, size in enumerate(shape):
        place = index + rank - len(shape)
        bad = (wrong_rank and not letters[place]) or (place == channel and not fits)
        cells.append(Cell(str(size), "bad" if bad else "a"))
    wanted: list[Cell | None] = [None] * rank
    if e.channels is not None:
        wanted[channel] = Cell(str(e.channels), "good" if fits else "b")
    rows = [Row(e.operand.name or "…", tuple(cells))]
    if e.channels is not None:
        rows.append(Row(e.layer, tuple(wanted), remark=say(text("wanted"))))
    heads = [say(text("axis")), *letters]
    canvas = Canvas()
    grid.as_svg(canvas, heads, rows)
    if e.channels is not None and not wrong_rank:
        _slabs(canvas, e, shape, 10 + 30 * len(rows) + 34)
    alt = say(text("the axes of {shape}", shape=shape_text(shape)))
    return canvas.picture(grid.as_text(heads, rows), alt)


def _slabs(canvas: Canvas, e: WindowExplanation, shape: Shape, top: float) -> None:
    """The input as sheets, one a channel, and the kernel that wants another number of them."""
    channels = shape[-e.spatial - 1]
    image = (shape[-2] if e.spatial > 1 else 1, shape[-1])
    kernel = (e.window.kernel[-2] if e.spatial > 1 else 1, e.window.kernel[-1])
    w, h = extent(image[1], 30, 96), extent(image[0], 18, 96)
    bottom = _sheets(canvas, 6, top, (w, h), channels, "a")
    name = short(e.operand.name, 20)
    sign = f"{channels} ≠ {e.channels}" if channels != e.channels else str(channels)
    canvas.text(6, bottom + 20, f"{name}: C = {channels}", "a")
    x = max(190.0, width(name) * 8 + 110)
    kw, kh = extent(kernel[1], 18, 60), extent(kernel[0], 14, 60)
    low = _sheets(canvas, x, top + (bottom - top - kh) / 2 - 6, (kw, kh), e.channels, "b")
    canvas.text(x, max(bottom, low) + 20, f"{short(e.layer, 20)}: C = {e.channels}", "b")
    verdict = "bad" if channels != e.channels else "good"
    canvas.text((w + 40 + x) / 2, (top + bottom) / 2 + 5, sign, verdict, "middle")


def _sheets(
    canvas: Canvas,
    x: float,
    top: float,
    size: tuple[float, float],
    channels: Dim | None,
    kind: str,
) -> float:
    count = min(channels, 8) if isinstance(channels, int) else 3
    for back in reversed(range(max(count, 1))):
        canvas.rect(x + back * 4, top + (count - 1 - back) * 4, *size, kind, 1)
    return top + size[1] + (max(count, 1) - 1) * 4


def _window(e: WindowExplanation, shape: Shape, say: Say) -> Picture:
    """The padded image, and the window that does not fit on it."""
    axis = _worst(shape, e)
    size = shape[-e.spatial :][axis]
    reach = e.window.dilation[axis] * (e.window.kernel[axis] - 1) + 1
    padding = e.window.padding[axis]
    padded = add(size, 2 * padding)
    inside = say(text("image"))
    around = say(text("window"))
    alt = say(text("a window of {kernel} on an image of {size}", kernel=reach, size=padded))
    canvas = Canvas()
    unit = 120 / reach
    image = max(14.0, unit * padded) if isinstance(padded, int) else 60.0
    canvas.rect(0, 0, reach * unit, reach * unit, "bad dashed")
    canvas.rect(2, 2, image - 4, image - 4, "a dashed" if padding else "a")
    if padding and isinstance(size, int):
        edge = padding * unit
        canvas.rect(edge, edge, max(4.0, size * unit), max(4.0, size * unit), "a")
    canvas.text(reach * unit + 14, 20, f"{inside}: {_padded(size, padding)}", "a")
    canvas.text(reach * unit + 14, 42, f"{around}: {_reach(e.window, axis)}", "bad")
    rows = _nested(f"{around} {reach}", f"{inside} {padded}")
    return canvas.picture(lines_text(rows), alt)


def _worst(shape: Shape, e: WindowExplanation) -> int:
    sizes = shape[-e.spatial :]
    made = [window_size(size, e.window, axis) for axis, size in enumerate(sizes)]
    return next(i for i, size in enumerate(made) if isinstance(size, int) and size < 1)


def _padded(size: Dim, padding: int) -> str:
    return f"{size} + 2·{padding} = {add(size, 2 * padding)}" if padding else str(size)


def _reach(window: Window, axis: int) -> str:
    kernel, dilation = window.kernel[axis], window.dilation[axis]
    if dilation == 1:
        return str(kernel)
    return f"{dilation}·({kernel} - 1) + 1 = {dilation * (kernel - 1) + 1}"


def _nested(outer: str, inner: str) -> list[str]:
    """A small box inside a larger one."""
    wide = max(width(inner) + 2, 7)
    size = max(wide + 4, width(outer) + 2)
    rest = " " * (size - wide - 4)
    return [
        f"┌{'─' * size}┐",
        f"│ ┌{'─' * wide}┐ {rest}│",
        f"│ │{centred(inner, wide)}│ {rest}│",
        f"│ └{'─' * wide}┘ {rest}│",
        f"│{centred(outer, size)}│",
        f"└{'─' * size}┘",
    ]
