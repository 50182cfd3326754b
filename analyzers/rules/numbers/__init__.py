"""The numbers behind a failure, for its explanation: from abstract values to plain data."""

from __future__ import annotations

from collections.abc import Callable

from ...explain.model import Explanation
from ...interpreter.failures import Failure
from . import dtypes, layers, losses, places, shapes

Gather = Callable[[Failure], Explanation | None]

_GATHER: dict[str, Gather] = {
    "SW101": shapes.matmul,
    "SW102": shapes.broadcast,
    "SW103": shapes.view,
    "SW104": shapes.cat,
    "SW105": layers.window,
    "SW106": places.axis,
    "SW107": places.index,
    "SW108": layers.layer,
    "SW109": losses.loss,
    "SW110": places.unpack,
    "SW111": shapes.axes,
    "SW113": shapes.assign,
    "SW201": dtypes.operands,
    "SW202": dtypes.target,
    "SW203": dtypes.floating,
    "SW204": dtypes.index,
    "SW205": dtypes.in_place,
}


def numbers_of(code: str, failure: Failure) -> Explanation | None:
    """The numbers behind a failure; None where the rule has none, or too little is known."""
    gather = _GATHER.get(code)
    return gather(failure) if gather is not None else None
