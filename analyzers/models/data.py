"""`torch.utils.data`: datasets, and loaders that batch their items.

https://docs.pytorch.org/docs/2.13/data.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...runtime.oracle import dims
from ...runtime.oracle.dims import Dim
from ...runtime.oracle.wire import Error
from ..interpreter import attributes, failures
from ..interpreter.call import Call
from ..interpreter.iteration import iterate
from ..interpreter.machine import Machine
from ..interpreter.operators import dim_of, int_value
from ..values.model import (
    NONE,
    Alternatives,
    Const,
    InstanceV,
    Items,
    IteratorV,
    Library,
    ListV,
    Scalar,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import samplers
from .builtin_functions import length_of
from .data_items import (
    dataset_item,
    default_collate,
    either,
    is_stream,
    misfit,
    row,
    samples,
    some_of,
    unequal,
)
from .registry import method, model

DATA = "torch.utils.data."


Slots = dict[str, Any]
_Fill = Callable[[Call], Slots]


def _constructor(name: str, *modules: str) -> Callable[[_Fill], _Fill]:
    """Registers what a class's constructor sets, also for classes that inherit from it.

    What is registered looks at the arguments behind `self`.
    """

    def register(fill: _Fill) -> _Fill:
        def construct(call: Call) -> Value:
            instance = InstanceV(Library(DATA + name), call.origin)
            instance.slots.update(fill(call))
            return instance

        def init(call: Call) -> Value:
            instance = _receiver(call)
            inner = replace(call, args=call.args[1:], nodes=call.nodes[1:])
            for key, value in fill(inner).items():
                call.machine.trail.set(instance.slots, key, value)
            return NONE

        model(DATA + name, *(f"{DATA}{module}.{name}" for module in modules))(construct)
        method(DATA + name, "__init__")(init)
        return fill

    return register


def _receiver(call: Call) -> InstanceV:
    receiver = call.args[0]
    assert isinstance(receiver, InstanceV)
    return receiver


def _slot(call: Call, name: str) -> Value:
    """What the constructor set; unknown where a learner's class does not call it."""
    value: Value | None = _receiver(call).slots.get(name)
    return value or call.machine.unknown("the items of this dataset are not known")


@_constructor("TensorDataset", "dataset")
def tensor_dataset(call: Call) -> Slots:
    """Rows of several tensors side by side; they must have the same number."""
    sizes = [
        value.sig.shape[0] for value in call.args if isinstance(value, TensorV) and value.sig.shape
    ]
    if len({size for size in sizes if isinstance(size, int)}) > 1:
        failures.report(call, Error("AssertionError", "Size mismatch between tensors"), "call")
    return {"tensors": call.incomplete or TupleV(tuple(call.args))}


@method(DATA + "TensorDataset", "__getitem__")
def tensor_dataset_item(call: Call) -> Value:
    """A tuple with one row of each tensor."""
    tensors = _slot(call, "tensors")
    if not isinstance(tensors, TupleV):
        return tensors
    return TupleV(tuple(row(call, tensor, call.args[1]) for tensor in tensors.items))


@method(DATA + "TensorDataset", "__len__")
def tensor_dataset_length(call: Call) -> Value:
    """The number of rows."""
    tensors = _slot(call, "tensors")
    if not isinstance(tensors, TupleV) or not tensors.items:
        return Scalar("int", call.machine.symbol_for(call.span, "n"))
    return length_of(call.machine, tensors.items[0])


@_constructor("Subset", "dataset")
def subset(call: Call) -> Slots:
    """Chosen items of another dataset."""
    source, indices = call.argument(0, "dataset"), call.argument(1, "indices")
    size = length_of(call.machine, indices) if indices is not None else Scalar("int")
    return {"dataset": source or NONE, "$length": size}


@_constructor("ConcatDataset", "dataset")
def concat_dataset(call: Call) -> Slots:
    """Several datasets one behind the other."""
    given = call.argument(0, "datasets") or NONE
    sources: tuple[Value, ...] = ()
    if isinstance(given, TupleV):
        sources = given.items
    elif isinstance(given, ListV) and given.items.rest is None:
        sources = given.items.items
    return _behind_each_other(call, sources)


def _behind_each_other(call: Call, sources: tuple[Value, ...]) -> Slots:
    if not sources:
        return {"dataset": call.machine.unknown("the items of this dataset are not known")}
    total = _sum(call.machine, [dataset_length(call, source) for source in sources])
    dataset = sources[0] if len(sources) == 1 else Alternatives(sources)
    return {"dataset": dataset, "$length": total}


@method(DATA + "Dataset", "__add__")
def added(call: Call) -> Value:
    """`dataset + dataset` is `ConcatDataset([dataset, dataset])`."""
    instance = InstanceV(Library(DATA + "ConcatDataset"), call.origin)
    instance.slots.update(_behind_each_other(call, tuple(call.args)))
    return instance


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
    total = dataset_length(call, source)
    known = [size.value for size in sizes if isinstance(size, Const)]
    complete = isinstance(lengths, TupleV) or lengths.items.rest is None
    complete = complete and len(known) == len(sizes)
    if complete and isinstance(total, Const) and sum(known) != total.value:
        told = "Sum of input lengths does not equal the length of the input dataset!"
        return failures.report(call, Error("ValueError", told), "call")
    return ListV(tuple(_part(call, source, size) for size in sizes))


