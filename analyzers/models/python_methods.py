"""Methods of Python's own types: lists, dicts, sets, tuples, iterators, text, numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...runtime.oracle import dims
from ...runtime.oracle.wire import Error
from ..facts import text
from ..interpreter import failures
from ..interpreter.call import Call
from ..interpreter.machine import Machine
from ..interpreter.operators import concatenate, dim_of, int_value, wide
from ..values.model import (
    NONE,
    Const,
    DictV,
    Items,
    IteratorV,
    ListV,
    Native,
    Scalar,
    SetV,
    SymInt,
    TupleV,
    Unknown,
    Value,
)
from .builtin_iteration import items_of


def get(machine: Machine, owner: Value, name: str) -> Value:
    """`owner.name` for a value of one of Python's own types."""
    if isinstance(owner, TupleV):
        return _tuple(machine, owner, name)
    table = _TABLES.get(type(owner))
    if table is not None:
        found = table.get(name)
        if found is not None:
            return Native(name, lambda call: found(call, owner))
    if isinstance(owner, (Const, Scalar, SymInt)):
        return _scalar(machine, owner, name)
    if isinstance(owner, IteratorV) and name == "next" and owner.kind in _WITHOUT_NEXT:
        return Native(name, lambda call: _no_such_attribute(call, owner.kind, name))
    return machine.unknown("the attribute `{name}` of this object is not known", name=name)


def _tuple(machine: Machine, owner: TupleV, name: str) -> Value:
    if name in owner.names:
        return owner.items[owner.names.index(name)]
    if owner.names and name in ("_fields", "_asdict", "_replace"):
        return _named(owner, name)
    if name == "numel":
        numbers = [dim_of(item) for item in owner.items]
        if None in numbers:
            return machine.unknown("the number of elements is not known")
        total = dims.product(tuple(number for number in numbers if number is not None))
        return Native(name, lambda call: int_value(total, ()))
    if name in ("index", "count"):
        return Native(name, lambda call: _index(owner.items, call, name))
    if owner.type_name.startswith("torch.return_types."):
        return Native(name, lambda call: _no_such_attribute(call, owner.type_name, name))
    return machine.unknown("the attribute `{name}` of this object is not known", name=name)


_WITHOUT_NEXT = ("_SingleProcessDataLoaderIter", "_MultiProcessingDataLoaderIter", "generator")


def _no_such_attribute(call: Call, kind: str, name: str) -> Value:
    """`x.max(1).float()`: with an axis, max gives a pair. `iter(loader).next()`: once it was."""
    error = Error("AttributeError", f"'{kind}' object has no attribute '{name}'")
    return failures.report(call, error, "attribute")


def _named(owner: TupleV, name: str) -> Value:
    """What named tuples have beside their fields."""
    if name == "_fields":
        return TupleV(tuple(Const(field) for field in owner.names))
    fields = dict(zip(owner.names, owner.items, strict=True))
    if name == "_asdict":
        return Native(name, lambda call: DictV(dict(fields)))
    return Native(
        name,
        lambda call: TupleV(
            tuple({**fields, **call.kwargs}[field] for field in owner.names),
            owner.type_name,
            owner.names,
            owner.cls,
        ),
    )


def _index(items: tuple[Value, ...], call: Call, name: str) -> Value:
    wanted = call.args[0] if call.args else NONE
    if all(isinstance(item, Const) for item in items) and isinstance(wanted, Const):
        if name == "count":
            return Const(items.count(wanted))
        return Const(items.index(wanted)) if wanted in items else Scalar("int")
    return Scalar("int")


def _set_items(call: Call, owner: Any, items: Items, left: bool = False) -> Value:
    call.machine.trail.set(owner.slots, "items", limited(owner, items, left))
    return NONE


def limited(owner: Any, items: Items, left: bool = False) -> Items:
    """The elements of a deque with a `maxlen`: the last ones, or the first if it grew there."""
    limit = owner.slots.get("$limit")
    if limit is None:
        return items
    if items.rest is None and isinstance(limit, Const) and isinstance(limit.value, int):
        count = limit.value
        return Items(items.items[:count] if left else items.items[-count:] if count else ())
    known = (*items.items, *((items.rest,) if items.rest is not None else ()))
    if len({id(item) for item in known}) > 1:
        return Items((), Unknown(text("how many elements a list has is not known")))
    return Items((), known[0]) if known else items


def _append(call: Call, owner: ListV) -> Value:
    value = call.args[0] if call.args else NONE
    return _set_items(call, owner, concatenate(call.machine, owner.items, Items((value,))))


def _append_left(call: Call, owner: ListV) -> Value:
    value = call.args[0] if call.args else NONE
    return _set_items(
        call, owner, concatenate(call.machine, Items((value,)), owner.items), left=True
    )


def _pop_left(call: Call, owner: ListV) -> Value:
    items = owner.items
    if items.items:
        length = None if items.length is None else dims.sub(items.length, 1)
        _set_items(call, owner, items._replace(items=items.items[1:], length=length))
        return items.items[0]
    return items.rest or Unknown(text("an element of an empty list"))


