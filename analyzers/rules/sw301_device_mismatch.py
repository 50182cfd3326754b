"""SW301 device-mismatch: tensors in different places meet."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import label, layer_of, name_of, piece_names, tensors


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure,
        r"Expected all tensors to be on the same device",
        r"Input type \(torch\..*?\) and weight type \(torch\.",
        r"not at the same device",
        r"indices should be either on cpu or on the same device",
    ):
        return None
    names = piece_names(failure)
    places = [
        (index, names[at] if at < len(names) else name_of(failure, index), tensor.sig.device)
        for at, (index, tensor) in enumerate(tensors(failure))
    ]
    layer = layer_of(failure)
    if layer is not None and places and len({place for _, _, place in places}) < 2:
        index, name, place = places[0]
        message = text(
            "`{name}` is on {device}, but the weights of `{layer}` are on {other}",
            name=name,
            device=place,
            layer=label(failure),
            other=layer.slots.get("$device"),
        )
        return Finding(message, index)
    other = next((one for one in places[1:] if one[2] != places[0][2]), None)
    if other is None:
        return Finding(text("tensors on different devices meet here"))
    message = text(
        "`{left}` is on {here} and `{right}` is on {there}: they must be in one place",
        left=places[0][1],
        here=places[0][2],
        right=other[1],
        there=other[2],
    )
    return Finding(message, other[0])


RULE = Rule("SW301", "device-mismatch", "error", _find)
