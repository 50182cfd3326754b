"""SW103 view-size: a view or reshape whose sizes do not fit."""

from __future__ import annotations

import math
import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import operand, origins, sizes_text


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _elements(failure: Failure, found: re.Match[str]) -> Finding:
    """The product of the sizes is another one."""
    wanted, count = found["wanted"], found["count"]
    fields: dict[str, object] = {
        "operand": operand(failure, 0),
        "count": count,
        "wanted": sizes_text(wanted),
    }
    sizes = [int(size) for size in re.findall(r"-?\d+", wanted)]
    whole = re.fullmatch(r"[-\d, ]+", wanted) is not None and count.isdigit()
    product = math.prod(size for size in sizes if size != -1)
    if whole and sizes.count(-1) == 1 and product:
        message = text(
            "{operand}, which is {count} elements: {count} is not a multiple of {product}, so no "
            "size fits the -1 in {wanted}",
            product=product,
            **fields,
        )
    elif whole and -1 not in sizes:
        message = text(
            "{operand}, which is {count} elements, but {wanted} would be {product}",
            product=product,
            **fields,
        )
    else:
        message = text(
            "{operand}, which is {count} elements: they cannot be arranged as {wanted}", **fields
        )
    return Finding(message, None, origins(failure, 0))


def _array(failure: Failure, found: re.Match[str]) -> Finding:
    message = text(
        "{operand}, which is {count} elements: they cannot be arranged in this shape",
        operand=operand(failure, 1 if failure.kind == "forward" else 0),
        count=found["count"],
    )
    return Finding(message, None, origins(failure, 0))


def _strides(failure: Failure, found: re.Match[str]) -> Finding:
    message = text(
        "{operand}, but its elements do not lie in that order in memory, so `view` cannot be used; "
        "`reshape` can",
        operand=operand(failure, 1 if failure.kind == "forward" else 0),
    )
    return Finding(message, None, origins(failure, 0))


def _two_free(failure: Failure, found: re.Match[str]) -> Finding:
    index = 1 if failure.kind == "forward" else 0
    message = text(
        "{operand}: only one size may be -1, since PyTorch can work out only one from the others",
        operand=operand(failure, index),
    )
    return Finding(message, None, origins(failure, index))


def _negative(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "{size} is no size: only -1 has a meaning below 0, a size to be worked out",
            size=found["size"],
        )
    )


def _unflatten(failure: Failure, found: re.Match[str]) -> Finding:
    message = text(
        "{operand}: axis {axis} has size {size}, but {wanted} would make it {product}",
        operand=operand(failure, 1 if failure.kind == "forward" else 0),
        axis=found["axis"],
        size=found["size"],
        wanted=sizes_text(found["wanted"]),
        product=math.prod(int(size) for size in re.findall(r"\d+", found["wanted"])),
    )
    return Finding(message, None, origins(failure, 0))


def _other(failure: Failure, found: re.Match[str]) -> Finding:
    message = text(
        "{operand}: its elements cannot be arranged in this shape", operand=operand(failure, 0)
    )
    return Finding(message, None, origins(failure, 0))


_CASES: tuple[Case, ...] = (
    (r"shape '\[(?P<wanted>.*?)\]' is invalid for input of size (?P<count>.+)", _elements),
    # NumPy leaves a -1 out of the shape that it prints.
    (r"cannot reshape array of size (?P<count>\d+)", _array),
    (r"view size is not compatible with input tensor's size and stride", _strides),
    (r"invalid shape dimension (?P<size>-\d+)", _negative),
    (r"(?:only one dimension can be inferred|can only specify one unknown dimension)", _two_free),
    (
        r"unflatten: Provided sizes \[(?P<wanted>[\d, ]*)\] don't multiply up to the size of dim "
        r"(?P<axis>\d+) \((?P<size>.+?)\)",
        _unflatten,
    ),
    (r"unflatten: Provided sizes|cannot reshape (?:array|tensor)", _other),
)

RULE = Rule("SW103", "view-size", "error", _find)
