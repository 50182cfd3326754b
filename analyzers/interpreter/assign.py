"""Binding targets: names, attributes, subscripts, tuples with or without a star."""

from __future__ import annotations

import ast
from typing import Any

from ...runtime.oracle.wire import Error
from ..facts import BindingKind, text
from ..values.model import (
    Alternatives,
    Const,
    DictV,
    Hole,
    InstanceV,
    Items,
    ListV,
    ModuleV,
    Mutable,
    Scalar,
    SliceV,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import attributes, claimed, failures, holes, scopes
from .ask import ask
from .call import Call
from .iteration import iterate
from .machine import Machine


def assign(
    machine: Machine,
    target: ast.expr,
    value: Value,
    kind: BindingKind = "variable",
    source: ast.expr | None = None,
) -> None:
    """Binds a target to a value and notes the fact."""
    if isinstance(target, (ast.Name, ast.Attribute)):
        value = claimed.bound(machine, target, value, source)
    if isinstance(target, ast.Name):
        scopes.bind(machine, target.id, value)
        scopes.record(machine, target, target.id, kind, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(machine, target, value, kind, source)
    elif isinstance(target, ast.Attribute):
        _assign_attribute(machine, target, value)
    elif isinstance(target, ast.Subscript):
        _assign_item(machine, target, value)
    elif isinstance(target, ast.Starred):
        assign(machine, target.value, value, kind, source)


def _assign_attribute(machine: Machine, target: ast.Attribute, value: Value) -> None:
    from .expressions import evaluate

    owner = evaluate(machine, target.value)
    attributes.set_attribute(machine, target, owner, value)
    if isinstance(target.value, ast.Name):
        scopes.record(machine, target, f"{target.value.id}.{target.attr}", "attribute", value)


def _assign_item(machine: Machine, target: ast.Subscript, value: Value) -> None:
    from .expressions import evaluate

    owner = evaluate(machine, target.value)
    key = evaluate(machine, target.slice)
    if isinstance(owner, TensorV):
        call = Call(
            machine,
            target,
            "operator.setitem",
            [owner, key, value],
            nodes=[target.value, target.slice, None],
        )
        result = ask(call)
        if isinstance(result, Unknown):
            sig = owner.sig
            machine.trail.set(owner.slots, "sig", sig._replace(value=None))
        _mark_written(machine, owner, value)
    elif isinstance(owner, ListV):
        _assign_list_item(machine, owner, key, value)
    elif isinstance(owner, DictV):
        items = dict(owner.slots["items"])
        if isinstance(key, Const):
            items[key.value] = value
            machine.trail.set(owner.slots, "items", items)
            uncertain = owner.slots.get("$maybe", frozenset())
            if key.value in uncertain:
                machine.trail.set(owner.slots, "$maybe", uncertain - {key.value})
        else:
            # Which entry it is, or whether it is a new one, is not known.
            join = machine.joiner.join
            rest = owner.slots["rest"]
            either = {name: join(item, value) for name, item in items.items()}
            machine.trail.set(owner.slots, "items", either)
            machine.trail.set(owner.slots, "rest", value if rest is None else join(rest, value))
    elif isinstance(owner, InstanceV):
        attributes.set_instance_item(machine, target, owner, key, value)


def _mark_written(machine: Machine, owner: TensorV, value: Value) -> None:
    """A leaf that is written into with a value that needs grad becomes part of the graph."""
    if isinstance(value, TensorV) and value.sig.requires_grad and machine.modes.grad:
        sig = owner.sig
        machine.trail.set(
            owner.slots, "sig", sig._replace(requires_grad=True, leaf=False, value=None)
        )
        owner.parents = (*owner.parents, value)


def _assign_slice(machine: Machine, owner: ListV, key: SliceV, value: Value) -> None:
    items = owner.items
    more = value.items if isinstance(value, (TupleV, ListV)) else None
    if isinstance(more, Items):
        more = more.items if more.rest is None else None
    given = (key.start, key.stop, key.step)
    bounds: list[Any] = [b.value if isinstance(b, Const) else ... for b in given]
    changed = list(items.items)
    if items.rest is None and more is not None and ... not in bounds:
        try:
            changed[slice(*bounds)] = more
        except (TypeError, ValueError):
            return
        machine.trail.set(owner.slots, "items", Items(tuple(changed)))
        return
    rest = machine.unknown("which part of a list is taken is not known")
    machine.trail.set(owner.slots, "items", Items((), rest))


def _assign_list_item(machine: Machine, owner: ListV, key: Value, value: Value) -> None:
    items = owner.items
    if isinstance(key, Const) and isinstance(key.value, int) and items.rest is None:
        if -len(items.items) <= key.value < len(items.items):
            changed = list(items.items)
            changed[key.value] = value
            machine.trail.set(owner.slots, "items", Items(tuple(changed)))
        return
    if isinstance(key, SliceV):
        _assign_slice(machine, owner, key, value)
        return
    joined: Value = value
    for item in (*items.items, *([items.rest] if items.rest is not None else [])):
        joined = machine.joiner.join(joined, item)
    length = len(items.items) if items.rest is None else items.length
    machine.trail.set(owner.slots, "items", Items((), joined, length))


def _unpack(
    machine: Machine,
    target: ast.Tuple | ast.List,
    value: Value,
    kind: BindingKind,
    source: ast.expr | None,
) -> None:
    count = len(target.elts)
    star = next((i for i, e in enumerate(target.elts) if isinstance(e, ast.Starred)), None)
    parts = _parts(machine, target, value, count, star, source)
    for element, part in zip(target.elts, parts, strict=True):
        assign(machine, element, part, kind)


def _parts(
    machine: Machine,
    target: ast.Tuple | ast.List,
    value: Value,
    count: int,
    star: int | None,
    source: ast.expr | None,
) -> list[Value]:
    if type(value) is Hole:
        return [holes.member(value, f"[{index}]") for index in range(count)]
    if isinstance(value, Unknown):
        return [value] * count
    if isinstance(value, Alternatives):
        return _parts_of_alternatives(machine, target, value, count, star, source)
    if isinstance(value, TensorV) and value.sig.shape is None:
        return [TensorV(value.sig._replace(value=None), value.origin, value.parents)] * count
    call = Call(machine, source or target, "unpack", [value], nodes=[source])
    items = iterate(machine, call, value, whole=True)
    if items.rest is None:
        found = list(items.items)
        if star is None and len(found) == count:
            return found
        if star is not None and len(found) >= count - 1:
            tail = count - star - 1
            middle = found[star : len(found) - tail]
            return [*found[:star], ListV(tuple(middle)), *found[len(found) - tail :]]
        return [_wrong_count(call, value, len(found), count, star)] * count
    rest = items.rest
    found = [*items.items, *([rest] * count)][:count]
    if star is not None:
        found[star] = ListV(Items((), rest))
    return found


def _parts_of_alternatives(
    machine: Machine,
    target: ast.Tuple | ast.List,
    value: Alternatives,
    count: int,
    star: int | None,
    source: ast.expr | None,
) -> list[Value]:
    fitting = [option for option in value.options if _length(option) in (None, count)]
    rows = [
        _parts(machine, target, option, count, star, source) for option in fitting or value.options
    ]
    joined = rows[0]
    for row in rows[1:]:
        joined = [machine.joiner.join(a, b) for a, b in zip(joined, row, strict=True)]
    return joined


def _length(value: Value) -> int | None:
    if isinstance(value, TupleV):
        return len(value.items)
    if isinstance(value, Const):
        return -1
    return None


def _wrong_count(call: Call, value: Value, found: int, count: int, star: int | None) -> Value:
    wanted = count if star is None else count - 1
    if found < wanted:
        least = "at least " if star is not None else ""
        message = f"not enough values to unpack (expected {least}{wanted}, got {found})"
    else:
        message = f"too many values to unpack (expected {count})"
    if isinstance(value, (TupleV, TensorV, ListV)):
        return failures.report(call, Error("ValueError", message), "python")
    return Unknown(text("the number of values does not fit the number of names"))


def delete(machine: Machine, target: ast.expr) -> None:
    """`del target`."""
    from .expressions import evaluate

    if isinstance(target, ast.Name):
        scopes.unbind(machine, target.id)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            delete(machine, element)
    elif isinstance(target, ast.Attribute):
        owner = evaluate(machine, target.value)
        if isinstance(owner, Mutable) and not isinstance(owner, (TensorV, ModuleV)):
            machine.trail.delete(owner.slots, target.attr)
    elif isinstance(target, ast.Subscript):
        owner = evaluate(machine, target.value)
        key = evaluate(machine, target.slice)
        if isinstance(owner, DictV) and isinstance(key, Const):
            items = {k: v for k, v in owner.slots["items"].items() if k != key.value}
            machine.trail.set(owner.slots, "items", items)
        elif isinstance(owner, ListV):
            machine.trail.set(owner.slots, "items", _without(owner.items, key))
        elif isinstance(owner, InstanceV):
            attributes.delete_instance_item(machine, target, owner, key)


def _without(items: Items, key: Value) -> Items:
    if isinstance(key, Const) and isinstance(key.value, int) and items.rest is None:
        kept = list(items.items)
        if -len(kept) <= key.value < len(kept):
            del kept[key.value]
        return Items(tuple(kept))
    if isinstance(key, SliceV):
        bounds: list[Any] = [
            getattr(bound, "value", ...) for bound in (key.start, key.stop, key.step)
        ]
        if bounds == [None, None, None]:
            return Items(())
        if items.rest is None and all(type(bound) in (int, type(None)) for bound in bounds):
            kept = list(items.items)
            del kept[slice(*bounds)]
            return Items(tuple(kept))
    known = [*items.items, *([items.rest] if items.rest is not None else [])]
    return Items((), known[0] if known else Scalar("int"))
