"""Enums of the learner's: their members, which are made once and compared by identity.

https://docs.python.org/3/library/enum.html
"""

from __future__ import annotations

import ast

from ..values.model import (
    ClassV,
    Const,
    Descriptor,
    EnumMember,
    FunctionV,
    InstanceV,
    Items,
    Library,
    Unknown,
    Value,
)
from .machine import Machine

_KINDS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
_NUMBERS = frozenset({"IntEnum", "StrEnum", "IntFlag", "int", "str", "float"})
_MEMBERS = "$members"


def make_members(machine: Machine, cls: ClassV) -> None:
    """Turns what an enum's body assigns into its members."""
    names = {base.rpartition(".")[2] for base in cls.library_bases()}
    if not names & _KINDS:
        return
    members: dict[str, Value] = {}
    known: dict[object, Value] = {}
    last: object = 0
    for name, value in list(cls.slots.items()):
        if name.startswith(("_", "$")) or isinstance(value, (FunctionV, Descriptor, ClassV)):
            continue
        if value == Library("enum.auto") or _is_auto(value):
            value = Const(_next_value(names, name, last))
        plain = value.value if isinstance(value, Const) else None
        last = plain
        if plain is not None and (type(plain), plain) in known:
            cls.slots[name] = members[name] = known[type(plain), plain]
            continue
        member: Value
        if isinstance(value, Const) and names & _NUMBERS:
            member = EnumMember(value.value, name, cls)
        else:
            member = InstanceV(cls)
            member.slots.update({"name": Const(name), "value": value, "$member": True})
        if plain is not None:
            known[type(plain), plain] = member
        cls.slots[name] = members[name] = member
    cls.slots[_MEMBERS] = members


def _is_auto(value: Value) -> bool:
    return isinstance(value, InstanceV) and value.cls == Library("enum.auto")


def _next_value(names: set[str], name: str, last: object) -> object:
    if "StrEnum" in names:
        return name.lower()
    if names & {"Flag", "IntFlag"}:
        return last * 2 if isinstance(last, int) and last else 1
    return last + 1 if isinstance(last, int) else 1


def members_of(cls: Value) -> Items | None:
    """The members of an enum in order, each once; None of anything else."""
    if not isinstance(cls, ClassV):
        return None
    for entry in cls.mro:
        if isinstance(entry, ClassV) and _MEMBERS in entry.slots:
            found: list[Value] = []
            for value in entry.slots[_MEMBERS].values():
                if all(value is not other for other in found):
                    found.append(value)
            return Items(tuple(found))
    return None


def by_name(cls: ClassV, key: Value) -> Value | None:
    """`Color["RED"]`."""
    found: Value | None = None
    if isinstance(key, Const):
        found = cls.slots.get(_MEMBERS, {}).get(key.value)
    return found


def by_value(cls: ClassV, value: Value | None) -> Value | None:
    """`Color(1)`."""
    items = members_of(cls)
    for member in items.items if items is not None else ():
        own = member.slots["value"] if isinstance(member, InstanceV) else member
        if member is value or (isinstance(own, Const) and own == value):
            return member
    return None


def attribute(machine: Machine, node: ast.expr, owner: EnumMember, name: str) -> Value | None:
    """An attribute that a member has and a number or text does not."""
    from . import attributes

    if name in ("value", "_value_"):
        return Const(owner.value)
    if name in ("name", "_name_"):
        return Const(owner.name)
    for entry in owner.owner.mro if isinstance(owner.owner, ClassV) else ():
        if isinstance(entry, ClassV) and name in entry.slots:
            return attributes.bind_descriptor(machine, node, owner, entry.slots[name])
    return None


def different(left: Value, right: Value) -> bool:
    """Whether two values are surely different members of enums."""
    return (
        isinstance(left, InstanceV)
        and isinstance(right, InstanceV)
        and left is not right
        and "$member" in left.slots
        and "$member" in right.slots
    ) or any(
        isinstance(one, InstanceV) and "$member" in one.slots and isinstance(other, Const)
        for one, other in ((left, right), (right, left))
    )


def unknown_member(machine: Machine) -> Unknown:
    """What `Color(x)` gives of an unknown x."""
    return machine.unknown("which member of an enum this is is not known")
