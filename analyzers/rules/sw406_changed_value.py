"""SW406 changed-value: a change in place destroys what the backward pass needs."""

from __future__ import annotations

from ..facts import Related, text
from ..interpreter import gradients
from ..interpreter.failures import Failure
from ..values.model import TensorV
from .base import Finding, Rule, matches
from .describe import name_of


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"needed for gradient computation has been modified by an inplace"):
        return None
    loss = failure.call.args[0] if failure.call.args else None
    nodes = gradients.graph(loss, surely=True)[0] if isinstance(loss, TensorV) else []
    found = gradients.spoiled(failure.call, nodes)
    if found is None:
        return None
    change = found[1]
    message = text(
        "`{name}` cannot go back through `{function}`: its result was changed in place, and the "
        "gradient needs it as it was",
        name=name_of(failure, 0),
        function=change.text,
    )
    return Finding(message, related=(Related(change.span, text("it is changed in place here")),))


RULE = Rule("SW406", "changed-value", "error", _find)
