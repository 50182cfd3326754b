"""Words for values: names, shapes, dtypes."""

from __future__ import annotations

import ast
import re

from ...runtime.oracle.dims import Dim
from ..facts import Related, Text, text
from ..interpreter.failures import Failure
from ..interpreter.machine import Machine
from ..interpreter.provenance import made_by
from ..interpreter.scopes import lookup
from ..values.model import (
    Alternatives,
    BoundLibrary,
    Const,
    InstanceV,
    ListV,
    SymInt,
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


def sizes_text(sizes: str) -> str:
    """Sizes as torch's messages print them, `[4, 2]` or `4x2`, written as a shape: `(4, 2)`."""
    parts = [part.strip() for part in re.split(r"[,x×]", sizes.strip("[]() ")) if part.strip()]
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def operand(failure: Failure, index: int) -> Text:
    """An operand as `x` is (2, 3); where it has no name, by the layer that gives it."""
    source, shape = failure.source(index), shape_of(failure, index)
    value = failure.call.args[index] if index < len(failure.call.args) else None
    made = made_by(tensor_of(value)) if value is not None and not source else None
    if made is not None and made.layer is not None and made.layer.origin is not None:
        maker = made.layer.origin.source
        return text("what `{maker}` gives is {shape}", maker=maker, shape=shape)
    return _described(source, shape)


def _described(source: str, shape: str) -> Text:
    if not source:
        return text("what arrives here is {shape}", shape=shape)
    return text("`{name}` is {shape}", name=source, shape=shape)


def pieces(failure: Failure) -> list[tuple[Text, TensorV]]:
    """The tensors in the list that is the first argument, each with its description."""
    found: list[tuple[Text, TensorV]] = []
    names = piece_names(failure)
    for index, (_, item) in enumerate(tensors(failure)[: len(names)]):
        shape = shape_text(item.sig.shape)
        numbered = text("tensor number {number} is {shape}", number=index, shape=shape)
        found.append((_described(names[index], shape) if names[index] else numbered, item))
    return found


def piece_names(failure: Failure) -> list[str]:
    """Names for the tensors in the list that is the first argument; empty if it is no list.

    They are as in the list that the learner wrote, else by their index, else "".
    """
    value = failure.call.args[0] if failure.call.args else None
    if not isinstance(value, (ListV, TupleV)):
        return []
    items = value.items if isinstance(value, TupleV) else value.items.items
    node = failure.call.nodes[0] if failure.call.nodes else None
    elements = node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
    source = failure.source(0)
    if len(elements) == len(items) and not any(isinstance(e, ast.Starred) for e in elements):
        chunk = failure.call.machine.frame.chunk
        names = [chunk.source(element, 40) for element in elements]
    elif source.replace(".", "_").isidentifier():
        names = [f"{source}[{index}]" for index in range(len(items))]
    else:
        names = [""] * len(items)
    return [name for name, item in zip(names, items, strict=True) if isinstance(item, TensorV)]


def sequence(failure: Failure, index: int) -> Text:
    """A tensor or a `torch.Size` by its shape, another tuple or list by its length."""
    value, source = failure.call.args[index], failure.source(index)
    if isinstance(value, TupleV) and value.type_name == "size":
        sizes = tuple(_size(item) for item in value.items)
        return _described(source, shape_text(sizes))
    if tensor_of(value) is not None:
        return operand(failure, index)
    if not source:
        # Of a loop, only the names are there.
        targets = failure.call.machine.frame.chunk.source(failure.call.node, 40)
        return text(
            "the length of what `{targets}` gets is {count}",
            targets=targets,
            count=length_of(value),
        )
    return text("the length of `{name}` is {count}", name=source, count=length_of(value))


def _size(item: Value) -> Dim:
    if isinstance(item, Const) and isinstance(item.value, int):
        return item.value
    return item.expression if isinstance(item, SymInt) else "?"


def length_of(value: Value) -> Dim:
    """How many elements a tensor, a tuple or a list has along its first axis."""
    tensor = tensor_of(value)
    if tensor is not None and tensor.sig.shape:
        return tensor.sig.shape[0]
    if isinstance(value, TupleV):
        return len(value.items)
    return len(value.items.items) if isinstance(value, ListV) else "?"


def with_last_size(failure: Failure, size: str) -> int:
    """The index of the first tensor argument that ends with a size; of the first one if none."""
    found = tensors(failure)
    for index, tensor in found:
        if tensor.sig.shape and str(tensor.sig.shape[-1]) == size:
            return index
    return found[0][0] if found else 0


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


def label(failure: Failure) -> str:
    """What is called, as the learner knows it: `self.fc`, `view`.

    For a layer inside an `nn.Sequential`, where the call names only the whole,
    how it was made: `nn.Linear(784, 10)`.
    """
    layer = layer_of(failure)
    node = failure.call.node
    if layer is None:
        return function_name(failure)
    if isinstance(node, ast.Call) and _value(failure.call.machine, node.func) is layer:
        return failure.call.machine.frame.chunk.source(node.func, 40)
    return layer.origin.source if layer.origin is not None else function_name(failure)


def _value(machine: Machine, node: ast.expr) -> Value | None:
    """The value of a name or of an object's attribute, if it is bound."""
    if isinstance(node, ast.Name):
        return lookup(machine, node.id)
    if isinstance(node, ast.Attribute):
        owner = _value(machine, node.value)
        return owner.slots.get(node.attr) if isinstance(owner, InstanceV) else None
    return None


def function_name(failure: Failure) -> str:
    """The short name of the operation: `view`, `cat`, `Linear`, `@`."""
    name = failure.name.rpartition(".")[2]
    symbols = {
        "matmul": "@",
        "add": "+",
        "sub": "-",
        "mul": "*",
        "truediv": "/",
        "floordiv": "//",
        "mod": "%",
        "pow": "**",
        "iadd": "+=",
        "isub": "-=",
        "imul": "*=",
        "itruediv": "/=",
        "ifloordiv": "//=",
        "getitem": "[]",
        "setitem": "[]=",
    }
    return symbols.get(name, name) if failure.name.startswith("operator.") else name


def origins(failure: Failure, *indices: int) -> tuple[Related, ...]:
    """Where operands got their shapes, and where the layer was made; then the steps before."""
    # Imported here: it needs the words above.
    from .related import shape_origins

    related = [place for index in indices for place in shape_origins(failure, index)]
    near = [place for place in related if not place.further]
    known = {place.span for place in near}
    far = [place for place in related if place.further and place.span not in known]
    return (*near, *layer_origin(failure), *far)


def layer_origin(failure: Failure) -> tuple[Related, ...]:
    """Where the layer that is called was made."""
    layer = layer_of(failure)
    if layer is None or layer.origin is None:
        return ()
    message = text("the layer is made here: `{source}`", source=layer.origin.source)
    return (Related(layer.origin.span, message),)
