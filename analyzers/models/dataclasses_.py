"""`dataclasses`: instances as dicts, as tuples, and with some fields replaced."""

from __future__ import annotations

from ..interpreter import classes
from ..interpreter.call import Call
from ..values.model import ClassV, DictV, InstanceV, ListV, TupleV, Value
from .registry import model
from .stdlib import clone


def _fields(value: Value | None) -> tuple[InstanceV, ClassV, dict[str, ClassV]] | None:
    if not isinstance(value, InstanceV) or not isinstance(value.cls, ClassV):
        return None
    found = classes.dataclass_fields(value.cls)
    return (value, value.cls, found) if all(name in value.slots for name in found) else None


@model("dataclasses.replace")
def replace(call: Call) -> Value:
    """A new instance, made by the constructor from the old fields and the new ones."""
    known = _fields(call.args[0] if call.args else None)
    if known is None or call.incomplete is not None:
        return call.machine.unknown("`{name}` is not followed", name=call.name)
    value, cls, fields = known
    given = {
        name: value.slots[name]
        for name, entry in fields.items()
        if not classes.given_later(entry, name)
    }
    inner = Call(call.machine, call.node, cls.name, kwargs={**given, **call.kwargs})
    return classes.instantiate(inner, cls)


@model("dataclasses.asdict", "dataclasses.astuple")
def as_container(call: Call) -> Value:
    """The fields, copied, as a dict or a tuple."""
    known = _fields(call.argument(0, "obj"))
    if known is None:
        return call.machine.unknown("`{name}` is not followed", name=call.name)
    value, _, fields = known
    as_dict = call.name.endswith("asdict")

    def convert(item: Value) -> Value:
        inner = _fields(item) if isinstance(item, InstanceV) else None
        if inner is not None and "$dataclass" in inner[1].slots:
            return as_container(Call(call.machine, call.node, call.name, [item], nodes=[None]))
        return clone(item, {}) if isinstance(item, (ListV, DictV)) else item

    found = {name: convert(value.slots[name]) for name in fields}
    return DictV(dict(found)) if as_dict else TupleV(tuple(found.values()))
