"""Names: look-up and binding."""

from __future__ import annotations

import ast

from ..facts import BindingKind
from ..values.model import (
    ELLIPSIS,
    FALSE,
    NONE,
    TRUE,
    ClassV,
    DeviceV,
    FunctionV,
    InstanceV,
    Library,
    Scope,
    SymInt,
    Value,
)
from . import escapes
from .machine import Machine

BUILTIN_CONSTANTS = {
    "None": NONE,
    "True": TRUE,
    "False": FALSE,
    "Ellipsis": ELLIPSIS,
}


def lookup(machine: Machine, name: str) -> Value | None:
    """The value of a name as the current frame sees it; None when it is not bound."""
    scope: Scope | None = machine.frame.scope
    first = True
    while scope is not None:
        target = scope.declared.get(name, scope)
        # A class body's names are not seen from the functions inside it.
        if (first or scope.kind != "class") and name in target.slots:
            value: Value = target.slots[name]
            return value
        first = False
        scope = scope.parent
    if name in BUILTIN_CONSTANTS:
        return BUILTIN_CONSTANTS[name]
    if name in _BUILTINS:
        return Library(f"builtins.{name}")
    return None


_BUILTINS = frozenset(dir(__import__("builtins")))


_HOVERED = (ClassV, DeviceV, FunctionV, InstanceV, SymInt)


def bind(machine: Machine, name: str, value: Value) -> None:
    """Binds a name in the current scope, or where `global`/`nonlocal` says."""
    scope = machine.frame.scope
    home = scope.declared.get(name, scope)
    if name in home.shared:
        if home.shared[name]:
            value = escapes.CHANGED
        escapes.share(machine, value)
    machine.trail.set(home.slots, name, value)


def unbind(machine: Machine, name: str) -> None:
    """`del name`."""
    scope = machine.frame.scope
    machine.trail.delete(scope.declared.get(name, scope).slots, name)


def declare(machine: Machine, names: list[str], nonlocal_: bool) -> None:
    """`global` or `nonlocal`."""
    scope = machine.frame.scope
    for name in names:
        target: Scope | None = scope.parent
        if nonlocal_:
            while target is not None and (target.kind == "class" or name not in target.slots):
                target = target.parent
        else:
            while target is not None and target.parent is not None:
                target = target.parent
        if target is not None:
            scope.declared[name] = target


def record(
    machine: Machine, node: ast.expr | ast.arg, name: str, kind: BindingKind, value: Value
) -> None:
    """Notes what was bound at a place."""
    span = machine.span(node)
    machine.recorder.bind(span, name, kind, value)
    if isinstance(value, _HOVERED):
        machine.recorder.evaluate(span, lambda: name, value)
