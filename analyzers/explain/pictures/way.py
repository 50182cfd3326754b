"""How a tensor got its shape: each step with its arithmetic, and where it ends."""

from __future__ import annotations

from dataclasses import dataclass

from ...facts import text
from ..arithmetic import step_lines
from ..model import Shape, Step, Way
from ..words import Say, left, lines_text, shape_text, short, widest
from .canvas import Canvas, Picture, extent

_SHOWN = 8
"""More steps than these are not all shown: the last ones count."""
_SLAB = 66.0
_ROW = 62.0


@dataclass(frozen=True, slots=True)
class End:
    """Where the way ends. label: the layer; said: what it wants."""

    label: str
    said: str


def draw(way: Way, end: End | None, say: Say) -> Picture | None:
    """The steps from above to below; None where there are none."""
    if not way.steps or way.start.shape is None:
        return None
    steps = way.steps[-_SHOWN:]
    start_name = short(way.start.name) or "…"
    start_shape = steps[0].before
    if len(steps) < len(way.steps):
        start_name = "…"
    alt = say(
        text(
            "the way from {start} to {end}",
            start=shape_text(start_shape),
            end=shape_text(steps[-1].after),
        )
    )
    return _svg(start_name, start_shape, steps, end).picture(
        _text(start_name, start_shape, steps, end), alt
    )


def _text(start_name: str, start_shape: Shape, steps: tuple[Step, ...], end: End | None) -> str:
    labels = [start_name, *(short(step.label) for step in steps)]
    if end is not None:
        labels.append(short(end.label))
    column = widest(labels) + 2
    lines = [left(start_name, column) + shape_text(start_shape)]
    for label, step in zip(labels[1:], steps, strict=False):
        lines.append(left(label, column) + shape_text(step.after))
        lines += [f"    {line}" for line in step_lines(step)]
    if end is not None:
        lines.append(f"{left(labels[-1], column)}✗ {end.said}")
    return lines_text(lines)


def _svg(start_name: str, start_shape: Shape, steps: tuple[Step, ...], end: End | None) -> Canvas:
    canvas = Canvas()
    words = _SLAB + 26
    y = _slab(canvas, 0.0, start_shape)
    canvas.text(words, y / 2 + 5, start_name, "bold")
    canvas.text(words + len(start_name) * 7.9 + 14, y / 2 + 5, shape_text(start_shape), "a")
    for step in steps:
        said = step_lines(step)
        gap = max(40.0, 22.0 + 17 * len(said))
        _down(canvas, y + 4, y + gap - 4)
        canvas.text(words, y + 17, short(step.label), "b")
        for index, line in enumerate(said):
            canvas.text(words, y + 34 + 17 * index, line, "small soft")
        top = y + gap
        y = _slab(canvas, top, step.after)
        canvas.text(words, (top + y) / 2 + 5, shape_text(step.after), "a")
    if end is None:
        return canvas
    _down(canvas, y + 4, y + 28, "bad")
    canvas.text(words, y + 22, short(end.label), "b")
    canvas.text(_SLAB / 2, y + 50, "✗", "big bad", "middle")
    canvas.text(words, y + 46, end.said, "bad")
    return canvas


def _down(canvas: Canvas, y1: float, y2: float, kind: str = "") -> None:
    x = _SLAB / 2
    canvas.line(x, y1, x, y2, kind)
    canvas.line(x - 4, y2 - 5, x, y2, kind)
    canvas.line(x + 4, y2 - 5, x, y2, kind)


def _slab(canvas: Canvas, top: float, shape: Shape) -> float:
    """A tensor as a solid: maps as sheets behind each other, features as a bar; its bottom."""
    if len(shape) < 3:
        w = extent(shape[-1] if shape else 1, 10, _SLAB)
        canvas.rect((_SLAB - w) / 2, top, w, 12, "a")
        return top + 12
    sheets = _sheets(shape[-3])
    offset = 3.0
    w, h = extent(shape[-1], 10, 42), extent(shape[-2], 10, 42)
    x = (_SLAB - w - offset * (sheets - 1)) / 2
    for back in reversed(range(sheets)):
        canvas.rect(x + back * offset, top + (sheets - 1 - back) * offset, w, h, "a", 1)
    return top + h + offset * (sheets - 1)


def _sheets(channels: object) -> int:
    """How many sheets stand for so many channels."""
    if not isinstance(channels, int):
        return 3
    return 1 if channels <= 1 else min(7, 2 + channels.bit_length() // 2)
