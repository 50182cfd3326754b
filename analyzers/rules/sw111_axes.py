"""SW111 axes: axes or sizes given to permute, transpose, expand, einsum, … do not fit."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name, origins, shape_text, tensors


def _find(failure: Failure) -> Finding | None:
    if failure.name.rpartition(".")[2] not in _FUNCTIONS and not matches(
        failure,
        r"einsum\(\)",
        r"permute\(",
        r"only supported on matrices",
        r"The expanded size of the tensor",
    ):
        return None
    if failure.name == "operator.setitem":
        return None
    operands = tensors(failure)
    if not operands:
        return None
    message = text(
        "`{function}` does not fit a tensor of the shape {shape}",
        function=function_name(failure),
        shape=", ".join(shape_text(tensor.sig.shape) for _, tensor in operands[:3]),
    )
    return Finding(message, None, origins(failure, operands[0][0]))


_FUNCTIONS = [
    "permute",
    "expand",
    "expand_as",
    "repeat",
    "einsum",
    "transpose",
    "movedim",
    "swapaxes",
    "broadcast_to",
    "tile",
    "split",
    "chunk",
    "unbind",
    "roll",
    "flip",
    "squeeze",
    "unsqueeze",
    "t",
    "unfold",
    "pad",
]

RULE = Rule("SW111", "axes", "error", _find)
