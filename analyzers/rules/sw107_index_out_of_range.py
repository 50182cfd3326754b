"""SW107 index-out-of-range: an index that the tensor does not have."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of, origins, shape_of


def _find(failure: Failure) -> Finding | None:
    found = matches(
        failure, r"index (-?\d+) is out of bounds for (?:dimension|axis) (\d+) with size (.+)"
    )
    if found:
        message = text(
            "`{name}` is {shape}: on axis {axis} the last index is {size} - 1, so {index} is "
            "out of range",
            name=name_of(failure, 0),
            shape=shape_of(failure, 0),
            axis=found.group(2),
            size=found.group(3),
            index=found.group(1),
        )
        return Finding(message, 1, origins(failure, 0))
    found = matches(
        failure,
        r"too many indices for (?:tensor|array)",
        r"invalid index of a 0-dim tensor",
        r"iteration over a 0-d tensor",
        r"len\(\) of a 0-d tensor",
        r"slice\(\) cannot be applied to a 0-dim tensor",
    )
    if found:
        message = text(
            "`{name}` is {shape}: it has fewer axes than are asked for here",
            name=name_of(failure, 0),
            shape=shape_of(failure, 0),
        )
        return Finding(message, 0, origins(failure, 0))
    found = matches(
        failure,
        r"The shape of the mask \[(.*?)\] at index (\d+) does not match the shape of the indexed "
        r"tensor \[(.*?)\]",
        r"step must be greater than zero",
        r"shape mismatch: indexing tensors could not be broadcast",
        r"selected index k out of range",
        r"Index tensor must have the same number of dimensions as input tensor",
        r"start \(.*\) \+ length \(.*\) exceeds dimension size",
    )
    if found:
        message = text(
            "`{name}` is {shape}: this index does not fit it",
            name=name_of(failure, 0),
            shape=shape_of(failure, 0),
        )
        return Finding(message, 1, origins(failure, 0))
    return None


RULE = Rule("SW107", "index-out-of-range", "error", _find)
