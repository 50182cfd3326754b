"""SW107 index-out-of-range: an index that the tensor does not have."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import function_name, operand, origins, sizes_text, tensors


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _index(failure: Failure, found: re.Match[str]) -> Finding:
    return _bounds(failure, 1, found["index"], found["axis"], found["size"])


def _selected(failure: Failure, found: re.Match[str]) -> Finding:
    """`select` prints the whole shape."""
    size = found["sizes"].split(", ")[int(found["axis"])]
    return _bounds(failure, 2, found["index"], found["axis"], size)


def _bounds(failure: Failure, at: int, index: str, axis: str, size: str) -> Finding:
    fields: dict[str, object] = {"axis": axis, "size": size, "index": index}
    if size == "0":
        return _say(
            failure, at, "{operand}: axis {axis} is empty, so it has no index {index}", **fields
        )
    if index.startswith("-"):
        first = f"-{size}"
        return _say(
            failure,
            at,
            "{operand}: axis {axis} has size {size}, so its first index is {first}, and {index} "
            "comes before it",
            first=first,
            **fields,
        )
    last = str(int(size) - 1) if size.isdigit() else f"{size} - 1"
    return _say(
        failure,
        at,
        "{operand}: axis {axis} has size {size}, so its last index is {last}, and {index} comes "
        "after it",
        last=last,
        **fields,
    )


def _too_many(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, 0, "{operand}, and there are more indices here than it has axes")


def _number(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure, 0, "{operand}: it is a single number without axes; `item()` gives the number"
    )


def _iterated(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure, 0, "{operand}: it is a single number, so there is nothing to go through one by one"
    )


def _length(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, 0, "{operand}: it is a single number, so it has no length")


def _mask(failure: Failure, found: re.Match[str]) -> Finding:
    return _chosen(
        failure,
        1,
        "{operand} and the mask is {mask}: a mask must be as large as what it masks, and on axis "
        "{axis} it is not",
        mask=sizes_text(found["mask"]),
        axis=found["axis"],
    )


def _array_mask(failure: Failure, found: re.Match[str]) -> Finding:
    axis, size, other = found.groups()
    return _chosen(
        failure,
        1,
        "{operand}: a mask must be as large as what it masks, and on axis {axis} it is {got}, "
        "not {size}",
        axis=axis,
        got=other,
        size=size,
    )


def _backwards(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        1,
        "{operand}: a slice of a tensor cannot run backwards; `torch.flip` turns an axis round",
    )


def _paired(failure: Failure, found: re.Match[str]) -> Finding:
    shapes = [sizes_text(shape) for shape in re.findall(r"\[[^\]]*\]", found.group(1))]
    return _say(
        failure,
        1,
        "{operand}: the indices have the shapes {shapes}, which cannot be paired with each other",
        shapes=", ".join(shapes),
    )


def _too_few(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        1,
        "{operand}: `{function}` asks for more elements than an axis of it has",
        function=function_name(failure),
    )


def _gather(failure: Failure, found: re.Match[str]) -> Finding | None:
    return _two(
        failure, "{operand} and {index}: `{function}` wants the same number of axes in both"
    )


def _gather_size(failure: Failure, found: re.Match[str]) -> Finding | None:
    return _two(
        failure,
        "{operand} and {index}: for `{function}` the index may be larger only on axis {axis}",
        axis=found.group(1),
    )


def _vector(failure: Failure, found: re.Match[str]) -> Finding | None:
    return _two(failure, "{operand} and {index}: `{function}` wants a vector of indices")


def _two(failure: Failure, template: str, **fields: object) -> Finding | None:
    """Says something of a tensor and the tensor that indexes it."""
    operands = tensors(failure)
    if len(operands) < 2:
        return None
    index = operands[1][0]
    fields |= {"index": operand(failure, index), "function": function_name(failure)}
    return _chosen(failure, index, template, **fields)


def _narrow(failure: Failure, found: re.Match[str]) -> Finding:
    start, length, size = found.groups()
    return _say(
        failure,
        0,
        "{operand}: {length} elements from index {start} on reach past the end, at {size}",
        start=start,
        length=length,
        size=size,
    )


def _chosen(failure: Failure, chooser: int, template: str, **fields: object) -> Finding:
    """A sentence about a tensor and another one that indexes it."""
    message = text(template, operand=operand(failure, 0), **fields)
    return Finding(message, chooser, origins(failure, 0, chooser))


def _say(failure: Failure, at: int, template: str, **fields: object) -> Finding:
    message = text(template, operand=operand(failure, 0), **fields)
    return Finding(message, at, origins(failure, 0))


_CASES: tuple[Case, ...] = (
    (
        r"index (?P<index>-?\d+) is out of bounds for (?:dimension|axis) (?P<axis>\d+) "
        r"with size (?P<size>.+)",
        _index,
    ),
    (
        r"index (?P<index>-?\d+) out of range for tensor of size \[(?P<sizes>.*?)\] at dimension "
        r"(?P<axis>\d+)",
        _selected,
    ),
    (r"too many indices for (?:tensor|array)", _too_many),
    (r"invalid index of a 0-dim tensor|slice\(\) cannot be applied to a 0-dim tensor", _number),
    (r"iteration over a 0-d (?:tensor|array)", _iterated),
    (r"len\(\) of (?:a 0-d tensor|unsized object)", _length),
    (
        r"The shape of the mask \[(?P<mask>.*?)\] at index (?P<axis>\d+) does not match the shape "
        r"of the indexed tensor",
        _mask,
    ),
    (
        r"boolean index did not match indexed array along axis (\d+); size of axis is (\d+) but "
        r"size of corresponding boolean axis is (\d+)",
        _array_mask,
    ),
    (r"step must be greater than zero", _backwards),
    (r"shape mismatch: indexing (?:tensors|arrays) could not be broadcast .* shapes (.*)", _paired),
    (r"selected (?:index|number) k out of range", _too_few),
    (r"Index tensor must have the same number of dimensions as", _gather),
    (
        r"[eE]xpected index \[.*?\] to be no larger than self \[.*?\] apart from dimension (\d+)",
        _gather_size,
    ),
    (r"Index is supposed to be a vector", _vector),
    (r"start \((.*?)\) \+ length \((.*?)\) exceeds dimension size \((.*?)\)", _narrow),
)

RULE = Rule("SW107", "index-out-of-range", "error", _find)
