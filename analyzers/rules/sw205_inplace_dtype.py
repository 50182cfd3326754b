"""SW205 inplace-dtype: a result that the dtype cannot hold."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import dtype_of, function_name, name_of, origins


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure,
        r"result type \w+ can't be cast to the desired output type \w+",
        r"Subtraction, the `-` operator, with (?:two bool|a bool)",
        r"Negation, the `-` operator, on a bool tensor",
        r"Integer division",
        r"Index put requires the source and destination dtypes match",
        r"Cannot cast ufunc",
    ):
        return None
    message = text(
        "`{name}` is {dtype}, and `{operator}` does not work on that dtype here",
        name=name_of(failure, 0),
        dtype=dtype_of(failure, 0),
        operator=function_name(failure),
    )
    return Finding(message, 0, origins(failure, 0))


RULE = Rule("SW205", "inplace-dtype", "error", _find)
