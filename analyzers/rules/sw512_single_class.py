"""SW512 single-class: a cross entropy over one class is always 0."""

from __future__ import annotations

from ..facts import text
from ..interpreter.call import Call
from ..values.model import Value
from .base import Rule
from .describe import shape_text
from .watch import prediction, warn, watch

RULE = Rule("SW512", "single-class", "warning")


@watch("nn.CrossEntropyLoss", "cross_entropy")
def one_class(call: Call, result: Value) -> None:
    """Catalogue row 162."""
    value, node, name = prediction(call)
    shape = value.sig.shape if value is not None else None
    if shape is None or len(shape) < 2 or shape[1] != 1:
        return
    message = text(
        "`{name}` is {shape}, one class, and `{loss}` is always 0 for that: use "
        "`BCEWithLogitsLoss`, or two outputs",
        name=name,
        shape=shape_text(shape),
        loss=call.name.rpartition(".")[2],
    )
    warn(RULE, call, message, node)
