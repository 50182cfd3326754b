"""SW112 scalar-conversion: several elements where one number is wanted."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import function_name, operand, origins, piece_names, pieces, tensors
from .related import piece_origins


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _item(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand}, which is {count} elements, but only a tensor of one element has an `item()`",
        count=found.group(1),
    )


def _number(failure: Failure, found: re.Match[str]) -> Finding:
    if function_name(failure) in ("tensor", "as_tensor") and piece_names(failure):
        message = text(
            "{first}: `{function}` makes a tensor of numbers, and here the list holds tensors of "
            "several elements; `torch.stack` joins them",
            first=pieces(failure)[0][0],
            function=function_name(failure),
        )
        return Finding(message, 0, piece_origins(failure, 0, 1))
    return _say(failure, "{operand}: only a tensor of one element can become a Python number")


def _condition(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand}: a condition wants one True or False, and here is one for each element; "
        "`.all()` or `.any()` makes one of them",
    )


def _empty(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "{operand}: a condition wants one True or False, and this tensor is empty")


def _say(failure: Failure, template: str, **fields: object) -> Finding:
    index = next((index for index, _ in tensors(failure)), 0)
    message = text(template, operand=operand(failure, index), **fields)
    return Finding(message, index, origins(failure, index))


_CASES: tuple[Case, ...] = (
    (r"a Tensor with (.+) elements cannot be converted to Scalar", _item),
    (r"only one element tensors can be converted to Python scalars", _number),
    (r"only integer tensors of a single element can be converted to an index", _number),
    (r"only (?:length-1|0-dimensional) arrays can be converted to Python scalars", _number),
    (r"Boolean value of Tensor with no values is ambiguous", _empty),
    (r"Boolean value of Tensor with more than one value is ambiguous", _condition),
    (r"truth value of an array with more than one element is ambiguous", _condition),
)

RULE = Rule("SW112", "scalar-conversion", "error", _find)
