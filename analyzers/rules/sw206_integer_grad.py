"""SW206 integer-grad: integers have no gradient."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure, r"[Oo]nly Tensors of floating point (?:and complex )?dtype can require gradients"
    ):
        return None
    return Finding(
        text(
            "`{function}` makes whole numbers, and only floating-point numbers have gradients",
            function=function_name(failure),
        )
    )


RULE = Rule("SW206", "integer-grad", "error", _find)
