"""Broadcasting: the shapes lined up from the right, and what each axis makes of it."""

from __future__ import annotations

from itertools import zip_longest

from ....runtime.oracle.dims import Dim
from ...facts import text
from ..model import BroadcastExplanation
from ..words import Say, shape_text
from . import grid
from .canvas import Canvas, Picture
from .grid import Cell, Row


def draw(e: BroadcastExplanation, say: Say) -> Picture | None:
    """The table; None where a rank is not known or there are no axes."""
    if e.left.shape is None or e.right.shape is None:
        return None
    rank = max(len(e.left.shape), len(e.right.shape))
    if not rank:
        return None
    a, b = ([None] * (rank - len(shape)) + list(shape) for shape in (e.left.shape, e.right.shape))
    verdicts = [_verdict(x, y) for x, y in zip(a, b, strict=True)]
    heads = [say(text("axis")), *(str(index - rank) for index in range(rank))]
    rows = [
        Row(e.left.name or "…", tuple(map(_cell, a, verdicts))),
        Row(e.right.name or "…", tuple(map(_cell, b, verdicts))),
        Row(say(text("result")), tuple(verdicts), True, _remark(a, b, verdicts, say)),
    ]
    canvas = Canvas()
    grid.as_svg(canvas, heads, rows)
    alt = say(
        text(
            "{left} and {right}, lined up from the right",
            left=shape_text(e.left.shape),
            right=shape_text(e.right.shape),
        )
    )
    return canvas.picture(grid.as_text(heads, rows), alt)


def clashes(e: BroadcastExplanation) -> list[tuple[int, Dim, Dim]]:
    """The axes that cannot be paired, counted from the right (-1, -2, …), and their sizes."""
    pairs = zip_longest(reversed(e.left.shape or ()), reversed(e.right.shape or ()))
    return [(-back, a, b) for back, (a, b) in enumerate(pairs, 1) if _verdict(a, b).kind == "bad"]


def _verdict(a: Dim | None, b: Dim | None) -> Cell:
    """What an axis of the result is."""
    if a is None or b is None:
        return Cell(str(b if a is None else a), "good")
    if a == b:
        return Cell(str(a), "good")
    if 1 in (a, b):
        return Cell(str(b if a == 1 else a), "good")
    if isinstance(a, int) and isinstance(b, int):
        return Cell("✗", "bad")
    return Cell("?")


def _cell(size: Dim | None, verdict: Cell) -> Cell | None:
    if size is None:
        return None
    repeated = size == 1 and verdict.content != "1"
    return Cell(str(size), "bad" if verdict.kind == "bad" else "a dashed" if repeated else "a")


def _remark(a: list[Dim | None], b: list[Dim | None], verdicts: list[Cell], say: Say) -> str:
    for x, y, verdict in zip(reversed(a), reversed(b), reversed(verdicts), strict=True):
        if verdict.kind == "bad":
            return say(text("{a} meets {b}", a=x, b=y))
    return ""
