"""SW704 no-forward: a module without a `forward` is called."""

from __future__ import annotations

import difflib

from ..facts import Related, text
from ..interpreter.failures import Failure
from ..values.model import ClassV, FunctionV, InstanceV
from .base import Finding, Rule, matches


def _find(failure: Failure) -> Finding | None:
    found = matches(failure, r"^Module \[(.+?)\] is missing the required \"forward\" function")
    if not found:
        return None
    name = found.group(1)
    if name in ("ModuleList", "ModuleDict"):
        return Finding(
            text("`{layer}` only holds layers: call them one by one in a loop", layer=name)
        )
    function = _misspelled(failure)
    if function is not None:
        span = function.chunk.span(function.node)
        return Finding(
            text(
                "`{layer}` has no `forward`, so it cannot be called; its `{name}` may be meant",
                layer=name,
                name=function.name,
            ),
            related=(Related(span, text("`{name}` is defined here", name=function.name)),),
        )
    return Finding(text("`{layer}` has no `forward`, so it cannot be called", layer=name))


def _misspelled(failure: Failure) -> FunctionV | None:
    """A method of the learner's class whose name is nearly `forward`."""
    module = failure.call.args[0] if failure.call.args else None
    if not isinstance(module, InstanceV) or not isinstance(module.cls, ClassV):
        return None
    methods = {
        name: value for name, value in module.cls.slots.items() if isinstance(value, FunctionV)
    }
    close = difflib.get_close_matches("forward", list(methods), 1, 0.7)
    return methods[close[0]] if close else None


RULE = Rule("SW704", "no-forward", "error", _find)
