"""`torch.utils.data`: datasets, and loaders that batch their items.

https://docs.pytorch.org/docs/2.13/data.html
"""

from __future__ import annotations

from ...runtime.oracle import dims
from ...runtime.oracle.dims import Dim
from ...runtime.oracle.wire import Error
from ..facts import text
from ..interpreter import attributes, failures
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.machine import Machine
from ..interpreter.operators import dim_of, int_value
from ..values.model import (
    NONE,
    Const,
    DictV,
    InstanceV,
    Items,
    IteratorV,
    Library,
    ListV,
    RangeV,
    Scalar,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .builtin_functions import length_of
from .registry import method, model

DATA = "torch.utils.data."


def _instance(call: Call, name: str, **slots: object) -> InstanceV:
    instance = InstanceV(Library(DATA + name), call.origin)
    instance.slots.update(slots)
    return instance


@model(DATA + "TensorDataset", DATA + "dataset.TensorDataset")
def tensor_dataset(call: Call) -> Value:
    """Rows of several tensors side by side; they must have the same number."""
    sizes = [
        value.sig.shape[0] for value in call.args if isinstance(value, TensorV) and value.sig.shape
    ]
    if len({size for size in sizes if isinstance(size, int)}) > 1:
        failures.report(call, Error("AssertionError", "Size mismatch between tensors"), "call")
    instance = _instance(call, "TensorDataset", tensors=TupleV(tuple(call.args)))
    return instance


@method(DATA + "TensorDataset", "__getitem__")
def tensor_dataset_item(call: Call) -> Value:
    """A tuple with one row of each tensor."""
    instance, index = _receiver(call), call.args[1]
    tensors = instance.slots["tensors"].items
    return TupleV(tuple(_row(call, tensor, index) for tensor in tensors))


def _row(call: Call, tensor: Value, index: Value) -> Value:
    inner = Call(call.machine, call.node, "operator.getitem", [tensor, index], nodes=[None, None])
    return ask(inner)


@method(DATA + "TensorDataset", "__len__")
def tensor_dataset_length(call: Call) -> Value:
    """The number of rows."""
    tensors = _receiver(call).slots["tensors"].items
    return length_of(call.machine, tensors[0]) if tensors else Const(0)


def _receiver(call: Call) -> InstanceV:
    receiver = call.args[0]
    assert isinstance(receiver, InstanceV)
    return receiver


@model(DATA + "Subset", DATA + "ConcatDataset", DATA + "dataset.Subset")
def wrapper(call: Call) -> Value:
    """A dataset whose items are those of another one."""
    source = call.args[0] if call.args else NONE
    if call.name.endswith("Subset"):
        size = length_of(call.machine, call.args[1]) if len(call.args) > 1 else Scalar("int")
        return _instance(call, "Subset", dataset=source, **{"$length": size})
    first = source.items.items[0] if isinstance(source, ListV) and source.items.items else source
    total: Value = Const(0)
    if isinstance(source, ListV):
        total = _sum(call.machine, [dataset_length(call, item) for item in source.items.items])
    return _instance(call, "Subset", dataset=first, **{"$length": total})


def _sum(machine: Machine, values: list[Value]) -> Value:
    total: Dim = 0
    for value in values:
        dim = dim_of(value)
        if dim is None:
            return Scalar("int", machine.fresh("n"))
        total = dims.add(total, dim)
    return int_value(total, tuple(values))


@model(DATA + "random_split", DATA + "dataset.random_split")
def random_split(call: Call) -> Value:
    """Subsets of the given lengths, or of the given fractions."""
    source, lengths = call.argument(0, "dataset"), call.argument(1, "lengths")
    if source is None or not isinstance(lengths, (ListV, TupleV)):
        return call.machine.unknown("into how many parts a dataset is split is not known")
    items = lengths.items if isinstance(lengths, TupleV) else lengths.items.items
    sizes: list[Value] = list(items)
    if any(isinstance(size, Const) and isinstance(size.value, float) for size in items):
        sizes = _fractions(call, source, items)
    parts = tuple(_instance(call, "Subset", dataset=source, **{"$length": size}) for size in sizes)
    return ListV(parts)


def _fractions(call: Call, source: Value, items: tuple[Value, ...]) -> list[Value]:
    """Rounded down, the remainder dealt out from the front, as torch does."""
    total = dataset_length(call, source)
    parts = [item.value for item in items if isinstance(item, Const)]
    if not isinstance(total, Const) or len(parts) != len(items):
        return [Scalar("int", call.machine.fresh("n")) for _ in items]
    sizes = [int(total.value * part) for part in parts]
    for index in range(total.value - sum(sizes)):
        sizes[index % len(sizes)] += 1
    return [Const(size) for size in sizes]


@method(DATA + "Subset", "__getitem__")
def subset_item(call: Call) -> Value:
    """An item of the dataset behind."""
    instance = _receiver(call)
    return dataset_item(call, instance.slots["dataset"])


@method(DATA + "Subset", "__len__")
def subset_length(call: Call) -> Value:
    """The number of chosen items."""
    size: Value = _receiver(call).slots["$length"]
    return size


def dataset_item(call: Call, dataset: Value) -> Value:
    """One item of a dataset."""
    machine = call.machine
    if isinstance(dataset, InstanceV):
        subscript = _subscript(call)
        return attributes.instance_item(machine, subscript, dataset, Const(0))
    if isinstance(dataset, (ListV, TupleV)):
        items = dataset.items if isinstance(dataset, TupleV) else dataset.items.items
        if items:
            return items[0]
        rest = dataset.items.rest if isinstance(dataset, ListV) else None
        return rest or machine.unknown("an element of an empty list")
    if isinstance(dataset, TensorV):
        return _row(call, dataset, Const(0))
    if isinstance(dataset, RangeV):
        return Scalar("int")
    if isinstance(dataset, Unknown):
        return dataset
    return machine.unknown("the items of this dataset are not known")


def _subscript(call: Call):  # type: ignore[no-untyped-def]
    import ast

    place = ast.Subscript(call.node, call.node, ast.Load())
    return ast.copy_location(place, call.node)


def dataset_length(call: Call, dataset: Value) -> Value:
    """The number of items of a dataset."""
    return length_of(call.machine, dataset, call)


@model(DATA + "DataLoader", DATA + "dataloader.DataLoader")
def data_loader(call: Call) -> Value:
    """`DataLoader(dataset, batch_size=1, …)`."""
    dataset = call.argument(0, "dataset") or NONE
    sampler = call.argument(4, "batch_sampler")
    size: Value = call.argument(1, "batch_size") or Const(1)
    if sampler is not None and sampler != NONE:
        size = Scalar("int", call.machine.symbol_for(call.span, "B"))
    return _instance(
        call,
        "DataLoader",
        dataset=dataset,
        batch_size=size,
        **{
            "$drop_last": call.argument(8, "drop_last") or Const(False),
            "$collate": call.argument(6, "collate_fn") or NONE,
            "$shuffled": _shuffled(call),
        },
    )


def _shuffled(call: Call) -> bool:
    """Whether the items of a batch may be any."""
    given = (
        call.argument(2, "shuffle"),
        call.argument(3, "sampler"),
        call.argument(4, "batch_sampler"),
    )
    return any(value not in (None, NONE, Const(False)) for value in given)


@method(DATA + "DataLoader", "__len__")
def loader_length(call: Call) -> Value:
    """The number of batches."""
    instance = _receiver(call)
    total = dataset_length(call, instance.slots["dataset"])
    size = instance.slots["batch_size"]
    if isinstance(total, Const) and isinstance(size, Const) and size.value:
        count, left = divmod(total.value, size.value)
        dropped = instance.slots["$drop_last"] == Const(True)
        return Const(count + (1 if left and not dropped else 0))
    return Scalar("int", call.machine.symbol_for(call.span, "n"))


@method(DATA + "DataLoader", "__iter__")
def loader_iter(call: Call) -> Value:
    """The batches: full ones, and the last one with what is left over."""
    machine, instance = call.machine, _receiver(call)
    size = instance.slots["batch_size"]
    item = dataset_item(call, instance.slots["dataset"])
    if size == NONE:
        return IteratorV(Items((), item))
    total = dataset_length(call, instance.slots["dataset"])
    batches = _batch_sizes(machine, call, total, size, instance.slots["$drop_last"])
    collate = instance.slots["$collate"]
    if collate == NONE:
        odd = _unequal(call, instance, item, total, size)
        if odd is not None:
            return IteratorV(Items((), odd))
    made = [_batch(call, item, count, collate) for count in batches]
    if not made:
        return IteratorV(Items(()))
    length = loader_length(call)
    count = length.value if isinstance(length, Const) else None
    if count is not None and count <= 2:
        return IteratorV(Items(tuple(made[:count])))
    if len(made) == 2:
        if count is not None and count <= 64:
            return IteratorV(Items((*([made[0]] * (count - 1)), made[1])))
        return IteratorV(Items((made[0], made[1]), made[0], count))
    return IteratorV(Items((made[0],), made[0], count))


def _unequal(
    call: Call, instance: InstanceV, first: Value, total: Value, size: Value
) -> Value | None:
    """The failure of the first batch, where two of its items surely have different shapes."""
    dataset = instance.slots["dataset"]
    count = size.value if isinstance(size, Const) else None
    known = total.value if isinstance(total, Const) else None
    if not isinstance(count, int) or not isinstance(known, int) or min(count, known) < 2:
        return None
    if instance.slots["$shuffled"] and count < known:
        return None
    items = [first]
    if isinstance(dataset, (ListV, TupleV)):
        listed = dataset.items if isinstance(dataset, TupleV) else dataset.items.items
        items = list(listed[:count])
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


def _batch_sizes(
    machine: Machine, call: Call, total: Value, size: Value, drop_last: Value
) -> list[Dim]:
    batch = dim_of(size)
    if batch is None:
        batch = machine.symbol_for(call.span, "B")
    if not isinstance(total, Const) or not isinstance(batch, int) or batch < 1:
        return [batch]
    full, left = divmod(total.value, batch)
    sizes: list[Dim] = [batch] if full else []
    if left and drop_last != Const(True):
        sizes.append(left)
    return sizes


def _batch(call: Call, item: Value, count: Dim, collate: Value) -> Value:
    if collate != NONE:
        from ..interpreter.functions import call_value

        known = count if isinstance(count, int) and count <= 256 else None
        items = ListV((item,) * known) if known else ListV(Items((), item, count))
        inner = Call(call.machine, call.node, "collate_fn", [items], nodes=[None])
        return call_value(inner, collate)
    return default_collate(call, item, count)


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
        from ..values.model import Sig

        return TensorV(Sig((count,), dtype), call.origin)
    if kind == "str":
        return ListV(Items((), item, count))
    if item == NONE:
        message = (
            "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
            "found <class 'NoneType'>"
        )
        return failures.report(call, Error("TypeError", message), "call")
    if isinstance(item, Unknown):
        return item
    return Unknown(text("the items of this dataset are not known"))


def _number_kind(item: Value) -> str | None:
    if isinstance(item, Const):
        return type(item.value).__name__
    if isinstance(item, Scalar):
        return item.type
    return "int" if isinstance(item, SymInt) else None
