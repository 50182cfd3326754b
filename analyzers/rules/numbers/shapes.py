"""Operators on shapes: products, broadcasting, views, orders of axes, joins."""

from __future__ import annotations

import re

from ....runtime.oracle.dims import Dim
from ...explain.model import (
    BroadcastExplanation,
    CatExplanation,
    Explanation,
    MatmulExplanation,
    Operand,
    PermuteExplanation,
    ShapeExplanation,
    StrideExplanation,
    ViewExplanation,
)
from ...interpreter.failures import Failure
from ...values.model import Const
from ..describe import (
    function_name,
    label,
    layer_of,
    piece_names,
    shape_text,
    tensor_of,
    tensors,
    with_last_size,
)
from .operands import given_sizes, of_tensor, operand_of, size_of
from .way import way_of


def matmul(failure: Failure) -> Explanation | None:
    """Two factors, or the input and the weight of a linear layer."""
    if layer_of(failure) is not None:
        return _linear(failure)
    name = function_name(failure)
    if name == "linear":
        return _functional(failure)
    first = 1 if name in ("addmm", "baddbmm", "addmv") else 0
    left, right = operand_of(failure, first), operand_of(failure, first + 1)
    if left is None or right is None:
        return None
    return MatmulExplanation(left, right, name)


def _linear(failure: Failure) -> Explanation | None:
    found = re.search(r"cannot be multiplied \(.+?x(.+?) and (.+?)x(.+?)\)", failure.error.text)
    if found is None:
        return None
    index = with_last_size(failure, found.group(1))
    left = operand_of(failure, index)
    if left is None:
        return None
    name = label(failure)
    weight = f"{name}.weight.T" if name.replace(".", "_").isidentifier() else "weight.T"
    right = Operand(weight, (_dim(found.group(2)), _dim(found.group(3))))
    way = way_of(failure.call.args[index], left.name, failure.call.node)
    return MatmulExplanation(left, right, "@", name, way)


def _functional(failure: Failure) -> Explanation | None:
    """`F.linear(x, weight)`: the weight is turned round."""
    left, weight = operand_of(failure, 0), operand_of(failure, 1)
    if left is None or weight is None or weight.shape is None or len(weight.shape) != 2:
        return None
    right = Operand(f"{weight.name}.T", weight.shape[::-1])
    return MatmulExplanation(
        left, right, "@", "linear", way_of(failure.call.args[0], left.name, failure.call.node)
    )


def _dim(written: str) -> Dim:
    return int(written) if written.isdigit() else written


def broadcast(failure: Failure) -> Explanation | None:
    """The first two tensors whose shapes do not go together."""
    found = [
        (index, of_tensor(failure.source(index), tensor), tensor)
        for index, tensor in tensors(failure)
        if tensor.sig.shape is not None
    ]
    for first, (_, left, made) in enumerate(found):
        for _, right, other in found[first + 1 :]:
            if _differ(left, right):
                way = next((w for v in (made, other) if (w := way_of(v)) and w.steps), None)
                return BroadcastExplanation(left, right, function_name(failure), None, way)
    if len(found) < 2:
        return None
    return BroadcastExplanation(found[0][1], found[1][1], function_name(failure))


def _differ(left: Operand, right: Operand) -> bool:
    pairs = zip(reversed(left.shape or ()), reversed(right.shape or ()), strict=False)
    return any(
        isinstance(a, int) and isinstance(b, int) and a != b and 1 not in (a, b) for a, b in pairs
    )


def view(failure: Failure) -> Explanation | None:
    """The elements and the sizes that they are to be arranged in."""
    index = 1 if failure.kind == "forward" else 0
    operand = operand_of(failure, index)
    if operand is None:
        return None
    name = function_name(failure)
    if "not compatible with input tensor's size" in failure.error.text:
        tensor = tensor_of(failure.call.args[index])
        stride = tensor.sig.stride if tensor is not None else None
        return StrideExplanation(operand, stride, name) if stride is not None else None
    wanted = given_sizes(failure, ("shape", "size", "newshape")) if not index else None
    if name not in ("view", "reshape") or wanted is None:
        return None
    way = way_of(failure.call.args[index], operand.name, failure.call.node)
    return ViewExplanation(operand, wanted, name, way)


