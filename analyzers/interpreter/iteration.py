"""Iterating over values: what each element is, and how many there are."""

from __future__ import annotations

from ...runtime.oracle.wire import Error
from ..facts import text
from ..values.model import (
    Alternatives,
    Const,
    DictV,
    Hole,
    InstanceV,
    Items,
    IteratorV,
    ListV,
    RangeV,
    Scalar,
    SetV,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import attributes, enums, failures, holes
from .ask import ask
from .call import Call
from .machine import Machine

MAX_ELEMENTS = 256
"""Elements that are told apart; of longer sequences the first ones, and what the rest is."""


def iterate(machine: Machine, call: Call, value: Value, whole: bool = False) -> Items:
    """The elements of an iterable.

    Args:
        call: where the iteration stands, for problems; `call.args[0]` is the value.
        whole: the caller takes all elements (an unpacking), so that an iterator
            is used up.
    """
    if isinstance(value, TupleV):
        return Items(value.items)
    if isinstance(value, ListV):
        return value.items
    if isinstance(value, IteratorV):
        items = value.items
        machine.trail.set(value.slots, "items", Items(()))
        return items
    if isinstance(value, RangeV):
        return _range(machine, value)
    if isinstance(value, DictV):
        return _keys(value)
    if isinstance(value, SetV):
        known = value.slots["items"]
        return Items(known) if known is not None else Items((), Unknown(text("a set's element")))
    if isinstance(value, Const):
        return _constant(value)
    if isinstance(value, Scalar) and value.type == "str":
        return Items((), Scalar("str"))
    if isinstance(value, TensorV):
        return _tensor(machine, call, value)
    if isinstance(value, InstanceV):
        return attributes.iterate_instance(machine, call, value)
    members = enums.members_of(value)
    if members is not None:
        return members
    if isinstance(value, Alternatives):
        options = [iterate(machine, call, option, whole) for option in value.options]
        joined = options[0]
        for option in options[1:]:
            joined = machine.joiner.join_slot(joined, option)
        return joined
    if isinstance(value, Unknown):
        return Items((), holes.member(value, "[]") if type(value) is Hole else value)
    return Items((), Unknown(text("the elements of this object are not known")))


def _range(machine: Machine, value: RangeV) -> Items:
    bounds = (value.start, value.stop, value.step)
    if all(isinstance(b, Const) and type(b.value) is int for b in bounds):
        start, stop, step = (b.value for b in bounds if isinstance(b, Const))
        if step == 0:
            return Items(())
        numbers = range(start, stop, step)
        items = tuple(Const(number) for number in numbers[:MAX_ELEMENTS])
        if len(numbers) <= MAX_ELEMENTS:
            return Items(items)
        return Items(items, Scalar("int", machine.fresh("i")), len(numbers))
    first = (value.start,) if isinstance(value.start, Const) else ()
    length = None
    if first and value.start == Const(0) and value.step == Const(1):
        if isinstance(value.stop, SymInt):
            length = value.stop.expression
        elif isinstance(value.stop, Scalar):
            length = value.stop.name or None
    return Items(first, Scalar("int", machine.fresh("i")), length)


def _keys(value: DictV) -> Items:
    keys = tuple(Const(key) for key in value.slots["items"])
    if value.slots["rest"] is None:
        return Items(keys)
    return Items(keys, Unknown(text("which keys a dict has is not known")))


def _constant(value: Const) -> Items:
    if isinstance(value.value, (str, bytes)):
        items = tuple(Const(item) for item in value.value[:MAX_ELEMENTS])
        if len(value.value) <= MAX_ELEMENTS:
            return Items(items)
        kind = "str" if isinstance(value.value, str) else "int"
        return Items(items, Scalar(kind), len(value.value))
    return Items((), Unknown(text("this cannot be iterated over")))


def _tensor(machine: Machine, call: Call, value: TensorV) -> Items:
    shape = value.sig.shape
    if shape is None:
        return Items((), TensorV(value.sig._replace(value=None), value.origin, value.parents))
    if shape == ():
        error = Error("TypeError", "iteration over a 0-d tensor")
        return Items((), failures.report(call, error, "python"))
    first = shape[0]
    count = first if isinstance(first, int) else None
    if count == 0:
        return Items(())

    def element(index: int) -> Value:
        item = Call(
            machine,
            call.node,
            "operator.getitem",
            [value, Const(index)],
            nodes=[*call.nodes[:1], None],
        )
        return ask(item)

    if count is not None and count <= 16:
        return Items(tuple(element(index) for index in range(count)))
    sample = element(0)
    if isinstance(sample, TensorV):
        sample = TensorV(sample.sig._replace(value=None), sample.origin, sample.parents)
    return Items((sample,), sample, first)
