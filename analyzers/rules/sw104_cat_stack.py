"""SW104 cat-stack: tensors that cannot be joined."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import function_name, pieces, tensors
from .related import piece_origins


def _find(failure: Failure) -> Finding | None:
    if failure.name.rpartition(".")[2] not in _JOINS:
        return None
    return first_case(failure, _CASES)


def _sizes(failure: Failure, found: re.Match[str]) -> Finding | None:
    axis, a, b, number = found.groups()
    return _two(
        failure,
        int(number),
        "{first} and {second}: `{function}` joins them along axis {axis}, so the other sizes must "
        "be equal, and {a} is not {b}",
        axis=axis,
        a=a,
        b=b,
    )


def _arrays(failure: Failure, found: re.Match[str]) -> Finding | None:
    """As NumPy says it."""
    axis, a, number, b = found.groups()
    return _two(
        failure,
        int(number),
        "{first} and {second}: `{function}` joins them along another axis than {axis}, where the "
        "sizes must be equal, and {a} is not {b}",
        axis=axis,
        a=a,
        b=b,
    )


def _ranks(failure: Failure, found: re.Match[str]) -> Finding | None:
    items = pieces(failure)
    ranks = [None if t.sig.shape is None else len(t.sig.shape) for _, t in items]
    other = next((index for index, rank in enumerate(ranks) if rank != ranks[0]), 0)
    return _two(
        failure, other, "{first} and {second}: `{function}` wants the same number of axes in all"
    )


def _stack(failure: Failure, found: re.Match[str]) -> Finding | None:
    items = pieces(failure)
    shapes = [tensor.sig.shape for _, tensor in items]
    other = next((index for index, shape in enumerate(shapes) if shape != shapes[0]), 0)
    return _two(failure, other, "{first} and {second}: `{function}` wants the same shape in all")


def _two(failure: Failure, other: int, template: str, **fields: object) -> Finding | None:
    """Says something of the first tensor and another one."""
    items = pieces(failure)
    if not 0 < other < len(items):
        return None
    first, second = items[0][0], items[other][0]
    message = text(template, first=first, second=second, function=function_name(failure), **fields)
    return Finding(message, 0, piece_origins(failure, 0, other))


def _no_list(failure: Failure, found: re.Match[str]) -> Finding:
    names = [failure.source(index) for index, _ in tensors(failure)]
    message = text(
        "`{function}` wants the tensors in one list: `[{names}]`",
        function=function_name(failure),
        names=", ".join(name or "…" for name in names),
    )
    return Finding(message, 0)


def _foreign(failure: Failure, found: re.Match[str]) -> Finding:
    message = text(
        "the list given to `{function}` has a {type} at index {number}, and only tensors can be "
        "joined",
        function=function_name(failure),
        number=found.group(1),
        type=found.group(2),
    )
    return Finding(message, 0)


def _empty(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(text("`{function}` gets an empty list", function=function_name(failure)), 0)


def _no_axes(failure: Failure, found: re.Match[str]) -> Finding | None:
    items = pieces(failure)
    number = int(found.group(1))
    if number >= len(items):
        return None
    message = text(
        "{operand}: it has no axis to be joined along; `stack` makes a new one",
        operand=items[number][0],
    )
    return Finding(message, 0, piece_origins(failure, number))


_CASES: tuple[Case, ...] = (
    (
        r"Sizes of tensors must match except in dimension (\d+)\. Expected size (.+?) but got "
        r"size (.+?) for tensor number (\d+)",
        _sizes,
    ),
    (
        r"along dimension (\d+), the array at index 0 has size (.+?) and the array at index (\d+) "
        r"has size (.+)",
        _arrays,
    ),
    (r"must have same number of dimensions", _ranks),
    (r"stack expects each tensor to be equal size|input arrays must have the same shape", _stack),
    (r"must be tuple of Tensors, not Tensor", _no_list),
    (r"expected Tensor as element (\d+) in argument 0, but got (\S+)", _foreign),
    (r"expected a non-empty list|expects a non-empty|need at least one array", _empty),
    (r"zero-dimensional tensor \(at position (\d+)\) cannot be concatenated", _no_axes),
)
_JOINS = ("cat", "concat", "concatenate", "stack", "hstack", "vstack", "dstack", "column_stack")

RULE = Rule("SW104", "cat-stack", "error", _find)
