"""SW405 backward-twice: a graph is gone after the first backward pass over it."""

from __future__ import annotations

from ..facts import Related, text
from ..interpreter import gradients
from ..interpreter.failures import Failure
from ..values.model import TensorV
from .base import Finding, Rule, matches
from .describe import name_of


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"Trying to backward through the graph a second time"):
        return None
    loss = failure.call.args[0] if failure.call.args else None
    nodes = gradients.graph(loss, surely=True)[0] if isinstance(loss, TensorV) else []
    first = gradients.freed(failure.call, nodes)
    if first is None or first.span != failure.call.span:
        message = text(
            "the graph of `{name}` is gone: an earlier `backward()` went over it and freed it; "
            "compute the loss again",
            name=name_of(failure, 0),
        )
        place = text("this `backward()` freed it")
        related = (Related(first.span, place),) if first is not None else ()
        return Finding(message, related=related)
    return Finding(
        text(
            "`{name}` leads back into the round before, whose graph is gone: `.detach()` what is "
            "carried over from one round to the next",
            name=name_of(failure, 0),
        )
    )


RULE = Rule("SW405", "backward-twice", "error", _find)
