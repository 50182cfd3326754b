"""SW112 scalar-conversion: several elements where one number is wanted."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of, origins, shape_of


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure,
        r"a Tensor with (.+) elements cannot be converted to Scalar",
        r"only one element tensors can be converted to Python scalars",
        r"Boolean value of Tensor with (?:more than one value|no values) is ambiguous",
        r"only integer tensors of a single element can be converted to an index",
    ):
        return None
    message = text(
        "`{name}` is {shape}: it has several elements, and one number is wanted here",
        name=name_of(failure, 0),
        shape=shape_of(failure, 0),
    )
    return Finding(message, 0, origins(failure, 0))


RULE = Rule("SW112", "scalar-conversion", "error", _find)