def cat(failure: Failure) -> Explanation | None:
    """The tensors of the list, and the axis."""
    names = piece_names(failure)
    pieces = tuple(
        of_tensor(name, tensor) for name, (_, tensor) in zip(names, tensors(failure), strict=False)
    )
    name = function_name(failure)
    if not pieces and name in _JOINS and "must be tuple of Tensors" in failure.error.text:
        # Given one by one: the second is taken for the axis.
        loose = tuple(of_tensor(failure.source(i), tensor) for i, tensor in tensors(failure))
        ranks = {len(piece.shape) for piece in loose if piece.shape is not None}
        known = len(loose) > 1 and len(ranks) == 1 and 0 not in ranks
        return CatExplanation(loose, 0, name, name == "stack") if known else None
    if len(pieces) < 2 or name not in _JOINS or any(piece.shape is None for piece in pieces):
        return None
    call = failure.call
    given = call.argument(1, "dim") or call.kwargs.get("axis") or Const(0)
    axis = size_of(given)
    ranks = {len(piece.shape or ()) for piece in pieces}
    new_axis = name == "stack"
    if not isinstance(axis, int) or not -max(ranks) - new_axis <= axis < max(ranks) + new_axis:
        return None
    return CatExplanation(pieces, axis, name, new_axis)


_JOINS = ("cat", "concat", "concatenate", "stack")


def axes(failure: Failure) -> Explanation | None:
    """A new order of axes, or the shape that a tensor is to grow to."""
    name = function_name(failure)
    if name == "einsum":
        return _letters(failure)
    operand = operand_of(failure, 0)
    if operand is None or operand.shape is None:
        return None
    sizes = given_sizes(failure, ("dims", "axes", "size", "shape"))
    if sizes is None:
        return None
    if name == "permute" or (name == "transpose" and len(sizes) == len(operand.shape) > 2):
        order = tuple(size for size in sizes if isinstance(size, int))
        rank = len(operand.shape)
        if len(order) != len(sizes) or any(not -rank <= axis < rank for axis in order):
            return None
        return PermuteExplanation(operand, order, "permute")
    if name in ("expand", "broadcast_to") and len(sizes) >= len(operand.shape):
        filled = (1,) * (len(sizes) - len(operand.shape)) + operand.shape
        wanted = tuple(old if new == -1 else new for old, new in zip(filled, sizes, strict=True))
        return BroadcastExplanation(operand, Operand(shape_text(wanted), wanted), name, wanted)
    return None


def _letters(failure: Failure) -> Explanation | None:
    """A tensor and its letters in an equation of `einsum`."""
    found = re.search(r"number of subscripts .* for operand (\d+)", failure.error.text)
    equation = failure.call.args[0] if failure.call.args else None
    operands = tensors(failure)
    if found is None or not isinstance(equation, Const) or not isinstance(equation.value, str):
        return None
    number = int(found.group(1))
    groups = equation.value.partition("->")[0].replace(" ", "").split(",")
    if number >= len(groups) or number >= len(operands) or not groups[number].isalpha():
        return None
    at, tensor = operands[number]
    letters = tuple(groups[number])
    operand = of_tensor(failure.source(at), tensor)
    return ShapeExplanation(operand, (None,) * len(letters), groups[number], letters)


def assign(failure: Failure) -> Explanation | None:
    """What is written, and the place where it is to go."""
    if failure.name != "operator.setitem":
        left, right = operand_of(failure, 0), operand_of(failure, 1)
        if left is None or right is None:
            return None
        return BroadcastExplanation(left, right, function_name(failure), left.shape)
    found = re.search(r"Target sizes: \[(.*?)\]\.\s+Tensor sizes", failure.error.text)
    found = found or re.search(r"indexing result of shape \[(.*?)\]", failure.error.text)
    value = tensor_of(failure.call.args[2]) if len(failure.call.args) > 2 else None
    if found is None or value is None or value.sig.shape is None:
        return None
    slot = tuple(_dim(part) for part in found.group(1).split(", ") if part)
    place = failure.call.machine.frame.chunk.source(failure.call.node, 40)
    made = value.origin.source if value.origin is not None else ""
    right = Operand(failure.source(2) or made, value.sig.shape)
    return BroadcastExplanation(Operand(place, slot), right, "=", slot)
