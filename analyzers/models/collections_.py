"""`collections`: deque, defaultdict, Counter, namedtuple."""

from __future__ import annotations

from typing import Any

from ..interpreter.call import Call
from ..values.model import (
    NONE,
    Const,
    DictV,
    Items,
    ListV,
    Native,
    Scalar,
    TupleV,
    Value,
)
from .builtin_iteration import items_of
from .python_methods import limited
from .registry import model


@model("collections.deque")
def deque(call: Call) -> Value:
    """For all that is tracked, a list, which may have a `maxlen`."""
    made = ListV(Items(()))
    limit = call.argument(1, "maxlen")
    if limit is not None and limit != NONE:
        made.slots["$limit"] = limit
    items = items_of(call, call.argument(0, "iterable") or TupleV(()))
    made.slots["items"] = limited(made, items)
    return made


@model("collections.defaultdict")
def defaultdict(call: Call) -> Value:
    """A dict that makes missing entries."""
    from ..interpreter.functions import call_value

    result = DictV({}, type_name="defaultdict")
    if call.args:
        factory = call.args[0]
        result.slots["factory"] = lambda: call_value(
            Call(call.machine, call.node, "factory"), factory
        )
    return result


@model("collections.Counter")
def counter(call: Call) -> Value:
    """Counts; which keys there are is taken as not known."""
    return DictV({}, Scalar("int"), "Counter")


@model("collections.namedtuple", "typing.NamedTuple")
def namedtuple(call: Call) -> Value:
    """A class of tuples with names."""
    name, fields = call.argument(0, "typename"), call.argument(1, "field_names")
    names: tuple[str, ...] = ()
    if isinstance(fields, Const) and isinstance(fields.value, str):
        names = tuple(fields.value.replace(",", " ").split())
    elif isinstance(fields, (ListV, TupleV)):
        items: Any = fields.items if isinstance(fields, TupleV) else fields.items.items
        names = tuple(item.value for item in items if isinstance(item, Const))
    title = str(name.value) if isinstance(name, Const) else "tuple"

    def construct(inner: Call) -> Value:
        values = [
            inner.argument(index, field) or inner.machine.unknown("a field that is not given")
            for index, field in enumerate(names)
        ]
        return TupleV(tuple(values), title, names)

    return Native(title, construct)
