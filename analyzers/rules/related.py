"""The places that a problem leads to: where operands got their shapes and dtypes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..facts import Related, Span, text
from ..interpreter.call import Call
from ..interpreter.failures import Failure
from ..interpreter.provenance import made_by
from ..interpreter.scopes import lookup
from ..values.model import TensorV, TupleV
from .describe import piece_names, pieces, shape_text, tensor_of, tensors
from .numbers.way import changes

_PLACES = 4
"""More places than these are not told of one operand."""


def shape_origins(failure: Failure, index: int) -> Iterator[Related]:
    """Where an operand got its shape: the expression behind it first, then the steps before it."""
    args = failure.call.args
    tensor = tensor_of(args[index]) if index < len(args) else None
    if tensor is None:
        yield from _first_of_several(failure, index)
        return
    here = (failure.span(index), failure.call.span)
    name = failure.source(index)
    for number, related in enumerate(_shape_places(tensor, name, here, failure)):
        if number == _PLACES:
            return
        yield Related(related.span, related.message, further=number > 0)


def _first_of_several(failure: Failure, index: int) -> Iterator[Related]:
    """Of a tuple such as a hidden state, where its first tensor got its shape."""
    args, nodes = failure.call.args, failure.call.nodes
    value = args[index] if index < len(args) else None
    node = nodes[index] if index < len(nodes) else None
    if not isinstance(value, TupleV) or not isinstance(node, ast.Tuple):
        return
    for item, element in zip(value.items, node.elts, strict=False):
        if isinstance(item, TensorV) and item.origin is not None:
            name = failure.call.machine.frame.chunk.source(element, 40)
            if item.origin.span != failure.call.machine.span(element):
                yield tensor_origin(name, item)
            return


def owner_origin(failure: Failure, index: int) -> tuple[Related, ...]:
    """Of `x.shape`, where `x` got its shape."""
    nodes = failure.call.nodes
    node = nodes[index] if index < len(nodes) else None
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return ()
    owner = lookup(failure.call.machine, node.value.id)
    tensor = tensor_of(owner) if owner is not None else None
    if tensor is None or tensor.origin is None:
        return ()
    return (tensor_origin(node.value.id, tensor),)


def _shape_places(
    tensor: TensorV, name: str, here: tuple[Span, ...], failure: Failure
) -> Iterator[Related]:
    told = set(here)
    if tensor.origin is not None and tensor.origin.span not in told:
        told.add(tensor.origin.span)
        yield tensor_origin(name or tensor.origin.source, tensor)
    current = tensor
    for made, step in changes(tensor, failure.call.node):
        assert made.source is not None
        current = made.source
        place = made.origin.span
        if place in here and made.layer is not None and made.layer.origin is not None:
            # All layers of a container work in one call: each is found where it was made.
            place = made.layer.origin.span
        if place not in told:
            told.add(place)
            message = text(
                "`{step}` makes {after} of {before}",
                step=step.label,
                after=shape_text(step.after),
                before=shape_text(step.before),
            )
            yield Related(place, message)
    if current.origin is not None and current.origin.span not in told:
        yield tensor_origin("", current)


def tensor_origin(name: str, tensor: TensorV) -> Related:
    """Where a tensor with an origin got its shape.

    Args:
        name: the learner's; empty for one that has none.
    """
    assert tensor.origin is not None
    shape, source = shape_text(tensor.sig.shape), tensor.origin.source
    if not name or name == source:
        message = text("the shape {shape} begins here: `{source}`", shape=shape, source=source)
    else:
        message = text(
            "`{name}` gets its shape {shape} here: `{source}`",
            name=name,
            shape=shape,
            source=source,
        )
    return Related(tensor.origin.span, message)


def dtype_origins(failure: Failure, *indices: int) -> tuple[Related, ...]:
    """Where operands got their dtypes; operations that kept it are passed over."""
    return tuple(
        related for index in indices if (related := _dtype_origin(failure, index)) is not None
    )


def _dtype_origin(failure: Failure, index: int) -> Related | None:
    args = failure.call.args
    tensor = tensor_of(args[index]) if index < len(args) else None
    if tensor is None:
        return None
    current, dtype = tensor, tensor.sig.dtype
    for _ in range(_PLACES * 10):
        made = made_by(current)
        if made is None or made.source is None or made.source.sig.dtype != dtype:
            break
        current = made.source
    if current.origin is None or current.origin.span in (failure.span(index), failure.call.span):
        return None
    source = current.origin.source
    message = text(
        "`{name}` gets its dtype {dtype} here: `{source}`",
        name=failure.source(index) or source,
        dtype=dtype or "?",
        source=source,
    )
    return Related(current.origin.span, message)


def piece_origins(failure: Failure, *numbers: int) -> tuple[Related, ...]:
    """Where tensors of the list that is the first argument got their shapes."""
    names, found = piece_names(failure), pieces(failure)
    places = []
    for number in numbers:
        tensor = found[number][1] if number < len(found) else None
        if tensor is None or tensor.origin is None or tensor.origin.span == failure.call.span:
            continue
        if not _within(tensor.origin.span, failure.span(0)):
            places.append(tensor_origin(names[number], tensor))
    return tuple(places)


def index_origins(failure: Failure) -> tuple[Related, ...]:
    """Where the tensor that chooses, an index or a mask, came from."""
    chooser = tensors(failure)[-1:]
    return dtype_origins(failure, chooser[0][0]) if chooser else ()


def watched_origins(call: Call, *operands: tuple[TensorV | None, str]) -> tuple[Related, ...]:
    """Where the tensors of a call that went well got their shapes."""
    return tuple(
        tensor_origin(name, tensor)
        for tensor, name in operands
        if tensor is not None
        and tensor.origin is not None
        and not _within(tensor.origin.span, call.span)
    )


def _within(inner: Span, outer: Span) -> bool:
    return (
        inner.part == outer.part
        and (outer.line, outer.column) <= (inner.line, inner.column)
        and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    )
