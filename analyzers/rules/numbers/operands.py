"""Operands of a failure as plain data, and arguments whose values are known."""

from __future__ import annotations

import ast

from ....runtime.oracle.dims import Dim
from ...explain.model import Operand
from ...interpreter.failures import Failure
from ...values.model import Const, InstanceV, ListV, SymInt, TensorV, TupleV, Value
from ..describe import tensor_of


def operand_of(failure: Failure, index: int) -> Operand | None:
    """An argument that is a tensor; None if it is none."""
    args = failure.call.args
    tensor = tensor_of(args[index]) if index < len(args) else None
    return of_tensor(failure.source(index), tensor) if tensor is not None else None


def of_tensor(name: str, tensor: TensorV) -> Operand:
    """A tensor under a name."""
    return Operand(name, tensor.sig.shape, tensor.sig.dtype)


def size_of(value: Value | None) -> Dim | None:
    """A size that a value is; None where it is none, or not known."""
    if isinstance(value, Const) and type(value.value) is int:
        return value.value
    return value.expression if isinstance(value, SymInt) else None


def sizes_of(value: Value | None) -> tuple[Dim, ...] | None:
    """The sizes in a tuple or list; None where one of them is not known."""
    if isinstance(value, TupleV):
        items = value.items
    elif isinstance(value, ListV) and value.items.rest is None:
        items = value.items.items
    else:
        return None
    sizes = [size_of(item) for item in items]
    known = tuple(size for size in sizes if size is not None)
    return known if len(known) == len(sizes) else None


def given_sizes(failure: Failure, names: tuple[str, ...]) -> tuple[Dim, ...] | None:
    """Sizes given one by one, in a tuple or by name, behind the first argument."""
    call = failure.call
    named = next((call.kwargs[name] for name in names if name in call.kwargs), None)
    if named is not None:
        return sizes_of(named)
    rest = call.args[1:]
    if len(rest) == 1 and not isinstance(rest[0], (Const, SymInt)):
        return sizes_of(rest[0])
    sizes = tuple(size for value in rest if (size := size_of(value)) is not None)
    return sizes if len(sizes) == len(rest) and sizes else None


def layer_numbers(layer: InstanceV | None) -> tuple[str, tuple[object, ...], dict[str, object]]:
    """The class of one of torch's own layers and the arguments it was made with; plain numbers.

    Other arguments are None.
    """
    made = layer.slots.get("$layer") if layer is not None else None
    if not isinstance(made, tuple):
        return "", (), {}
    args = tuple(_plain(item) for item in made[2])
    return str(made[1]).rpartition(".")[2], args, {name: _plain(item) for name, item in made[3]}


def _plain(wire: object) -> object:
    if isinstance(wire, (int, str)):
        return wire
    if isinstance(wire, tuple) and wire and wire[0] in ("bool", "str", "sym"):
        return wire[1]
    if isinstance(wire, tuple) and wire and wire[0] in ("tuple", "list", "size"):
        return tuple(_plain(item) for item in wire[1:])
    return None


def function_of(node: ast.expr) -> str:
    """What is called, as code, where it is a name or an attribute: `self.conv1`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Name, ast.Attribute)):
        return ""
    written = ast.unparse(node.func)
    return written if written.replace(".", "_").isidentifier() else ""
