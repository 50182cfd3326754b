"""SW205 inplace-dtype: a result that the dtype cannot hold."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import dtype_of, function_name, name_of, tensors
from .related import dtype_origins

_DTYPES = {
    "Float": "float32",
    "Double": "float64",
    "Half": "float16",
    "BFloat16": "bfloat16",
    "Long": "int64",
    "Int": "int32",
    "Short": "int16",
    "Char": "int8",
    "Byte": "uint8",
    "Bool": "bool",
    "ComplexFloat": "complex64",
    "ComplexDouble": "complex128",
}
"""The dtypes by the names that torch's messages give them."""


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _cast(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "`{name}` is {dtype} and keeps that dtype in place, but the result of `{operator}` is "
        "{result}",
        result=_DTYPES.get(found.group(1), found.group(1)),
    )


def _subtraction(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "`{name}` is bool, and bools cannot be subtracted: `~` turns them round, `^` tells where "
        "they differ",
    )


def _negation(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "`{name}` is bool, and bools have no negative: `~` turns them round")


def _written(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "`{name}` is {dtype}, and with an index tensor a value of dtype {result} cannot be written "
        "into it",
        result=_DTYPES.get(found.group(1), found.group(1)),
    )


def _say(failure: Failure, template: str, **fields: object) -> Finding:
    """A sentence about the first tensor."""
    index = next((index for index, _ in tensors(failure)), 0)
    fields |= {
        "name": name_of(failure, index),
        "dtype": dtype_of(failure, index),
        "operator": function_name(failure),
    }
    named = {name: value for name, value in fields.items() if f"{{{name}}}" in template}
    return Finding(text(template, **named), index, dtype_origins(failure, index))


_CASES: tuple[Case, ...] = (
    (r"result type (\w+) can't be cast to the desired output type \w+", _cast),
    (r"Cannot cast ufunc .* output from dtype\('(\w+)'\)", _cast),
    (r"Subtraction, the `-` operator, with (?:two bool|a bool)", _subtraction),
    (r"Negation, the `-` operator, on a bool tensor", _negation),
    (r"Index put requires .* got \w+ for the destination and (\w+) for the source", _written),
)

RULE = Rule("SW205", "inplace-dtype", "error", _find)
