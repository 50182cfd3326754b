"""SW602 dataset-rows: the tensors of a dataset have different numbers of rows."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name, operand, origins, tensors


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"^Size mismatch between tensors"):
        return None
    found = [(i, t.sig.shape[0]) for i, t in tensors(failure) if t.sig.shape]
    odd = next((i for i, size in found if size != found[0][1]), None)
    if odd is None:
        return None
    message = text(
        "{first}, but {second}: `{function}` wants the same number of rows in all",
        first=operand(failure, found[0][0]),
        second=operand(failure, odd),
        function=function_name(failure),
    )
    return Finding(message, odd, origins(failure, found[0][0], odd))


RULE = Rule("SW602", "dataset-rows", "error", _find)
