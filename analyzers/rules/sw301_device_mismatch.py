"""SW301 device-mismatch: tensors in different places meet."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of, tensors


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure,
        r"Expected all tensors to be on the same device",
        r"Input type \(torch\..*?\) and weight type \(torch\.",
        r"not at the same device",
        r"indices should be either on cpu or on the same device",
    ):
        return None
    places = [(index, tensor.sig.device) for index, tensor in tensors(failure)]
    if failure.kind == "forward" and len({place for _, place in places}) < 2 and places:
        index, place = places[0]
        message = text(
            "`{name}` is on {device}, but the weights of the layer are on {other}",
            name=name_of(failure, index),
            device=place,
            other=failure.call.args[0].slots.get("$device"),  # type: ignore[attr-defined]
        )
        return Finding(message, index)
    if len(places) >= 2:
        (first, here), (last, there) = places[0], places[-1]
        message = text(
            "`{left}` is on {here} and `{right}` is on {there}: they must be in one place",
            left=name_of(failure, first),
            here=here,
            right=name_of(failure, last),
            there=there,
        )
        return Finding(message, last)
    return Finding(text("tensors on different devices meet here"))


RULE = Rule("SW301", "device-mismatch", "error", _find)
