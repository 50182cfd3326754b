"""SW701 layer-arguments: a layer that cannot be made from these arguments."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule
from .describe import function_name


def _find(failure: Failure) -> Finding | None:
    if failure.kind != "layer":
        return None
    return Finding(
        text("`{layer}` cannot be made from these arguments", layer=function_name(failure))
    )


RULE = Rule("SW701", "layer-arguments", "error", _find)
