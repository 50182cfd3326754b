"""How a tensor got its shape: the operations behind it that changed a shape."""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from collections.abc import Iterator

from ...explain.model import Operand, Step, Way
from ...interpreter.provenance import Made, history
from ...interpreter.summary import summary_of, wire_text
from ...values.encode import NotEncodable, encode
from ...values.model import BoundLibrary, InstanceV, TensorV, Value
from ..describe import tensor_of
from .operands import function_of
from .windows import window_of


def way_of(value: Value | None, name: str = "", failing: ast.expr | None = None) -> Way | None:
    """The way of a tensor from where its shape is a given; None where nothing is known.

    Args:
        name: the tensor's, for a way without steps.
        failing: the call at its end, which may be the one that made all steps.
    """
    tensor = tensor_of(value) if value is not None else None
    if tensor is None or tensor.sig.shape is None:
        return None
    steps = list(changes(tensor, failing))
    current = tensor
    for made in history(tensor):
        if made.index or made.source is None:
            break
        current = made.source
    if steps and steps[-1][1].before != current.sig.shape:
        return None
    begins = _start_name(current, tensor, name)
    return Way(Operand(begins, current.sig.shape), tuple(step for _, step in reversed(steps)))


def changes(tensor: TensorV, failing: ast.expr | None = None) -> Iterator[tuple[Made, Step]]:
    """The operations that changed the shape on the way of a tensor, the last one first.

    It ends where a shape is not known.
    """
    made = list(itertools.takewhile(lambda one: not one.index, history(tensor)))
    nodes = Counter([id(one.call.node) for one in made] + [id(failing)])
    current = tensor
    for one in made:
        if one.source is None:
            return
        before, after = one.source.sig.shape, current.sig.shape
        if before is None or after is None:
            return
        if before != after:
            yield one, _step(one, before, after, alone=nodes[id(one.call.node)] == 1)
        current = one.source


def _start_name(current: TensorV, tensor: TensorV, name: str) -> str:
    """The learner's name for where the way begins, else the expression that made it."""
    if current is tensor:
        return name
    for one in history(tensor):
        if one.source is current:
            written = _argument(one, current)
            if written:
                return written
    return current.origin.source if current.origin is not None else ""


def _argument(made: Made, source: TensorV) -> str:
    """The name by which an operation was given a tensor; empty if it was no name."""
    if made.layer is not None and isinstance(made.call.node, ast.Call):
        nodes = made.call.node.args
        written = ast.unparse(nodes[0]) if nodes else ""
        return written if written.replace(".", "_").isidentifier() else ""
    for value, node in zip(made.call.args, made.call.nodes, strict=False):
        if value is source and isinstance(node, (ast.Name, ast.Attribute)):
            written = ast.unparse(node)
            return written if written.replace(".", "_").isidentifier() else ""
    return ""


def _step(
    made: Made, before: tuple[int | str, ...], after: tuple[int | str, ...], *, alone: bool
) -> Step:
    window = window_of(made.name, made.call, made.layer)
    fits = window is not None and len(before) >= window[1] <= len(after)
    return Step(
        _label(made, alone),
        made.name,
        before,
        after,
        window[0] if window is not None and fits else None,
    )


def _label(made: Made, alone: bool) -> str:
    """What was called, as code: by the learner's name if one call is one step."""
    if made.layer is not None:
        called = function_of(made.call.node) if alone else ""
        return called or summary_of(made.layer)[0]
    return _function(made)


def _function(made: Made) -> str:
    """A function with the arguments that are no tensors: `max_pool2d(2)`."""
    name = made.name.rpartition(".")[2] if made.name.startswith("operator.") else made.name
    words = []
    for value in made.call.args:
        if isinstance(value, (TensorV, InstanceV, BoundLibrary)):
            continue
        words.append(_written(value))
    words += [f"{key}={_written(value)}" for key, value in made.call.kwargs.items()]
    symbol = _SYMBOLS.get(name) if made.name.startswith("operator.") else None
    return symbol or f"{name}({', '.join(words)})"


_SYMBOLS = {"matmul": "@", "add": "+", "sub": "-", "mul": "*", "truediv": "/", "getitem": "[…]"}


def _written(value: Value) -> str:
    try:
        return wire_text(encode(value))
    except NotEncodable:
        return "…"
