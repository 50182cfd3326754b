"""SW404 leaf-inplace: a parameter is changed in place while gradients are recorded."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name, name_of


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure,
        r"a (?:view of a )?leaf Variable that requires grad is being used in an in-place operation",
    ):
        return None
    message = text(
        "`{name}` requires grad, and `{operator}` changes it in place while gradients are "
        "recorded; updates belong under `torch.no_grad()`",
        name=name_of(failure, 0),
        operator=function_name(failure),
    )
    return Finding(message, 0)


RULE = Rule("SW404", "leaf-inplace", "error", _find)
