"""Samplers of `torch.utils.data`: in which order items are taken, and how many.

https://docs.pytorch.org/docs/2.13/data.html#data-loading-order-and-sampler
"""

from __future__ import annotations

from ..interpreter.call import Call
from ..values.model import NONE, Const, InstanceV, Library, Scalar, Value
from .builtin_functions import length_of
from .registry import method, model

_DATA = "torch.utils.data."
_COUNT, _BATCH, _DROP = "$count", "$batch", "$drop_last"


def _sampler(call: Call, name: str, count: Value) -> InstanceV:
    instance = InstanceV(Library(_DATA + name), call.origin)
    instance.slots[_COUNT] = count
    return instance


@model(_DATA + "SequentialSampler", _DATA + "SubsetRandomSampler", _DATA + "RandomSampler")
@model(*(f"{_DATA}sampler.{kind}Sampler" for kind in ("Sequential", "SubsetRandom", "Random")))
def plain(call: Call) -> Value:
    """As many as there are, or as `num_samples` says."""
    name = call.name.rpartition(".")[2]
    chosen = call.argument(2, "num_samples") if name == "RandomSampler" else None
    source = call.args[0] if call.args else next(iter(call.kwargs.values()), NONE)
    if chosen is None or chosen == NONE:
        chosen = length_of(call.machine, source, call)
    return _sampler(call, name, chosen)


@model(_DATA + "WeightedRandomSampler", _DATA + "sampler.WeightedRandomSampler")
def weighted(call: Call) -> Value:
    """`WeightedRandomSampler(weights, num_samples)`."""
    count = call.argument(1, "num_samples") or Scalar("int")
    return _sampler(call, "WeightedRandomSampler", count)


@model(_DATA + "BatchSampler", _DATA + "sampler.BatchSampler")
def batches(call: Call) -> Value:
    """`BatchSampler(sampler, batch_size, drop_last)`: so many batches of that size."""
    source, size = call.argument(0, "sampler") or NONE, call.argument(1, "batch_size")
    drop = call.argument(2, "drop_last") or Const(False)
    total = length_of(call.machine, source, call)
    instance = _sampler(call, "BatchSampler", total)
    instance.slots.update({_BATCH: size or Scalar("int"), _DROP: drop})
    return instance


@method(_DATA + "SequentialSampler", "__len__")
@method(_DATA + "SubsetRandomSampler", "__len__")
@method(_DATA + "RandomSampler", "__len__")
@method(_DATA + "WeightedRandomSampler", "__len__")
def length(call: Call) -> Value:
    """How many items it takes."""
    sampler = call.args[0]
    assert isinstance(sampler, InstanceV)
    count: Value = sampler.slots[_COUNT]
    return count


@method(_DATA + "BatchSampler", "__len__")
def batch_count(call: Call) -> Value:
    """How many batches it gives."""
    sampler = call.args[0]
    assert isinstance(sampler, InstanceV)
    return number_of_batches(
        call, sampler.slots[_COUNT], sampler.slots[_BATCH], sampler.slots[_DROP]
    )


def number_of_batches(call: Call, total: Value, size: Value, drop_last: Value) -> Value:
    """How many batches of a size a number of items makes."""
    if isinstance(total, Const) and isinstance(size, Const) and size.value:
        count, left = divmod(total.value, size.value)
        return Const(count + (1 if left and drop_last != Const(True) else 0))
    return Scalar("int", call.machine.symbol_for(call.span, "n"))


def of_batches(sampler: Value | None) -> tuple[Value, Value, Value] | None:
    """How many items a `BatchSampler` takes, its batch size and `drop_last`; None for others."""
    if not isinstance(sampler, InstanceV) or _BATCH not in sampler.slots:
        return None
    return sampler.slots[_COUNT], sampler.slots[_BATCH], sampler.slots[_DROP]
