"""Classes of the learner's: definition, decorators, construction."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..claims.match import Names
from ..values.model import (
    ClassV,
    Const,
    Descriptor,
    FunctionV,
    InstanceV,
    Library,
    Native,
    Scope,
    TupleV,
    Unknown,
    Value,
)
from . import attributes, claimed, enums, escapes, libraries, managers
from .call import Call
from .machine import Frame, Machine


def define(
    machine: Machine, node: ast.ClassDef, run: Callable[[Machine, list[ast.stmt]], Any]
) -> ClassV:
    """Runs a class body and makes the class."""
    from .expressions import evaluate

    bases = tuple(evaluate(machine, base) for base in node.bases)
    chunk = machine.frame.chunk
    cls = ClassV(node.name, bases, node, chunk)
    scope = Scope(machine.frame.scope, "class")
    machine.frames.append(Frame(scope, chunk))
    try:
        run(machine, node.body)
    finally:
        machine.frames.pop()
    cls.slots.update(scope.slots)
    for value in cls.slots.values():
        function = value.function if isinstance(value, Descriptor) else value
        if isinstance(function, FunctionV) and function.owner is None:
            function.owner = cls
    fields = [
        statement.target.id
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and "ClassVar" not in ast.unparse(statement.annotation)
    ]
    cls.slots["$fields"] = Const(tuple(fields))
    enums.make_members(machine, cls)
    return cls


def decorate(machine: Machine, node: ast.expr, wrapper: Value, value: Value) -> Value:
    """What a decorator makes of a function or class; unknown ones pass it through."""
    from .functions import call_value

    if isinstance(wrapper, Library):
        kind = wrapper.name.rpartition(".")[2]
        if kind in ("property", "staticmethod", "classmethod", "cached_property"):
            return Descriptor("property" if kind == "cached_property" else kind, value)
        if kind == "dataclass" and isinstance(value, ClassV):
            value.slots["$dataclass"] = Const(True)
            return value
        if wrapper.name == "contextlib.contextmanager":
            return managers.mark(value)
        if wrapper.name in GRAD_MODES:
            return _with_grad_mode(value, GRAD_MODES[wrapper.name])
        if wrapper.name.partition(".")[0] not in _PLAIN:
            escapes.give_away(machine, [value])
        return value
    if isinstance(wrapper, InstanceV) and "$grad" in wrapper.slots:
        return _with_grad_mode(value, wrapper.slots["$grad"])
    if isinstance(wrapper, Native):
        return wrapper.run(Call(machine, node, wrapper.name, [value], nodes=[None]))
    if isinstance(wrapper, FunctionV):
        result = call_value(Call(machine, node, wrapper.name, [value], nodes=[None]), wrapper)
        return value if isinstance(result, Unknown) else result
    if isinstance(node, ast.Attribute) and node.attr in ("setter", "deleter", "getter"):
        from . import scopes

        name = node.value.id if isinstance(node.value, ast.Name) else ""
        known = scopes.lookup(machine, name)
        if node.attr == "setter" and isinstance(known, Descriptor):
            return replace(known, setter=value)
        return known or value
    if isinstance(wrapper, Unknown):
        escapes.give_away(machine, [value])
    return value


_PLAIN = ("abc", "builtins", "contextlib", "dataclasses", "enum", "functools", "torch", "typing")
"""Libraries whose decorators keep no function for themselves."""

GRAD_MODES = {"torch.no_grad": False, "torch.inference_mode": False, "torch.enable_grad": True}


def _with_grad_mode(function: Value, enabled: bool) -> Value:
    """The function, run with gradients switched on or off from now on."""
    if isinstance(function, FunctionV):
        function.slots["$grad"] = enabled
    return function


def instantiate(call: Call, cls: ClassV) -> Value:
    """An instance of a learner's class."""
    machine = call.machine
    instance = InstanceV(cls, call.origin)
    if not machine.uncalled and machine.search is None:
        machine.instances.setdefault(id(cls), instance)
    bases = cls.library_bases()
    special = _special(call, cls, bases)
    if special is not None:
        return special
    if any(libraries.is_layer(machine, base) for base in bases):
        instance.slots["$training"] = True
        instance.slots["$module"] = True
    if any(
        isinstance(base, Unknown)
        for entry in cls.mro
        if isinstance(entry, ClassV)
        for base in entry.bases
    ):
        instance.slots["$unknown"] = machine.unknown(
            "the class `{name}` inherits from something that is not known", name=cls.name
        )
    found = attributes.find_method(instance, "__init__")
    if found is not None:
        from .functions import call_value

        call_value(call, attributes.bind_descriptor(machine, call.node, instance, found))
        return instance
    if "$dataclass" in cls.slots:
        _init_dataclass(call, cls, instance)
        return instance
    for entry in cls.mro:
        if isinstance(entry, Library):
            init = attributes.library_attribute(machine, instance, entry.name, "__init__")
            if isinstance(init, Native):
                init.run(call)
                break
            if libraries.is_layer(machine, entry.name) and entry.name != "torch.nn.Module":
                libraries.init_layer(call, instance, entry.name)
                break
    return instance


def _special(call: Call, cls: ClassV, bases: tuple[str, ...]) -> Value | None:
    names = {base.rpartition(".")[2] for base in bases}
    if "NamedTuple" in names:
        fields: tuple[str, ...] = cls.slots["$fields"].value
        values = []
        for index, field in enumerate(fields):
            value = call.argument(index, field) or cls.slots.get(field)
            values.append(value or call.machine.unknown("a field that is not given"))
        return TupleV(tuple(values), cls.name, fields, cls)
    if enums.members_of(cls) is not None:
        found = enums.by_value(cls, call.argument(0, "value"))
        return found or enums.unknown_member(call.machine)
    return None


def dataclass_fields(cls: ClassV) -> dict[str, ClassV]:
    """The fields of a dataclass in order, with the class whose definition counts."""
    found: dict[str, ClassV] = {}
    for entry in reversed(cls.mro):
        if isinstance(entry, ClassV):
            found.update(dict.fromkeys(entry.slots["$fields"].value, entry))
    return found


def given_later(entry: ClassV, field: str) -> bool:
    """Whether a field is no parameter of the constructor: `field(init=False)`."""
    for statement in entry.node.body:
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and statement.target.id == field
            and isinstance(statement.value, ast.Call)
        ):
            return any(
                keyword.arg == "init"
                and isinstance(keyword.value, ast.Constant)
                and keyword.value.value is False
                for keyword in statement.value.keywords
            )
    return False


def _init_dataclass(call: Call, cls: ClassV, instance: InstanceV) -> None:
    index = 0
    names: Names = {}
    for field, entry in dataclass_fields(cls).items():
        value: Value | None = None
        if not given_later(entry, field):
            value = call.argument(index, field) or call.incomplete
            index += 1
        if value is None:
            value = entry.slots.get(field)
            if isinstance(value, Native):
                value = value.run(Call(call.machine, call.node, "field"))
        if value is None:
            value = call.incomplete or call.machine.unknown("a field that is not given")
        value = claimed.given_field(call.machine, entry, field, value, names)
        call.machine.trail.set(instance.slots, field, value)
    post = attributes.find_method(instance, "__post_init__")
    if post is not None:
        attributes.call_method(call.machine, call.node, instance, "__post_init__", [])
