"""`nn.Sequential`, `ModuleList`, `ModuleDict`, `ParameterList`, `ParameterDict`.

The submodules are attributes named "0", "1", … as in torch, so that everything
that walks over submodules works on them too.
"""

from __future__ import annotations

from typing import Any

from ...runtime.oracle.wire import Error
from ..facts import text
from ..interpreter import failures
from ..interpreter.call import Call
from ..interpreter.iteration import iterate
from ..values.model import (
    NONE,
    Const,
    DictV,
    InstanceV,
    Items,
    IteratorV,
    Library,
    SliceV,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .modules import is_module
from .registry import method, model

SEQUENTIAL = "torch.nn.Sequential"
MODULE_LIST = "torch.nn.ModuleList"
MODULE_DICT = "torch.nn.ModuleDict"
PARAMETER_LIST = "torch.nn.ParameterList"
PARAMETER_DICT = "torch.nn.ParameterDict"
_ALL = (SEQUENTIAL, MODULE_LIST, MODULE_DICT, PARAMETER_LIST, PARAMETER_DICT)
_LISTS = (SEQUENTIAL, MODULE_LIST, PARAMETER_LIST)
_DICTS = (MODULE_DICT, PARAMETER_DICT)


@model(*_ALL)
def construct(call: Call) -> Value:
    """A new container."""
    instance = InstanceV(Library(call.name), call.origin)
    instance.slots["$training"] = True
    _fill(call, instance, call.args)
    return instance


@method(SEQUENTIAL, "__init__")
@method(MODULE_LIST, "__init__")
@method(MODULE_DICT, "__init__")
@method(PARAMETER_LIST, "__init__")
@method(PARAMETER_DICT, "__init__")
def init(call: Call) -> Value:
    """`super().__init__(…)` in a subclass."""
    instance = _receiver(call)
    call.machine.trail.set(instance.slots, "$training", True)
    _fill(call.renamed(call.name.rpartition(".")[0]), instance, call.args[1:])
    return NONE


def _receiver(call: Call) -> InstanceV:
    receiver = call.args[0]
    assert isinstance(receiver, InstanceV)
    return receiver


def _fill(call: Call, instance: InstanceV, args: list[Value]) -> None:
    if call.incomplete is not None:
        _set_unknown(call, instance, call.incomplete)
    elif call.name == SEQUENTIAL and not (len(args) == 1 and isinstance(args[0], DictV)):
        for index, value in enumerate(args):
            if not isinstance(value, (InstanceV, Unknown)) and not _may_be_module(value):
                kind = type(value).__name__.removesuffix("V").lower()
                error = Error("TypeError", f"{kind} is not a Module subclass")
                failures.report(call, error, "layer")
                _set_unknown(call, instance, Unknown(text("this layer cannot be made")))
                return
            _append(call, instance, value, index)
    elif args:
        _extend(call, instance, args[0])


def _may_be_module(value: Value) -> bool:
    return type(value).__name__ in ("Alternatives", "Plain", "Native", "FunctionV", "Library")


def _set_unknown(call: Call, instance: InstanceV, reason: Value) -> None:
    call.machine.trail.set(instance.slots, "$rest", reason)


def _append(call: Call, instance: InstanceV, value: Value, index: int | None = None) -> None:
    name = str(len(_members(instance)) if index is None else index)
    call.machine.trail.set(instance.slots, name, value)


def _extend(call: Call, instance: InstanceV, source: Value) -> None:
    if isinstance(source, DictV):
        for key, value in source.slots["items"].items():
            call.machine.trail.set(instance.slots, str(key), value)
        if source.slots["rest"] is not None:
            _set_unknown(call, instance, source.slots["rest"])
        return
    if isinstance(source, InstanceV) and is_module(source):
        for value in _members(source).values():
            _append(call, instance, value)
        return
    items = iterate(call.machine, Call(call.machine, call.node, "iter", [source]), source)
    for value in items.items:
        if isinstance(value, TupleV) and len(value.items) == 2 and call.name in _DICTS:
            key = value.items[0]
            if isinstance(key, Const):
                call.machine.trail.set(instance.slots, str(key.value), value.items[1])
        else:
            _append(call, instance, value)
    if items.rest is not None:
        _set_unknown(call, instance, items.rest)


def _members(instance: InstanceV) -> dict[str, Value]:
    """The entries of a container, by name."""
    return {
        name: value
        for name, value in instance.slots.items()
        if not name.startswith("$")
        and (is_module(value) or isinstance(value, (TensorV, Unknown)) or _may_be_module(value))
    }


@method(SEQUENTIAL, "forward", "__call__")
def sequential_forward(call: Call) -> Value:
    """Each module is called on what the one before it returned."""
    from ..interpreter.functions import call_value

    instance = _receiver(call)
    value = call.argument(1, "input")
    if value is None:
        return call.machine.unknown("nothing is passed to this module")
    if "$rest" in instance.slots:
        reason = instance.slots["$rest"]
        return (
            reason
            if isinstance(reason, Unknown)
            else call.machine.unknown("how many layers this module has is not known")
        )
    node = call.nodes[1] if len(call.nodes) > 1 else None
    for name, member in _members(instance).items():
        step = Call(
            call.machine, call.node, f"{instance.class_name}[{name}]", [value], nodes=[node]
        )
        value = call_value(step, member)
        if isinstance(value, Unknown):
            return value
        node = None
    return value


@method(SEQUENTIAL, "__iter__")
@method(MODULE_LIST, "__iter__")
@method(PARAMETER_LIST, "__iter__")
def list_iter(call: Call) -> Value:
    """Iterates over the entries."""
    instance = _receiver(call)
    rest = instance.slots.get("$rest")
    return IteratorV(Items(tuple(_members(instance).values()), rest))


@method(MODULE_DICT, "__iter__", "keys")
@method(PARAMETER_DICT, "__iter__", "keys")
def dict_keys(call: Call) -> Value:
    """The names of the entries."""
    return IteratorV(Items(tuple(Const(name) for name in _members(_receiver(call)))))


@method(MODULE_DICT, "values", "items")
@method(PARAMETER_DICT, "values", "items")
def dict_values(call: Call) -> Value:
    """The entries, with or without their names."""
    members = _members(_receiver(call))
    if call.name.endswith("values"):
        return IteratorV(Items(tuple(members.values())))
    pairs = tuple(TupleV((Const(name), value)) for name, value in members.items())
    return IteratorV(Items(pairs))


@method(SEQUENTIAL, "__getitem__")
@method(MODULE_LIST, "__getitem__")
@method(MODULE_DICT, "__getitem__")
@method(PARAMETER_LIST, "__getitem__")
@method(PARAMETER_DICT, "__getitem__")
def get_item(call: Call) -> Value:
    """An entry by number or name; a slice gives a container."""
    instance, key = _receiver(call), call.args[1]
    members = _members(instance)
    if isinstance(key, Const) and isinstance(key.value, str):
        return members.get(key.value) or call.machine.unknown("the key is not in the dict")
    values = list(members.values())
    if isinstance(key, Const) and isinstance(key.value, int):
        if -len(values) <= key.value < len(values):
            return values[key.value]
        return call.machine.unknown("the index is out of range")
    if isinstance(key, SliceV):
        bounds = [b.value for b in (key.start, key.stop, key.step) if isinstance(b, Const)]
        if len(bounds) == 3:
            part = InstanceV(instance.cls, call.origin)
            part.slots["$training"] = instance.slots["$training"]
            for index, value in enumerate(values[slice(*bounds)]):
                part.slots[str(index)] = value
            return part
    result: Value | None = None
    for value in values:
        result = value if result is None else call.machine.joiner.join(result, value)
    return result or call.machine.unknown("which entry this is is not known")


@method(SEQUENTIAL, "__setitem__")
@method(MODULE_LIST, "__setitem__")
@method(MODULE_DICT, "__setitem__")
@method(PARAMETER_LIST, "__setitem__")
@method(PARAMETER_DICT, "__setitem__")
def set_item(call: Call) -> Value:
    """Replaces an entry, or adds one under a name."""
    instance, key, value = _receiver(call), call.args[1], call.args[2]
    if not isinstance(key, Const):
        _set_unknown(call, instance, call.machine.unknown("which entry this is is not known"))
        return NONE
    name, names = str(key.value), list(_members(instance))
    if isinstance(key.value, int) and -len(names) <= key.value < len(names):
        # By number, whatever the entry is called.
        name = names[key.value]
    call.machine.trail.set(instance.slots, name, value)
    return NONE


@method(SEQUENTIAL, "__len__")
@method(MODULE_LIST, "__len__")
@method(MODULE_DICT, "__len__")
@method(PARAMETER_LIST, "__len__")
def length(call: Call) -> Value:
    """The number of entries."""
    instance = _receiver(call)
    if "$rest" in instance.slots:
        return call.machine.unknown("how many layers this module has is not known")
    return Const(len(_members(instance)))


def _renumber(call: Call, instance: InstanceV, values: list[Value]) -> None:
    """Makes these the entries, by number."""
    for name in _members(instance):
        call.machine.trail.delete(instance.slots, name)
    for index, value in enumerate(values):
        call.machine.trail.set(instance.slots, str(index), value)


@method(SEQUENTIAL, "insert")
@method(MODULE_LIST, "insert")
def insert(call: Call) -> Value:
    """Adds an entry in front of another one."""
    instance, index, value = _receiver(call), call.argument(1, "index"), call.argument(2, "module")
    if not isinstance(index, Const) or not isinstance(index.value, int) or value is None:
        _set_unknown(call, instance, call.machine.unknown("which entry this is is not known"))
        return instance
    values = list(_members(instance).values())
    values.insert(index.value, value)
    _renumber(call, instance, values)
    return instance


@method(SEQUENTIAL, "pop", "__delitem__")
@method(MODULE_LIST, "pop", "__delitem__")
def remove(call: Call) -> Value:
    """Takes out an entry, or a slice of them; the others are numbered anew."""
    instance, key = _receiver(call), call.argument(1, "key")
    values = list(_members(instance).values())
    index: Any = None
    if isinstance(key, Const) and isinstance(key.value, int):
        index = key.value
    elif isinstance(key, SliceV):
        bounds = [b.value for b in (key.start, key.stop, key.step) if isinstance(b, Const)]
        index = slice(*bounds) if len(bounds) == 3 else None
    try:
        taken = values[index]
        del values[index]
    except (TypeError, IndexError):
        _set_unknown(call, instance, call.machine.unknown("which entry this is is not known"))
        return call.machine.unknown("which entry this is is not known")
    _renumber(call, instance, values)
    return taken if isinstance(taken, Value) else NONE


@method(MODULE_DICT, "pop", "__delitem__")
@method(PARAMETER_DICT, "pop", "__delitem__")
def remove_named(call: Call) -> Value:
    """Takes out an entry by its name."""
    instance, key = _receiver(call), call.argument(1, "key")
    members = _members(instance)
    if not isinstance(key, Const) or key.value not in members:
        _set_unknown(call, instance, call.machine.unknown("which entry this is is not known"))
        return call.machine.unknown("which entry this is is not known")
    call.machine.trail.delete(instance.slots, key.value)
    return members[key.value]


@method(MODULE_DICT, "update", "clear")
@method(PARAMETER_DICT, "update", "clear")
def update(call: Call) -> Value:
    """Adds the entries of a dict, or takes all out."""
    instance = _receiver(call)
    if call.name.endswith("clear"):
        for name in _members(instance):
            call.machine.trail.delete(instance.slots, name)
    else:
        _extend(call.renamed(MODULE_DICT), instance, call.args[1] if len(call.args) > 1 else NONE)
    return NONE


@method(MODULE_LIST, "append", "extend")
@method(SEQUENTIAL, "append", "extend")
@method(PARAMETER_LIST, "append", "extend")
def append(call: Call) -> Value:
    """Adds entries at the end."""
    instance = _receiver(call)
    if call.name.endswith("extend"):
        _extend(call, instance, call.args[1])
    else:
        _append(call, instance, call.args[-1])
    return instance


@method(MODULE_LIST, "forward", "__call__")
@method(MODULE_DICT, "forward", "__call__")
def list_forward(call: Call) -> Value:
    """They are containers, not layers."""
    name = call.name.split(".")[2]
    error = Error(
        "NotImplementedError", f'Module [{name}] is missing the required "forward" function'
    )
    return failures.report(call, error, "python")