def _extend(call: Call, owner: ListV) -> Value:
    more = items_of(call, call.args[0]) if call.args else Items(())
    return _set_items(call, owner, concatenate(call.machine, owner.items, more))


def _insert(call: Call, owner: ListV) -> Value:
    index, items = call.args[0], owner.items
    if isinstance(index, Const) and items.rest is None:
        changed = list(items.items)
        changed.insert(index.value, call.args[1])
        return _set_items(call, owner, Items(tuple(changed)))
    return _set_items(call, owner, concatenate(call.machine, items, Items((call.args[1],))))


def _pop(call: Call, owner: ListV) -> Value:
    items = owner.items
    index = call.args[0] if call.args else Const(-1)
    if items.rest is None and isinstance(index, Const) and items.items:
        changed = list(items.items)
        if -len(changed) <= index.value < len(changed):
            value = changed.pop(index.value)
            _set_items(call, owner, Items(tuple(changed)))
            return value
    if items.rest is not None:
        return items.rest
    return items.items[-1] if items.items else Unknown(text("an element of an empty list"))


def _clear(call: Call, owner: ListV) -> Value:
    return _set_items(call, owner, Items(()))


def _reverse(call: Call, owner: ListV) -> Value:
    items = owner.items
    if items.rest is None:
        return _set_items(call, owner, Items(items.items[::-1]))
    rest = items.rest
    for item in items.items:
        rest = call.machine.joiner.join(rest, item)
    return _set_items(call, owner, Items((), rest, items.length))


def _sort(call: Call, owner: ListV) -> Value:
    from .builtin_iteration import _sorted

    return _set_items(call, owner, _sorted(call, owner.items))


def _copy_list(call: Call, owner: ListV) -> Value:
    return ListV(owner.items)


def _remove(call: Call, owner: ListV) -> Value:
    wanted = call.args[0] if call.args else NONE
    if owner.items.rest is None and wanted in owner.items.items:
        changed = list(owner.items.items)
        changed.remove(wanted)
        return _set_items(call, owner, Items(tuple(changed)))
    return NONE


def _dict_views(kind: str) -> Callable[[Call, DictV], Value]:
    def view(call: Call, owner: DictV) -> Value:
        items, rest = owner.slots["items"], owner.slots["rest"]
        keys = [key if isinstance(key, Value) else Const(key) for key in items]
        entries: list[Value]
        if kind == "keys":
            entries = list(keys)
        elif kind == "values":
            entries = list(items.values())
        else:
            entries = [TupleV(pair) for pair in zip(keys, items.values(), strict=True)]
        last: Value | None = rest
        if rest is not None and kind == "items":
            last = TupleV((call.machine.unknown("which keys a dict has is not known"), rest))
        return IteratorV(Items(tuple(entries), last))

    return view


def _dict_get(call: Call, owner: DictV) -> Value:
    key = call.args[0] if call.args else NONE
    default = call.argument(1, "default") or NONE
    items = owner.slots["items"]
    if isinstance(key, Const):
        if key.value in items:
            value: Value = items[key.value]
            if key.value in owner.slots.get("$maybe", ()):
                return call.machine.joiner.join(value, default)
            return value
        return default if owner.slots["rest"] is None else owner.slots["rest"]
    result = default
    for value in [*items.values(), *([owner.slots["rest"]] if owner.slots["rest"] else [])][:16]:
        result = call.machine.joiner.join(result, value)
    return result


def _dict_pop(call: Call, owner: DictV) -> Value:
    value = _dict_get(call, owner)
    key = call.args[0] if call.args else NONE
    if isinstance(key, Const):
        left = {k: v for k, v in owner.slots["items"].items() if k != key.value}
        call.machine.trail.set(owner.slots, "items", left)
    return value


def _dict_update(call: Call, owner: DictV) -> Value:
    items = dict(owner.slots["items"])
    for value in call.args:
        if isinstance(value, DictV):
            items.update(value.slots["items"])
            if value.slots["rest"] is not None:
                call.machine.trail.set(owner.slots, "rest", value.slots["rest"])
        else:
            reason = call.machine.unknown("which keys a dict has is not known")
            call.machine.trail.set(owner.slots, "rest", reason)
    items.update(call.kwargs)
    call.machine.trail.set(owner.slots, "items", items)
    return NONE


def _dict_setdefault(call: Call, owner: DictV) -> Value:
    key = call.args[0] if call.args else NONE
    if isinstance(key, Const) and key.value not in owner.slots["items"]:
        value = call.args[1] if len(call.args) > 1 else NONE
        call.machine.trail.set(owner.slots, "items", {**owner.slots["items"], key.value: value})
    return _dict_get(call, owner)


def _dict_copy(call: Call, owner: DictV) -> Value:
    return DictV(dict(owner.slots["items"]), owner.slots["rest"], owner.type_name)