def _part(call: Call, source: Value, size: Value) -> InstanceV:
    instance = InstanceV(Library(DATA + "Subset"), call.origin)
    instance.slots.update({"dataset": source, "$length": size})
    return instance


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
@method(DATA + "ConcatDataset", "__getitem__")
def subset_item(call: Call) -> Value:
    """An item of the dataset behind."""
    return dataset_item(call, _slot(call, "dataset"))


@method(DATA + "Subset", "__len__")
@method(DATA + "ConcatDataset", "__len__")
def subset_length(call: Call) -> Value:
    """The number of chosen items."""
    size: Value | None = _receiver(call).slots.get("$length")
    return size or Scalar("int", call.machine.symbol_for(call.span, "n"))


def dataset_length(call: Call, dataset: Value) -> Value:
    """The number of items of a dataset."""
    if is_stream(dataset) and attributes.find_method(dataset, "__len__") is None:
        return Scalar("int", call.machine.symbol_for((call.span, "items"), "n"))
    return length_of(call.machine, dataset, call)


@_constructor("DataLoader", "dataloader")
def data_loader(call: Call) -> Slots:
    """`DataLoader(dataset, batch_size=1, …)`."""
    dataset = call.argument(0, "dataset") or NONE
    sampler, batches = call.argument(3, "sampler"), call.argument(4, "batch_sampler")
    size: Value = call.argument(1, "batch_size") or Const(1)
    drop_last = call.argument(8, "drop_last") or Const(False)
    total: Value | None = None
    if sampler is not None and sampler != NONE:
        total = length_of(call.machine, sampler, call)
    if batches is not None and batches != NONE:
        known = samplers.of_batches(batches)
        if known is not None:
            total, size, drop_last = known
        else:
            size = Scalar("int", call.machine.symbol_for(call.span, "B"))
            total = Scalar("int", call.machine.symbol_for((call.span, "items"), "n"))
    return {
        "dataset": dataset,
        "batch_size": size,
        "num_workers": call.argument(5, "num_workers") or Const(0),
        "$total": total,
        "$drop_last": drop_last,
        "$collate": call.argument(6, "collate_fn") or NONE,
        "$shuffled": _shuffled(call),
    }


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
    if "batch_size" not in instance.slots:
        return Scalar("int", call.machine.symbol_for(call.span, "n"))
    total = _taken(call, instance)
    return samplers.number_of_batches(
        call, total, instance.slots["batch_size"], instance.slots["$drop_last"]
    )


def _taken(call: Call, loader: InstanceV) -> Value:
    """How many items a loader takes: all, or as many as its sampler says."""
    total: Value | None = loader.slots.get("$total")
    return total or dataset_length(call, loader.slots["dataset"])


@method(DATA + "DataLoader", "__iter__")
def loader_iter(call: Call) -> Value:
    """The batches: full ones, and the last one with what is left over."""
    machine, instance = call.machine, _receiver(call)
    if "batch_size" not in instance.slots:
        return IteratorV(Items((), _slot(call, "dataset")))
    dataset, size = instance.slots["dataset"], instance.slots["batch_size"]
    some = samples(call, dataset)
    item = either(call, some)
    if size == NONE:
        return IteratorV(Items((), item))
    total = _taken(call, instance)
    if is_stream(dataset):
        given = iterate(machine, call, dataset)
        total = Const(len(given.items)) if given.rest is None else total
    batches = _batch_sizes(machine, call, total, size, instance.slots["$drop_last"])
    collate = instance.slots["$collate"]
    if collate == NONE:
        odd = unequal(call, instance, some, total, size)
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


@model(
    DATA + "default_collate",
    DATA + "dataloader.default_collate",
    DATA + "_utils.collate.default_collate",
)
def collate(call: Call) -> Value:
    """`default_collate(items)`, called by hand or given as `collate_fn`."""
    batch = call.argument(0, "batch")
    if batch is None or isinstance(batch, Unknown):
        return batch or call.machine.unknown("what is put together to a batch is not known")
    items = iterate(call.machine, call, batch)
    if items.rest is None:
        odd = misfit(call, items.items)
        if odd is not None:
            return odd
    known = len(items.items) if items.rest is None else items.length
    count = call.machine.symbol_for(call.span, "B") if known is None else known
    return default_collate(call, either(call, some_of(call, items)), count)


def _batch_sizes(
    machine: Machine, call: Call, total: Value, size: Value, drop_last: Value
) -> list[Dim]:
    batch = dim_of(size)
    if batch is None:
        batch = machine.symbol_for(call.span, "B")
    if not isinstance(total, Const) and drop_last != Const(True) and batch != 1:
        # What is left over is not known, and may be nothing.
        return [batch, machine.symbol_for((call.span, "last"), "B")]
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
