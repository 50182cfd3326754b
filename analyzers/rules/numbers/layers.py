"""Layers: the input of a convolution or a pooling, and sizes that others were made for."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from ....runtime.oracle.dims import Dim
from ...explain.arithmetic import axis_names
from ...explain.model import (
    Explanation,
    LayerExplanation,
    Operand,
    ShapeExplanation,
    WindowExplanation,
)
from ...interpreter.failures import Failure
from ..describe import function_name, label, layer_of, tensors, with_last_size
from .operands import layer_numbers, of_tensor, operand_of
from .way import way_of
from .windows import in_channels, window_of


def window(failure: Failure) -> Explanation | None:
    """The input of a convolution or a pooling."""
    index = 1 if failure.kind == "forward" else 0
    operand = operand_of(failure, index)
    name, layer = function_name(failure), layer_of(failure)
    found = window_of(name, failure.call, layer)
    if operand is None or operand.shape is None or found is None:
        return None
    channels = in_channels(name, failure.call, layer)
    way = way_of(failure.call.args[index], operand.name, failure.call.node)
    return WindowExplanation(operand, label(failure), found[0], found[1], channels, way)


def layer(failure: Failure) -> Explanation | None:
    """A layer that was made for another size on one axis."""
    for pattern, axis in _CASES:
        found = re.search(pattern, failure.error.text)
        if found is not None:
            return _layer(failure, axis, found)
    for pattern, gather in _SHAPES:
        found = re.search(pattern, failure.error.text)
        if found is not None:
            return gather(failure, found)
    return None


def _layer(failure: Failure, axis: int, found: re.Match[str]) -> Explanation | None:
    got, wanted = found.groupdict().get("got"), found["wanted"]
    index = 1 if failure.kind == "forward" else 0
    if axis == -1 and got is not None:
        index = with_last_size(failure, got)
    operand = operand_of(failure, index)
    if operand is None or not operand.shape or not -len(operand.shape) <= axis < len(operand.shape):
        return None
    size: Dim = int(wanted) if wanted.isdigit() else wanted
    if operand.shape[axis] == size:
        return None
    way = way_of(failure.call.args[index], operand.name, failure.call.node)
    return LayerExplanation(operand, label(failure), axis, size, way)


def _state(failure: Failure, found: re.Match[str]) -> Explanation | None:
    got, wanted = _sizes(found["got"]), _sizes(found["wanted"])
    value = operand_of(failure, 1)
    letters: tuple[str, ...] = ("L", "N", "H")
    if value is not None and value.shape is not None and len(value.shape) == 2:
        # torch adds an axis for the batch to an input that has none, and to its state.
        got, wanted, letters = got[::2], wanted[::2], ("L", "H")
    state = operand_of(failure, 2)
    name = failure.source(2) if state is not None else "h"
    return ShapeExplanation(Operand(name, got), wanted, label(failure), letters)


def _state_axes(failure: Failure, found: re.Match[str]) -> Explanation | None:
    """A hidden state with another number of axes than the input wants."""
    states = [pair for pair in tensors(failure) if pair[0] == 2]
    if not states:
        return None
    letters = ("L", "N", "H") if found["kind"] == "batched" else ("L", "H")
    node = failure.call.nodes[2] if len(failure.call.nodes) > 2 else None
    if isinstance(node, ast.Tuple) and node.elts:
        name = failure.call.machine.frame.chunk.source(node.elts[0], 40)
    else:
        name = failure.source(2)
    state = of_tensor(name, states[0][1])
    return ShapeExplanation(state, (None,) * len(letters), label(failure), letters)


def _mask(failure: Failure, found: re.Match[str]) -> Explanation | None:
    node = failure.call.keyword_nodes.get("attn_mask")
    name = failure.call.machine.frame.chunk.source(node, 40) if node is not None else "attn_mask"
    got, wanted = _sizes(found["got"]), _sizes(found["wanted"])
    return ShapeExplanation(Operand(name, got), wanted, label(failure))


def _axes(failure: Failure, found: re.Match[str]) -> Explanation | None:
    """A normalisation for another number of axes; it takes the most that it can."""
    operand = operand_of(failure, 1 if failure.kind == "forward" else 0)
    if operand is None or operand.shape is None:
        return None
    _, args, kwargs = layer_numbers(layer_of(failure))
    features = args[0] if args else kwargs.get("num_features")
    rank = int(found["most"] or found["least"])
    if len(operand.shape) < rank:
        rank = int(found["least"])
    wanted: tuple[Dim | None, ...] = (None, features if isinstance(features, int) else None)
    letters = ("N", "C", *(axis_names(rank - 2) if rank > 2 else ()))
    return ShapeExplanation(operand, wanted + (None,) * (rank - 2), label(failure), letters)


def _sizes(written: str) -> tuple[Dim, ...]:
    return tuple(int(part) if part.isdigit() else part for part in written.split(", ") if part)


_SHAPES: tuple[tuple[str, Callable[[Failure, re.Match[str]], Explanation | None]], ...] = (
    (r"Expected hidden(?:\[\d\])? size \((?P<wanted>.+?)\), got \[(?P<got>.+?)\]", _state),
    (r"For (?P<kind>batched|unbatched) .* should also be", _state_axes),
    (
        r"attn_mask is torch\.Size\(\[(?P<got>.*?)\]\), but should be \((?P<wanted>.*?)\)",
        _mask,
    ),
    (r"expected (?P<least>\d)D(?: or (?P<most>\d)D)? input \(got", _axes),
)
"""What torch's message says where a whole shape is wanted."""

_CASES = (
    (r"running_mean should contain (?P<got>.+) elements not (?P<wanted>.+)", 1),
    (r"to match num_features \((?P<wanted>\d+)\), but got: (?P<got>\d+)", 1),
    (r"parameter numbers = (?P<wanted>\d+) and channel size = (?P<got>\d+)", 1),
    (
        r"equal to the number of channels in input, but got weight of shape "
        r"\[(?P<wanted>\d+)\] and input of shape",
        1,
    ),
    (r"expected input with shape \[\*, (?P<wanted>\d+)\]", -1),
    (r"equal to input_size\. Expected (?P<wanted>\d+), got (?P<got>\d+)", -1),
    (r"inconsistent input_size: got (?P<got>\d+) expected (?P<wanted>\d+)", -1),
    (r"does not match weight size: got (?P<got>\d+) but expected (?P<wanted>\d+)", -1),
    (r"was expecting embedding dimension of (?P<wanted>\d+), but got (?P<got>\d+)", -1),
)
"""What torch's message says, and the axis that it speaks of."""
