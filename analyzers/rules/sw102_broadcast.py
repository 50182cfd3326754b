"""SW102 broadcast: two shapes cannot be broadcast together."""

from __future__ import annotations

from ..facts import Text, text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name, name_of, origins, shape_of


def _find(failure: Failure) -> Finding | None:
    found = matches(
        failure,
        r"The size of tensor a \((.+?)\) must match the size of tensor b \((.+?)\) "
        r"at non-singleton dimension (\d+)",
        r"The expanded size of the tensor \((.+?)\) must match the existing size \((.+?)\) "
        r"at non-singleton dimension (\d+)",
    )
    if matches(failure, r"operands could not be broadcast together with shapes"):
        return Finding(_arrays(failure), 1, origins(failure, 0, 1))
    if not found or len(failure.call.args) < 2 or failure.name.endswith(_EXPANDING):
        return None
    offset = 1 if failure.kind == "forward" else 0
    message = text(
        "`{left}` is {left_shape} and `{right}` is {right_shape}: on axis {axis} the sizes "
        "{a} and {b} are neither equal nor 1, so `{operator}` cannot pair them",
        left=name_of(failure, offset),
        left_shape=shape_of(failure, offset),
        right=name_of(failure, offset + 1),
        right_shape=shape_of(failure, offset + 1),
        axis=found.group(3),
        a=found.group(1),
        b=found.group(2),
        operator=function_name(failure),
    )
    return Finding(message, offset + 1, origins(failure, offset, offset + 1))


def _arrays(failure: Failure) -> Text:
    return text(
        "`{left}` is {left_shape} and `{right}` is {right_shape}: `{operator}` cannot pair them",
        left=name_of(failure, 0),
        left_shape=shape_of(failure, 0),
        right=name_of(failure, 1),
        right_shape=shape_of(failure, 1),
        operator=function_name(failure),
    )


_EXPANDING = (".expand", ".expand_as", ".broadcast_to", ".linear")

RULE = Rule("SW102", "broadcast", "error", _find)
