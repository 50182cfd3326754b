"""SW102 broadcast: two shapes cannot be broadcast together."""

from __future__ import annotations

from ...runtime.oracle.dims import Dim
from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name, operand, origins, tensors


def _find(failure: Failure) -> Finding | None:
    found = matches(
        failure,
        r"The size of tensor a \((?P<a>.+?)\) must match the size of tensor b \((?P<b>.+?)\) "
        r"at non-singleton dimension (?P<axis>\d+)",
        r"The expanded size of the tensor \((?P<a>.+?)\) must match the existing size "
        r"\((?P<b>.+?)\) at non-singleton dimension (?P<axis>\d+)",
        r"operands could not be broadcast together with shapes",
    )
    if not found or failure.name.endswith(_EXPANDING):
        return None
    pair = _pair(failure)
    if pair is None:
        return None
    left, right, clash = pair
    if not clash and found.lastgroup:
        clash = (found["a"], found["b"])
    if not clash:
        return None
    fields: dict[str, object] = {
        "left": operand(failure, left),
        "right": operand(failure, right),
        "operator": function_name(failure),
        "a": clash[0],
        "b": clash[1],
    }
    related = origins(failure, left, right)
    if len(clash) == 2:
        message = text(
            "{left} and {right}: aligned from the right, {a} meets {b}, which are neither equal "
            "nor 1, so `{operator}` cannot pair them",
            **fields,
        )
    else:
        message = text(
            "{left} and {right}: on axis {axis} the sizes {a} and {b} are neither equal nor 1, so "
            "`{operator}` cannot pair them",
            axis=clash[2],
            **fields,
        )
    return Finding(message, right, related)


def _pair(failure: Failure) -> tuple[int, int, tuple[Dim, ...]] | None:
    """The two tensors that do not fit, and what clashes: two sizes, and the axis if it is one."""
    shapes: list[tuple[int, tuple[Dim, ...]]] = []
    for index, tensor in tensors(failure):
        if tensor.sig.shape is not None and index not in [known for known, _ in shapes]:
            shapes.append((index, tensor.sig.shape))
    for first, (left, mine) in enumerate(shapes):
        for right, other in shapes[first + 1 :]:
            clash = _clash(mine, other)
            if clash:
                return left, right, clash
    return (shapes[0][0], shapes[1][0], ()) if len(shapes) > 1 else None


def _clash(mine: tuple[Dim, ...], other: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """The last sizes that cannot be paired; their axis too, where it is the same for both."""
    for back, (a, b) in enumerate(zip(reversed(mine), reversed(other), strict=False), 1):
        if isinstance(a, int) and isinstance(b, int) and a != b and 1 not in (a, b):
            return (a, b, len(mine) - back) if len(mine) == len(other) else (a, b)
    return ()


_EXPANDING = (".expand", ".expand_as", ".broadcast_to", ".linear", "setitem")

RULE = Rule("SW102", "broadcast", "error", _find)
