"""SW203 integer-mean: an operation that integers do not have."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import dtype_of, function_name, name_of
from .related import dtype_origins


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure,
        r"could not infer output dtype",
        r"not implemented for '(?:Long|Int|Short|Char|Byte|Bool)'",
        r"only support(?:s)? floating[- ]point",
        r"Input dtype must be either a floating point or complex",
        r"Expected a floating point or complex tensor",
        r"expected a tensor of floating",
        r"result type Long",
    ):
        return None
    index = 1 if failure.kind == "forward" else 0
    message = text(
        "`{name}` is {dtype}, and `{function}` is only for floating-point numbers",
        name=name_of(failure, index),
        dtype=dtype_of(failure, index),
        function=function_name(failure),
    )
    return Finding(message, index, dtype_origins(failure, index))


RULE = Rule("SW203", "integer-mean", "error", _find)
