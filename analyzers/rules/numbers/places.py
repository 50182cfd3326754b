"""Indices and axes that a tensor does not have, and shapes that are unpacked."""

from __future__ import annotations

import re

from ...explain.model import (
    AxisExplanation,
    Explanation,
    IndexExplanation,
    Operand,
    ShapeExplanation,
    UnpackExplanation,
)
from ...interpreter.failures import Failure
from ...values.model import TupleV
from ..describe import function_name, piece_names, tensor_of, tensors
from .operands import of_tensor, operand_of, sizes_of


def index(failure: Failure) -> Explanation | None:
    """An index behind the end of an axis."""
    found = re.search(
        r"index (?P<index>-?\d+) is out of bounds for (?:dimension|axis) (?P<axis>\d+)"
        r"|index (?P<other>-?\d+) out of range for tensor of size \[.*?\] at dimension "
        r"(?P<at>\d+)",
        failure.error.text,
    )
    operand = operand_of(failure, 0)
    if "too many indices" in failure.error.text and operand is not None and operand.shape:
        # The first index too many asks for the axis behind the last one.
        return AxisExplanation(operand, len(operand.shape), "[]")
    if found is None:
        return _wanted(failure, operand)
    if operand is None or operand.shape is None:
        return None
    axis, number = int(found["axis"] or found["at"]), int(found["index"] or found["other"])
    if axis >= len(operand.shape):
        return None
    return IndexExplanation(operand, axis, operand.shape[axis], number)


def _wanted(failure: Failure, operand: Operand | None) -> Explanation | None:
    """A mask or a tensor of indices of another shape than what it chooses from."""
    found = tensors(failure)
    if operand is None or operand.shape is None or len(found) < 2:
        return None
    chooser = of_tensor(failure.source(found[1][0]), found[1][1])
    if chooser.shape is None:
        return None
    if "The shape of the mask" in failure.error.text and chooser.dtype == "bool":
        wanted = operand.shape[: len(chooser.shape)]
        return ShapeExplanation(chooser, wanted, failure.source(0) or "mask")
    if "Index tensor must have the same number of dimensions" in failure.error.text:
        free = (None,) * len(operand.shape)
        return ShapeExplanation(chooser, free, function_name(failure))
    return None


def axis(failure: Failure) -> Explanation | None:
    """An axis that is not there."""
    found = re.search(
        r"expected to be in range of \[(?P<low>-?\d+), -?\d+\], but got (?P<axis>-?\d+)"
        r"|axis (?P<other>-?\d+) is out of bounds for array of dimension (?P<count>\d+)",
        failure.error.text,
    )
    operands, names = tensors(failure), piece_names(failure)
    if found is None or not operands:
        return None
    at, tensor = operands[0]
    operand = of_tensor(names[0] if names else failure.source(at), tensor)
    if operand.shape is None:
        return None
    count = int(found["count"]) if found["count"] else -int(found["low"])
    number = int(found["axis"] or found["other"])
    return AxisExplanation(
        operand, number, function_name(failure), max(count - len(operand.shape), 0)
    )


def unpack(failure: Failure) -> Explanation | None:
    """A shape or a tensor with another number of values than names."""
    found = re.search(r"\(expected (?P<wanted>\d+)", failure.error.text)
    args = failure.call.args
    if found is None or not args:
        return None
    value, source = args[0], failure.source(0)
    tensor = tensor_of(value)
    if isinstance(value, TupleV) and value.type_name == "size":
        sizes = sizes_of(value)
    elif tensor is not None and tensor.sig.shape and isinstance(tensor.sig.shape[0], int):
        sizes = tuple(f"[{number}]" for number in range(min(tensor.sig.shape[0], 12)))
        if len(sizes) != tensor.sig.shape[0]:
            return None
    else:
        return None
    if sizes is None:
        return None
    return UnpackExplanation(Operand(source, None), sizes, int(found["wanted"]))
