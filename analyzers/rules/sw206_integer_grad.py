"""SW206 integer-grad: integers have no gradient."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import dtype_of, function_name, name_of, tensor_of


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure, r"[Oo]nly Tensors of floating point (?:and complex )?dtype can require gradients"
    ):
        return None
    if failure.call.args and tensor_of(failure.call.args[0]) is not None:
        message = text(
            "`{name}` is {dtype}, and only floating-point numbers have gradients",
            name=name_of(failure, 0),
            dtype=dtype_of(failure, 0),
        )
        return Finding(message, 0)
    message = text(
        "`{function}` makes whole numbers here, and only floating-point numbers have gradients",
        function=function_name(failure),
    )
    return Finding(message)


RULE = Rule("SW206", "integer-grad", "error", _find)
