"""A prediction and a target of a loss, axis by axis."""

from __future__ import annotations

from ...facts import text
from ..model import LossExplanation, Shape
from ..words import Say, shape_text
from . import grid
from .canvas import Canvas, Picture
from .grid import Cell, Row


def draw(e: LossExplanation, say: Say) -> Picture | None:
    """The table of a loss over classes; None where a rank is not known."""
    prediction, target = e.prediction.shape, e.target.shape
    if e.kind != "classes" or not prediction or target is None:
        return None
    wanted = wanted_target(prediction)
    class_axis = min(1, len(prediction) - 1)
    rank = max(len(prediction), len(target) + (1 if len(prediction) > 1 else 0))
    letters = [_letter(index, class_axis, len(prediction)) for index in range(rank)]
    cells: list[Cell | None] = [None] * rank
    # The target has no axis of classes; what follows moves one place up.
    places = [index for index in range(rank) if index != class_axis]
    if len(target) > len(places):
        places = list(range(rank))
    for place, size in zip(places, target, strict=False):
        fits = place < len(prediction) and place != class_axis and prediction[place] == size
        cells[place] = Cell(str(size), "good" if fits else "bad")
    rows = [
        Row(
            e.prediction.name or "…",
            tuple(
                Cell(str(prediction[i]), "b" if i == class_axis else "a")
                if i < len(prediction)
                else None
                for i in range(rank)
            ),
        ),
        Row(
            e.target.name or "…",
            tuple(cells),
            remark=""
            if target == wanted
            else say(text("wanted: {shape}", shape=shape_text(wanted))),
        ),
    ]
    heads = [say(text("axis")), *letters]
    canvas = Canvas()
    grid.as_svg(canvas, heads, rows)
    alt = say(
        text(
            "a prediction of {shape} and a target of {target}",
            shape=shape_text(prediction),
            target=shape_text(target),
        )
    )
    return canvas.picture(grid.as_text(heads, rows), alt)


def wanted_target(prediction: Shape) -> Shape:
    """The shape of class numbers for a prediction: all its axes but that of the classes."""
    return (*prediction[:1], *prediction[2:]) if len(prediction) > 1 else ()


def _letter(index: int, class_axis: int, rank: int) -> str:
    if index == class_axis:
        return "C"
    if index == 0:
        return "N"
    return f"d{index - 1}" if index < rank else ""
