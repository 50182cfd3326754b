"""SW106 dim-out-of-range: an axis that the tensor does not have."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import function_name, operand, origins, pieces, sequence, tensors
from .related import owner_origin, piece_origins


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _axis(failure: Failure, found: re.Match[str]) -> Finding:
    return _outside(failure, *found.groups())


def _array_axis(failure: Failure, found: re.Match[str]) -> Finding:
    """NumPy says how many axes there are."""
    axis, count = found.groups()
    return _outside(failure, f"-{count}", str(int(count) - 1), axis)


def _outside(failure: Failure, low: str, high: str, axis: str) -> Finding:
    operands = tensors(failure)
    index = operands[0][0] if operands else 0
    items = pieces(failure)
    message = text(
        "{operand}, so `{function}` takes axes from {low} to {high}, and {axis} is not one of them",
        operand=items[0][0] if items else operand(failure, index),
        function=function_name(failure),
        low=low,
        high=high,
        axis=axis,
    )
    places = piece_origins(failure, 0) if items else origins(failure, index)
    return Finding(message, None, places)


def _no_axes(failure: Failure, found: re.Match[str]) -> Finding:
    message = text("{operand}: it has no axes at all", operand=operand(failure, 0))
    return Finding(message, None, origins(failure, 0))


def _size(failure: Failure, found: re.Match[str]) -> Finding:
    """`x.shape[4]`."""
    message = text(
        "{sequence}: counting from 0, there is no `[{index}]`",
        sequence=sequence(failure, 0),
        index=failure.source(1),
    )
    return Finding(message, 1, owner_origin(failure, 0))


_CASES: tuple[Case, ...] = (
    (
        r"Dimension out of range \(expected to be in range of \[(.+?), (.+?)\], but got (.+?)\)",
        _axis,
    ),
    (r"axis (-?\d+) is out of bounds for array of dimension (\d+)", _array_axis),
    (r"(?:tuple|list) index out of range", _size),
    (r"Dimension specified as (-?\d+) but tensor has no dimensions", _no_axes),
)

RULE = Rule("SW106", "dim-out-of-range", "error", _find)
