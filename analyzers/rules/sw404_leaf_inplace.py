"""SW404 leaf-inplace: a parameter is changed in place while gradients are recorded."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure,
        r"a leaf Variable that requires grad is being used in an in-place operation",
        r"a view of a leaf Variable that requires grad is being used in an in-place operation",
    ):
        return None
    return Finding(
        text(
            "`{name}` requires grad and is changed in place; updates belong under "
            "`torch.no_grad()`",
            name=name_of(failure, 0),
        ),
        0,
    )


RULE = Rule("SW404", "leaf-inplace", "error", _find)
