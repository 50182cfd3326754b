"""Words for values: names, shapes, dtypes."""

from __future__ import annotations

from ...runtime.oracle.dims import Dim
from ..facts import Related, Text, text
from ..interpreter.failures import Failure, related_operand
from ..values.model import (
    Alternatives,
    BoundLibrary,
    InstanceV,
    ListV,
    TensorV,
    TupleV,
    Value,
)


def shape_text(shape: tuple[Dim, ...] | None) -> str:
    """`(2, 3)`, `(N,)`, `()`; `(…)` when the rank is not known."""
    if shape is None:
        return "(…)"
    if len(shape) == 1:
        return f"({shape[0]},)"
    return f"({', '.join(str(dim) for dim in shape)})"


def tensor_of(value: Value) -> TensorV | None:
    """The tensor that a value is, or the first of its alternatives."""
    if isinstance(value, TensorV):
        return value
    if isinstance(value, Alternatives):
        return tensor_of(value.options[0])
    return tensor_of(value.receiver) if isinstance(value, BoundLibrary) else None


def tensors(failure: Failure) -> list[tuple[int, TensorV]]:
    """The tensor arguments with their positions, those in a first list or tuple included."""
    found = []
    for index, value in enumerate(failure.call.args):
        tensor = tensor_of(value)
        if tensor is not None:
            found.append((index, tensor))
        elif isinstance(value, (ListV, TupleV)):
            items = value.items if isinstance(value, TupleV) else value.items.items
            found += [(index, item) for item in items if isinstance(item, TensorV)]
    return found


def operand(failure: Failure, index: int) -> Text:
    """An operand as `x` is (2, 3), or just its shape where it has no name."""
    tensor = tensor_of(failure.call.args[index])
    shape = shape_text(tensor.sig.shape) if tensor is not None else "(…)"
    source = failure.source(index)
    if not source:
        return text("the value here is {shape}", shape=shape)
    return text("`{name}` is {shape}", name=source, shape=shape)


def name_of(failure: Failure, index: int) -> str:
    """The text of an operand, or its shape."""
    source = failure.source(index)
    if source:
        return source
    tensor = tensor_of(failure.call.args[index]) if index < len(failure.call.args) else None
    return shape_text(tensor.sig.shape) if tensor is not None else "…"


def shape_of(failure: Failure, index: int) -> str:
    """The shape of an operand as text."""
    if index >= len(failure.call.args):
        return "(…)"
    tensor = tensor_of(failure.call.args[index])
    return shape_text(tensor.sig.shape) if tensor is not None else "(…)"


def dtype_of(failure: Failure, index: int) -> str:
    """The dtype of an operand as text."""
    if index >= len(failure.call.args):
        return "?"
    tensor = tensor_of(failure.call.args[index])
    return (tensor.sig.dtype or "?") if tensor is not None else "?"


def layer_of(failure: Failure) -> InstanceV | None:
    """The layer that is called, if one is."""
    if failure.kind != "forward" or not failure.call.args:
        return None
    value = failure.call.args[0]
    return value if isinstance(value, InstanceV) else None


def function_name(failure: Failure) -> str:
    """The short name of the operation: `view`, `cat`, `Linear`, `@`."""
    name = failure.name.rpartition(".")[2]
    symbols = {
        "matmul": "@",
        "add": "+",
        "sub": "-",
        "mul": "*",
        "truediv": "/",
        "pow": "**",
        "iadd": "+=",
        "isub": "-=",
        "imul": "*=",
        "itruediv": "/=",
        "getitem": "[]",
        "setitem": "[]=",
    }
    return symbols.get(name, name) if failure.name.startswith("operator.") else name


def origins(failure: Failure, *indices: int) -> tuple[Related, ...]:
    """Where operands got their shapes, and where the layer was made."""
    related: list[Related] = []
    for index in indices:
        related += related_operand(failure, index)
    layer = layer_of(failure)
    if layer is not None and layer.origin is not None:
        message = text("the layer is made here: `{source}`", source=layer.origin.source)
        related.append(Related(layer.origin.span, message))
    return tuple(related)
