"""The items of a dataset, and what `default_collate` makes of some of them.

https://docs.pytorch.org/docs/2.13/data.html
"""

from __future__ import annotations

import ast
from typing import TypeGuard

from ...runtime.oracle.dims import Dim
from ...runtime.oracle.wire import Error
from ..facts import text
from ..interpreter import attributes, failures
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..values.model import (
    NONE,
    Alternatives,
    Const,
    DictV,
    FunctionV,
    InstanceV,
    Items,
    Library,
    ListV,
    RangeV,
    Scalar,
    Sig,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .builtin_functions import length_of

_PICTURE = "PIL.Image.Image"
_LOOKED_AT = 32
"""Items of a list that are compared; those of a learner's class are two."""


def samples(call: Call, dataset: Value) -> tuple[Value, ...]:
    """Some items of a dataset, in their order from the first one on; at least one.

    Items of a learner's dataset may differ, so its `__getitem__` is run for two of
    them. What it does for the second one is taken back, and not reported.
    """
    machine = call.machine
    if isinstance(dataset, (ListV, TupleV)):
        listed = dataset.items if isinstance(dataset, TupleV) else dataset.items.items
        rest = dataset.items.rest if isinstance(dataset, ListV) else None
        known = (*listed[:_LOOKED_AT], *([rest] if rest is not None else []))
        return known or (machine.unknown("an element of an empty list"),)
    if not isinstance(dataset, InstanceV):
        return (_item_of_other(call, dataset),)
    if is_stream(dataset):
        return some_of(call, attributes.iterate_instance(machine, call, dataset))
    place = ast.copy_location(ast.Subscript(call.node, call.node, ast.Load()), call.node)
    first = attributes.instance_item(machine, place, dataset, Const(0))
    total = length_of(machine, dataset, call)
    if isinstance(total, Const) and total.value < 2:
        return (first,)
    machine.quiet += 1
    mark = machine.trail.begin()
    try:
        second = attributes.instance_item(machine, place, dataset, Const(1))
    finally:
        machine.trail.rollback(mark)
        machine.quiet -= 1
    return (first, second)


def is_stream(dataset: Value) -> TypeGuard[InstanceV]:
    """Whether a dataset is of the learner's own class and has its items in a row only."""
    if not isinstance(dataset, InstanceV):
        return False
    by_index, in_a_row = (
        isinstance(attributes.find_method(dataset, name), FunctionV)
        for name in ("__getitem__", "__iter__")
    )
    return in_a_row and not by_index


def some_of(call: Call, items: Items) -> tuple[Value, ...]:
    """Some of what an iteration gives; at least one."""
    rest = () if items.rest is None else (items.rest,)
    found = (*items.items[:_LOOKED_AT], *rest)
    return found or (call.machine.unknown("an element of an empty list"),)


def _item_of_other(call: Call, dataset: Value) -> Value:
    if isinstance(dataset, TensorV):
        return row(call, dataset, Const(0))
    if isinstance(dataset, RangeV):
        return Scalar("int")
    if isinstance(dataset, Unknown):
        return dataset
    if isinstance(dataset, Alternatives):
        item = dataset_item(call, dataset.options[0])
        for option in dataset.options[1:]:
            item = call.machine.joiner.join(item, dataset_item(call, option))
        return item
    return call.machine.unknown("the items of this dataset are not known")


def dataset_item(call: Call, dataset: Value) -> Value:
    """Any item of a dataset: sizes in which its items differ are symbols."""
    return either(call, samples(call, dataset))


def either(call: Call, items: tuple[Value, ...]) -> Value:
    """What is true of each of some items."""
    item, *others = items
    for other in others:
        item = _either(call, item, other, "")
    return item


def row(call: Call, tensor: Value, index: Value) -> Value:
    """`tensor[index]`."""
    inner = Call(call.machine, call.node, "operator.getitem", [tensor, index], nodes=[None, None])
    return ask(inner)


def _either(call: Call, one: Value, other: Value, path: str) -> Value:
    """What is true of two items, as far as both are known."""
    if isinstance(one, TensorV) and isinstance(other, TensorV):
        return _either_tensor(call, one, other, path)
    if isinstance(one, TupleV) and isinstance(other, TupleV):
        if len(one.items) == len(other.items):
            pairs = enumerate(zip(one.items, other.items, strict=True))
            parts = tuple(_either(call, a, b, f"{path}.{n}") for n, (a, b) in pairs)
            return TupleV(parts, one.type_name, one.names)
        return call.machine.unknown("the items of this dataset are not alike")
    if isinstance(one, DictV) and isinstance(other, DictV):
        items, others = one.slots["items"], other.slots["items"]
        merged = {
            key: _either(call, value, others[key], f"{path}.{key}") if key in others else value
            for key, value in items.items()
        }
        return DictV(merged, one.slots["rest"], one.type_name)
    return one


def _either_tensor(call: Call, one: TensorV, other: TensorV, path: str) -> Value:
    mine, its = one.sig, other.sig
    if mine.shape is None or its.shape is None or mine == its:
        return one
    if len(mine.shape) != len(its.shape):
        return call.machine.unknown("the items of this dataset are not alike")

    def size(axis: int, a: Dim, b: Dim) -> Dim:
        if a == b or not (isinstance(a, int) and isinstance(b, int)):
            return a
        return call.machine.symbol_for((call.span, "item", path, axis), "N")

    pairs = enumerate(zip(mine.shape, its.shape, strict=True))
    shape = tuple(size(axis, a, b) for axis, (a, b) in pairs)
    dtype = mine.dtype if mine.dtype == its.dtype else None
    alike = shape == mine.shape
    stride = mine.stride if alike else None
    sig = mine._replace(shape=shape, dtype=dtype, stride=stride, value=None)
    return TensorV(sig, one.origin, one.parents)


def unequal(
    call: Call, loader: InstanceV, some: tuple[Value, ...], total: Value, size: Value
) -> Value | None:
    """The failure of the first batch, where two of its items surely have different shapes.

    Args:
        some: the first items of the dataset.
    """
    count = size.value if isinstance(size, Const) else None
    known = total.value if isinstance(total, Const) else None
    if not isinstance(count, int) or not isinstance(known, int) or min(count, known) < 2:
        return None
    if loader.slots["$shuffled"] and count < known:
        return None
    return misfit(call, some[:count])


def misfit(call: Call, items: tuple[Value, ...]) -> Value | None:
    """The failure of a batch of some items, where two surely have different shapes."""
    shapes = [_shapes(item) for item in items]
    for index, shape in enumerate(shapes):
        for mine, other in zip(shapes[0], shape, strict=False):
            if mine is not None and other is not None and mine != other:
                message = (
                    f"stack expects each tensor to be equal size, but got {list(mine)} at entry 0 "
                    f"and {list(other)} at entry {index}"
                )
                stack = call.renamed("default_collate")
                return failures.report(stack, Error("RuntimeError", message), "call")
    return None


def _shapes(item: Value) -> list[tuple[int, ...] | None]:
    """The known shapes of the tensors of an item, in order."""
    if isinstance(item, TensorV):
        shape = item.sig.shape
        if shape is None or any(not isinstance(dim, int) for dim in shape):
            return [None]
        return [tuple(int(dim) for dim in shape)]
    if isinstance(item, TupleV):
        return [shape for part in item.items for shape in _shapes(part)]
    return [None]


def default_collate(call: Call, item: Value, count: Dim) -> Value:
    """What `default_collate` makes of `count` items like this one.

    https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.default_collate
    """
    if isinstance(item, TensorV):
        sig = item.sig
        shape = None if sig.shape is None else (count, *sig.shape)
        return TensorV(
            sig._replace(
                shape=shape,
                value=None,
                numpy=False,
                stride=None,
                parameter=False,
                device=sig.device,
            ),
            item.origin or call.origin,
            item.parents,
        )
    if isinstance(item, TupleV):
        parts = tuple(default_collate(call, part, count) for part in item.items)
        return TupleV(parts, item.type_name, item.names) if item.names else ListV(parts)
    if isinstance(item, ListV):
        return ListV(tuple(default_collate(call, part, count) for part in item.items.items))
    if isinstance(item, DictV):
        return DictV(
            {key: default_collate(call, part, count) for key, part in item.slots["items"].items()}
        )
    kind = _number_kind(item)
    if kind in ("int", "float", "bool"):
        dtype = {"int": "int64", "float": "float64", "bool": "bool"}[kind]
        return TensorV(Sig((count,), dtype), call.origin)
    if kind == "str":
        return ListV(Items((), item, count))
    picture = isinstance(item, InstanceV) and item.cls == Library(_PICTURE)
    if item == NONE or picture:
        message = (
            "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
            f"found <class '{_PICTURE if picture else 'NoneType'}'>"
        )
        return failures.report(call, Error("TypeError", message), "call")
    if isinstance(item, Alternatives):
        result = default_collate(call, item.options[0], count)
        for option in item.options[1:]:
            result = call.machine.joiner.join(result, default_collate(call, option, count))
        return result
    if isinstance(item, Unknown):
        return item
    return Unknown(text("the items of this dataset are not known"))


def _number_kind(item: Value) -> str | None:
    if isinstance(item, Const):
        return type(item.value).__name__
    if isinstance(item, Scalar):
        return item.type
    return "int" if isinstance(item, SymInt) else None
