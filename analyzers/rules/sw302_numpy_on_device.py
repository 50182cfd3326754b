"""SW302 numpy-on-device: NumPy cannot reach a tensor on an accelerator."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of, tensor_of


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"can't convert .* device type tensor to numpy"):
        return None
    tensor = tensor_of(failure.call.args[0])
    message = text(
        "`{name}` is on {device}, and NumPy works only on the CPU",
        name=name_of(failure, 0),
        device=tensor.sig.device if tensor else "?",
    )
    return Finding(message, 0)


RULE = Rule("SW302", "numpy-on-device", "error", _find)
