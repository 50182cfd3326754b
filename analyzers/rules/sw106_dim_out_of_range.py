"""SW106 dim-out-of-range: an axis that the tensor does not have."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of, origins, shape_text, tensors


def _find(failure: Failure) -> Finding | None:
    found = matches(
        failure,
        r"Dimension out of range \(expected to be in range of \[(.+?), (.+?)\], but got (.+?)\)",
        r"axis (-?\d+) is out of bounds for array of dimension",
        r"tuple index out of (range)",
        r"Dimension specified as (-?\d+) but tensor has no dimensions",
    )
    if not found:
        return None
    if failure.error.text == "tuple index out of range":
        message = text(
            "`{name}` has fewer sizes than `{index}` asks for",
            name=name_of(failure, 0),
            index=failure.source(1),
        )
        return Finding(message, 1)
    operands = tensors(failure)
    index, shape = (
        (operands[0][0], shape_text(operands[0][1].sig.shape)) if operands else (0, "(…)")
    )
    message = text(
        "`{name}` is {shape}: it has no axis {axis}",
        name=name_of(failure, index),
        shape=shape,
        axis=found.group(found.lastindex or 1),
    )
    return Finding(message, None, origins(failure, index))


RULE = Rule("SW106", "dim-out-of-range", "error", _find)
