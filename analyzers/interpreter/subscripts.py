"""`x[key]` on abstract values."""

from __future__ import annotations

import ast
from typing import Any

from ...runtime.oracle import dims
from ...runtime.oracle.wire import Error
from ..facts import text
from ..values.model import (
    Alternatives,
    ClassV,
    Const,
    DictV,
    Hole,
    InstanceV,
    Items,
    Library,
    ListV,
    RangeV,
    Scalar,
    SliceV,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import attributes, enums, failures, holes, libraries, operators
from .ask import ask
from .call import Call
from .machine import Machine


def get_item(machine: Machine, node: ast.Subscript, owner: Value, key: Value) -> Value:
    """The value of `owner[key]`."""
    if isinstance(owner, TensorV) or _tensors(owner):
        call = Call(machine, node, "operator.getitem", [owner, key], nodes=[node.value, node.slice])
        result = ask(call)
        if isinstance(result, TensorV) and result.sig.numpy and _backwards(key):
            result.slots["backwards"] = True
        return result
    if isinstance(owner, Alternatives) or isinstance(key, Alternatives):
        return operators.over_alternatives(
            machine, [owner, key], lambda a, b: get_item(machine, node, a, b)
        )
    if isinstance(owner, TupleV):
        return _sequence(machine, node, owner, Items(owner.items), key)
    if isinstance(owner, ListV):
        return _sequence(machine, node, owner, owner.items, key)
    if isinstance(owner, DictV):
        return _dict_item(machine, owner, key)
    if isinstance(owner, Const):
        return _constant(owner, key)
    if isinstance(owner, RangeV):
        return Scalar("int", machine.symbol_for(machine.span(node), "i"))
    if isinstance(owner, Scalar) and owner.type == "str":
        return owner
    if isinstance(owner, InstanceV):
        return attributes.instance_item(machine, node, owner, key)
    if isinstance(owner, ClassV):
        member = enums.by_name(owner, key)
        if member is not None:
            return member
    if isinstance(owner, ClassV) or (isinstance(owner, Library) and libraries.is_object(owner)):
        # `list[int]`, `Generic[T]`: a type stays the type.
        return owner
    if isinstance(owner, Library):
        place, _, last = owner.name.rpartition(".")
        if last == "__dict__" and isinstance(key, Const) and isinstance(key.value, str):
            return libraries.named(machine, f"{place}.{key.value}")
        return machine.unknown(
            "what `{name}` holds is not known before the program runs", name=owner.name
        )
    if isinstance(owner, Unknown):
        return holes.item(machine, node, owner, key) if type(owner) is Hole else owner
    return Unknown(text("an element of this object is not known"))


def _tensors(owner: Value) -> bool:
    return isinstance(owner, Alternatives) and all(isinstance(o, TensorV) for o in owner.options)


def _backwards(key: Value) -> bool:
    """Whether an index reverses an array: `a[::-1]`."""
    if isinstance(key, TupleV):
        return any(_backwards(item) for item in key.items)
    step = key.step if isinstance(key, SliceV) else None
    return isinstance(step, Const) and isinstance(step.value, int) and step.value < 0


def _sequence(
    machine: Machine, node: ast.Subscript, owner: TupleV | ListV, items: Items, key: Value
) -> Value:
    if isinstance(key, SliceV):
        return _slice(owner, items, key)
    if isinstance(key, Const) and isinstance(key.value, int):
        index = key.value
        if items.rest is None:
            if -len(items.items) <= index < len(items.items):
                return items.items[index]
            if isinstance(owner, TupleV) and owner.type_name == "size":
                error = Error("IndexError", "tuple index out of range")
                call = Call(machine, node, "operator.getitem", [owner, key])
                call.nodes = [node.value, node.slice]
                return failures.report(call, error, "python")
            return Unknown(text("the index is out of range"))
        if 0 <= index < len(items.items):
            return items.items[index]
        return items.rest
    known = [*items.items, *([items.rest] if items.rest is not None else [])]
    if not known:
        return Unknown(text("an element of an empty list"))
    if len(known) > 32:
        known = known[:32]
    result = known[0]
    for item in known[1:]:
        result = machine.joiner.join(result, item)
    return result


def _slice(owner: TupleV | ListV, items: Items, key: SliceV) -> Value:
    bounds: list[Any] = []
    for bound in (key.start, key.stop, key.step):
        if not isinstance(bound, Const) or not isinstance(bound.value, (int, type(None))):
            return ListV(_joined_rest(items)) if isinstance(owner, ListV) else _unknown_slice()
        bounds.append(bound.value)
    if items.rest is None:
        try:
            part = items.items[slice(*bounds)]
        except ValueError:
            return _unknown_slice()
        if isinstance(owner, TupleV):
            return TupleV(part, "size" if owner.type_name == "size" else "tuple")
        return ListV(part)
    start, stop, step = bounds
    if step in (None, 1) and stop is not None and 0 <= (start or 0) <= stop <= len(items.items):
        return ListV(items.items[start:stop])
    if step in (None, 1) and stop is None and (start or 0) >= 0 and items.length is not None:
        kept = items.items[start or 0 :]
        return ListV(Items(kept, items.rest, dims.sub(items.length, start or 0)))
    return ListV(_joined_rest(items))


def _unknown_slice() -> Value:
    return Unknown(text("which part of a tuple is taken is not known"))


def _joined_rest(items: Items) -> Items:
    known = [*items.items, *([items.rest] if items.rest is not None else [])]
    if not known:
        return Items(())
    kinds = {type(item) for item in known}
    rest: Value = known[0]
    if len(kinds) > 1 or (isinstance(rest, TensorV) and len({t.sig for t in known}) > 1):  # type: ignore[attr-defined]
        rest = Unknown(text("which part of a list is taken is not known"))
    return Items((), rest)


def _dict_item(machine: Machine, owner: DictV, key: Value) -> Value:
    items = owner.slots["items"]
    if isinstance(key, (Const, Library)):
        found = items.get(key.value if isinstance(key, Const) else key)
        if found is not None:
            return found  # type: ignore[no-any-return]
        rest: Value | None = owner.slots["rest"]
        if rest is not None:
            return rest
        if owner.type_name == "defaultdict" and "factory" in owner.slots:
            value = owner.slots["factory"]()
            machine.trail.set(owner.slots, "items", {**items, _key(key): value})
            return value  # type: ignore[no-any-return]
        return Unknown(text("the key is not in the dict"))
    known = [*items.values(), *([owner.slots["rest"]] if owner.slots["rest"] is not None else [])]
    if not known:
        return Unknown(text("the key is not in the dict"))
    result = known[0]
    for item in known[1:32]:
        result = machine.joiner.join(result, item)
    return result  # type: ignore[no-any-return]


def _key(key: Value) -> Any:
    return key.value if isinstance(key, Const) else key


def _constant(owner: Const, key: Value) -> Value:
    if isinstance(key, SliceV):
        bounds = [b.value if isinstance(b, Const) else ... for b in (key.start, key.stop, key.step)]
        if ... in bounds:
            return Scalar("str") if isinstance(owner.value, str) else Unknown(text("a slice"))
        index: Any = slice(*bounds)
    elif isinstance(key, Const):
        index = key.value
    else:
        return Scalar("str") if isinstance(owner.value, str) else Unknown(text("an element"))
    try:
        return Const(owner.value[index])
    except (TypeError, IndexError, KeyError, ValueError) as error:
        return Unknown(text("this fails: {error}", error=str(error)))
