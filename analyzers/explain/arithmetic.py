"""How sizes are computed: the windows of convolutions and poolings, step by step.

A line is given only where it comes out as what torch made of it.
"""

from __future__ import annotations

from ...runtime.oracle.dims import Dim, add, floordiv, mul, product, sub
from .model import Shape, Step, Window
from .words import factor, product_text

_AXES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}


def axis_names(spatial: int) -> tuple[str, ...]:
    """How the spatial axes are called: `H`, `W`."""
    return _AXES.get(spatial, tuple(map(str, range(spatial))))


def window_size(size: Dim, window: Window, axis: int) -> Dim | None:
    """What a window makes of the size of a spatial axis; None where that is not simple."""
    kernel, stride = window.kernel[axis], window.stride[axis]
    padding, dilation = window.padding[axis], window.dilation[axis]
    if stride < 1:
        return None
    reach = dilation * (kernel - 1)
    if window.kind == "transposed":
        extra = window.extra[axis] if window.extra else 0
        return add(mul(sub(size, 1), stride), reach - 2 * padding + extra + 1)
    room = add(size, 2 * padding - reach - 1)
    if not window.ceil:
        return add(floordiv(room, stride), 1)
    if not isinstance(room, int):
        return None
    count = -(-room // stride) + 1
    # The last window must begin inside the input or its left padding.
    begins_outside = isinstance(size, int) and (count - 1) * stride >= size + padding
    return count - 1 if begins_outside else count


def window_formula(size: Dim, window: Window, axis: int) -> str:
    """`floor((28 + 2·0 - 1·(5 - 1) - 1)/1 + 1)`."""
    kernel, stride = window.kernel[axis], window.stride[axis]
    padding, dilation = window.padding[axis], window.dilation[axis]
    if window.kind == "transposed":
        extra = f" + {window.extra[axis]}" if window.extra and window.extra[axis] else ""
        return f"({size} - 1)·{stride} - 2·{padding} + {dilation}·({kernel} - 1){extra} + 1"
    rounding = "ceil" if window.ceil else "floor"
    return f"{rounding}(({size} + 2·{padding} - {dilation}·({kernel} - 1) - 1)/{stride} + 1)"


def window_lines(sizes: Shape, window: Window) -> list[str]:
    """One line for each spatial axis, with its result; one for all where they are alike."""
    lines = []
    for axis, size in enumerate(sizes):
        result = window_size(size, window, axis)
        if result is None:
            return []
        lines.append(f"{window_formula(size, window, axis)} = {result}")
    if len(set(lines)) == 1:
        return lines[:1]
    return [f"{name}: {line}" for name, line in zip(axis_names(len(sizes)), lines, strict=True)]


def step_lines(step: Step) -> list[str]:
    """The arithmetic of a step; empty where there is nothing to compute."""
    if step.window is not None:
        spatial = len(step.window.kernel)
        if len(step.before) < spatial or len(step.after) < spatial:
            return []
        sizes, made = step.before[-spatial:], step.after[-spatial:]
        mine = tuple(window_size(size, step.window, axis) for axis, size in enumerate(sizes))
        return window_lines(sizes, step.window) if mine == made else []
    return _folded(step.before, step.after)


def _folded(before: Shape, after: Shape) -> list[str]:
    """The products where neighbouring axes became one: `8·13·13 = 1352`."""
    if len(after) >= len(before):
        return []
    lines: list[str] = []
    rest = list(before)
    for size in after:
        taken = [rest.pop(0)] if rest else []
        while rest and product(tuple(taken)) != size:
            taken.append(rest.pop(0))
        if product(tuple(taken)) != size:
            return []
        if len(taken) > 1:
            lines.append(f"{product_text(taken)} = {factor(size)}")
    return lines if not [size for size in rest if size != 1] else []