def _next(call: Call, owner: IteratorV) -> Value:
    from .builtin_iteration import next_

    return next_(Call(call.machine, call.node, "next", [owner], nodes=[None]))


def _set_add(call: Call, owner: SetV) -> Value:
    items, value = owner.slots["items"], call.args[0] if call.args else NONE
    if items is not None and isinstance(value, Const):
        changed = items if value in items else (*items, value)
        call.machine.trail.set(owner.slots, "items", changed)
    else:
        call.machine.trail.set(owner.slots, "items", None)
    return NONE


def _set_other(call: Call, owner: SetV) -> Value:
    call.machine.trail.set(owner.slots, "items", None)
    return SetV(None)


_Method = Callable[[Call, Any], Value]
_TABLES: dict[type[Value], dict[str, _Method]] = {
    ListV: {
        "append": _append,
        "extend": _extend,
        "insert": _insert,
        "pop": _pop,
        "popleft": _pop_left,
        "appendleft": _append_left,
        "clear": _clear,
        "reverse": _reverse,
        "sort": _sort,
        "copy": _copy_list,
        "remove": _remove,
        "index": lambda call, owner: _index(owner.items.items, call, "index"),
        "count": lambda call, owner: _index(owner.items.items, call, "count"),
    },
    DictV: {
        "keys": _dict_views("keys"),
        "values": _dict_views("values"),
        "items": _dict_views("items"),
        "get": _dict_get,
        "pop": _dict_pop,
        "update": _dict_update,
        "setdefault": _dict_setdefault,
        "copy": _dict_copy,
    },
    SetV: {
        "add": _set_add,
        "union": _set_other,
        "update": _set_other,
        "discard": _set_other,
        "remove": _set_other,
        "difference": _set_other,
        "intersection": _set_other,
    },
    IteratorV: {
        "set_description": lambda call, owner: NONE,
        "set_postfix": lambda call, owner: NONE,
        "update": lambda call, owner: NONE,
        "close": lambda call, owner: NONE,
        "__next__": _next,
    },
}

_STR_LISTS = ("split", "rsplit", "splitlines", "partition", "rpartition")
_STR_BOOLS = (
    "startswith",
    "endswith",
    "isdigit",
    "isalpha",
    "isupper",
    "islower",
    "isspace",
    "isalnum",
    "isnumeric",
    "isidentifier",
    "istitle",
)
_STR_INTS = ("find", "rfind", "index", "count", "rindex")
_MAX_TEXT = 100_000


def _scalar(machine: Machine, owner: Value, name: str) -> Value:
    if isinstance(owner, Const) and not hasattr(owner.value, name):
        return machine.unknown("the attribute `{name}` of this object is not known", name=name)
    if isinstance(owner, Const) and not callable(getattr(owner.value, name)):
        return Const(getattr(owner.value, name))
    return Native(name, lambda call: _call_scalar(call, owner, name))


def _call_scalar(call: Call, owner: Value, name: str) -> Value:
    args = call.args
    if name == "join" and args and isinstance(owner, Const):
        items = items_of(call, args[0])
        parts = [item.value for item in items.items if isinstance(item, Const)]
        complete = items.rest is None and len(parts) == len(items.items)
        if complete and all(isinstance(part, str) for part in parts):
            return Const(owner.value.join(parts))
        return Scalar("str")
    values = [value.value for value in args if isinstance(value, Const)]
    known = len(values) == len(args) and not call.kwargs and call.incomplete is None
    small = not any(isinstance(value, int) and abs(value) > _MAX_TEXT for value in values)
    plain = name != "expandtabs" and not (name == "format" and wide(str(owner)))
    if known and small and plain and isinstance(owner, Const):
        if isinstance(owner.value, str) and len(owner.value) < _MAX_TEXT:
            return _real(owner.value, name, values)
        return Unknown(text("the method `{name}` is not followed", name=name))
    if name in _STR_LISTS:
        return ListV(Items((), Scalar("str")))
    if name in _STR_BOOLS:
        return Scalar("bool")
    if name in _STR_INTS or name == "bit_length":
        return Scalar("int")
    if isinstance(owner, (Const, Scalar)) and _is_text(owner):
        return Scalar("str")
    return Unknown(text("the method `{name}` is not followed", name=name))


def _is_text(owner: Value) -> bool:
    return (isinstance(owner, Const) and isinstance(owner.value, str)) or (
        isinstance(owner, Scalar) and owner.type == "str"
    )


def _real(value: str, name: str, args: list[Any]) -> Value:
    """A method of text on known text: Python itself answers."""
    try:
        return _lift(getattr(value, name)(*args))
    except Exception:  # whatever the method would raise
        return Unknown(text("the method `{name}` is not followed", name=name))


def _lift(value: Any) -> Value:
    if isinstance(value, list):
        return ListV(tuple(_lift(item) for item in value))
    if isinstance(value, tuple):
        return TupleV(tuple(_lift(item) for item in value))
    if isinstance(value, (str, int, float, bool, bytes, complex, type(None))):
        return Const(value)
    return Unknown(text("a value that is not followed"))
