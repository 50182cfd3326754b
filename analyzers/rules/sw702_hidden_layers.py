"""SW702 hidden-layers: layers in a Python list, which the module does not find."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"optimizer got an empty parameter list"):
        return None
    message = text(
        "`{function}` is given no parameters: layers in a Python list are not found, those in "
        "an `nn.ModuleList` are",
        function=function_name(failure),
    )
    return Finding(message, 0)


RULE = Rule("SW702", "hidden-layers", "error", _find)
