"""SW304 device-name: PyTorch knows no device of this name."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from ..values.model import Const
from .base import Finding, Rule, matches


def _find(failure: Failure) -> Finding | None:
    found = matches(failure, r"device type at start of device string: (\S*)")
    if not found:
        return None
    values = failure.call.args
    index = next((i for i, v in enumerate(values) if isinstance(v, Const) and i), None)
    message = text(
        "PyTorch knows no device `{name}`: a GPU is called `cuda`, Apple's is `mps`",
        name=found.group(1),
    )
    return Finding(message, index)


RULE = Rule("SW304", "device-name", "error", _find)
