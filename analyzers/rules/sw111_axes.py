"""SW111 axes: axes or sizes given to permute, transpose, expand, einsum, … do not fit."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import function_name, operand, origins, sizes_text, tensors


def _find(failure: Failure) -> Finding | None:
    if failure.name == "operator.setitem" or not tensors(failure):
        return None
    finding = first_case(failure, _CASES)
    if finding is None and failure.name.rpartition(".")[2] in _FUNCTIONS:
        finding = _say(failure, "{operand}: `{function}` cannot be done on it with these arguments")
    return finding


def _permute(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand}: `{function}` wants all {rank} axes, each once, not {count}",
        rank=found.group(1),
        count=found.group(2),
    )


def _twice(failure: Failure, found: re.Match[str]) -> Finding | None:
    return _say(
        failure, "{operand}: `{function}` wants each axis once, and one of them is given twice"
    )


def _swap(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand}: `{function}` swaps just two axes; `permute` takes the new order of all of them",
    )


def _matrix(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure, "{operand}: `t` is only for matrices; `transpose(-2, -1)` swaps the last two axes"
    )


def _expand(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand} and cannot be expanded to {wanted}: only axes of size 1 grow, and axis {axis} "
        "has size {size}",
        size=found["size"],
        axis=int(found["axis"]) - found["wanted"].count(",") + found["shape"].count(","),
        wanted=sizes_text(found["wanted"]),
    )


def _expand_axes(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "{operand}: `{function}` wants at least one size for each of its axes")


def _repeat(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "{operand}: `{function}` wants a number for each of its axes")


def _letters(failure: Failure, found: re.Match[str]) -> Finding:
    count, rank, index = found.groups()
    return _say(
        failure,
        "{operand}: the equation wants one letter for each axis, and {count} is not {rank}",
        at=int(index),
        count=count,
        rank=rank,
    )


def _letter(failure: Failure, found: re.Match[str]) -> Finding:
    letter, size, index, before = found.groups()
    return _say(
        failure,
        "{operand}: in the equation `{letter}` stands for {size} here, but for {before} before",
        at=int(index),
        letter=letter,
        size=size,
        before=before,
    )


def _split(failure: Failure, found: re.Match[str]) -> Finding:
    total, axis, sizes = found.groups()
    return _say(
        failure,
        "{operand}: the parts must add up to {total}, the size of axis {axis}, and {sizes} do not",
        total=total,
        axis=axis,
        sizes=sizes_text(sizes),
    )


def _pad(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand}: `{function}` wants two numbers for each axis at most, and {count} are too many",
        count=found.group(1),
    )


def _say(failure: Failure, template: str, at: int = 0, **fields: object) -> Finding:
    """A sentence about one of the tensors."""
    operands = tensors(failure)
    index = operands[at if at < len(operands) else 0][0]
    fields |= {"operand": operand(failure, index), "function": function_name(failure)}
    named = {name: value for name, value in fields.items() if f"{{{name}}}" in template}
    return Finding(text(template, **named), None, origins(failure, index))


_CASES: tuple[Case, ...] = (
    (r"input\.dim\(\) = (\d+) is not equal to len\(dims\) = (\d+)", _permute),
    (r"duplicate dims are not allowed|appears multiple times in the list of dims", _twice),
    (r"transpose\(\) takes 2 positional arguments but", _swap),
    (r"t\(\) expects a tensor with <= 2 dimensions|only supported on matrices", _matrix),
    (
        r"must match the existing size \((?P<size>.+?)\) at non-singleton dimension (?P<axis>\d+)\."
        r"\s+Target sizes: \[(?P<wanted>.*?)\]\.\s+Tensor sizes: \[(?P<shape>.*?)\]",
        _expand,
    ),
    (r"the number of sizes provided .* must be greater or equal", _expand_axes),
    (r"Number of dimensions of repeat dims can not be smaller", _repeat),
    (
        r"the number of subscripts in the equation \((\d+)\) does not match the number of "
        r"dimensions \((\d+)\) for operand (\d+)",
        _letters,
    ),
    (
        r"subscript (\w) has size (\S+) for operand (\d+) which does not broadcast with previously "
        r"seen size (\S+)",
        _letter,
    ),
    (
        r"split_sizes to sum exactly to (\S+) \(input tensor's size at dimension (-?\d+)\), but "
        r"got split_sizes=\[(.*?)\]",
        _split,
    ),
    (r"less than or equal to two times the input dimension but got padding length (\d+)", _pad),
    (
        r"einsum\(\)|permute\(|The expanded size of the tensor",
        lambda failure, found: _say(
            failure, "{operand}: `{function}` cannot be done on it with these arguments"
        ),
    ),
)
_FUNCTIONS = [
    "permute",
    "expand",
    "expand_as",
    "repeat",
    "einsum",
    "transpose",
    "movedim",
    "swapaxes",
    "broadcast_to",
    "tile",
    "split",
    "chunk",
    "unbind",
    "roll",
    "flip",
    "squeeze",
    "unsqueeze",
    "t",
    "unfold",
    "pad",
]

RULE = Rule("SW111", "axes", "error", _find)
