"""What functions change that are given away: to hooks, threads, callbacks, other libraries.

Nobody knows when such a function is called, and how often. So the lists and dicts
that it changes hold what nobody knows from then on, and the names it assigns have
unknown values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..facts import text
from ..values.model import (
    BoundMethod,
    ClassV,
    Descriptor,
    DictV,
    FunctionV,
    InstanceV,
    Items,
    ListV,
    Scope,
    TupleV,
    Unknown,
    Value,
)
from .machine import Machine

CHANGED = Unknown(text("a function that is called elsewhere may have changed this"))

_CHANGING = {
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem",
    "popleft", "put", "remove", "reverse", "setdefault", "sort", "update",
}  # fmt: skip
_MAX_DEPTH = 4


def give_away(machine: Machine, values: Iterable[Value]) -> None:
    """Takes note that somebody has these values who may call them at any time."""
    giving = _Giving(machine)
    for value in values:
        giving.give(value, 0)


def give_to_library(machine: Machine, values: Iterable[Value]) -> None:
    """A library that is not followed may call what it gets, and may fill an empty list."""
    given = tuple(values)
    give_away(machine, given)
    for value in given:
        if isinstance(value, ListV) and value.items == Items(()):
            machine.trail.set(value.slots, "items", Items((), CHANGED))


class _Giving:
    """Goes through what is given away, once through each function."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._seen: set[tuple[int, int]] = set()

    def give(self, value: Value | None, depth: int) -> None:
        if depth > _MAX_DEPTH:
            return
        if isinstance(value, FunctionV):
            self._function(value, None, depth)
        elif isinstance(value, BoundMethod) and isinstance(value.function, FunctionV):
            self._function(value.function, value.receiver, depth)
        elif isinstance(value, InstanceV) and isinstance(value.cls, ClassV):
            for hook in value.slots.get("$hooks", ()):
                self.give(hook.function, depth + 1)
            for name, method in _methods(value.cls):
                if name != "__init__":
                    self._function(method, value, depth)
        elif isinstance(value, (TupleV, ListV)):
            items = value.items if isinstance(value, TupleV) else value.items.items
            for item in items:
                self.give(item, depth + 1)
        elif isinstance(value, DictV):
            for item in value.slots["items"].values():
                self.give(item, depth + 1)

    def _function(self, function: FunctionV, receiver: Value | None, depth: int) -> None:
        """Marks what the body of a function changes that lives on after a call."""
        if (id(function), id(receiver)) in self._seen or depth > _MAX_DEPTH:
            return
        self._seen.add((id(function), id(receiver)))
        arguments = function.node.args
        parameters = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
        changes = _changes(function.node)
        own = {*parameters, *changes.local}
        for name in changes.contents - own:
            _mark_name(self._machine, function.closure, name, assigned=False)
        for name in changes.declared:
            _mark_name(self._machine, function.closure, name, assigned=True)

        def named(name: str) -> Value | None:
            if receiver is not None and parameters[:1] == [name]:
                return receiver
            return None if name in own else _value_of(function.closure, name)

        for owner, name in changes.attributes:
            target = named(owner)
            if isinstance(target, InstanceV):
                _mark_attribute(self._machine, target, name)
        for owner, name in changes.calls:
            called = named(owner)
            if not name and isinstance(called, FunctionV):
                self._function(called, None, depth + 1)
            elif name and isinstance(called, InstanceV) and isinstance(called.cls, ClassV):
                for method_name, method in _methods(called.cls):
                    if method_name == name:
                        self._function(method, called, depth + 1)


def _methods(cls: ClassV) -> Iterator[tuple[str, FunctionV]]:
    for entry in cls.mro:
        for name, value in entry.slots.items() if isinstance(entry, ClassV) else ():
            function = value.function if isinstance(value, Descriptor) else value
            if isinstance(function, FunctionV):
                yield name, function


@lru_cache(maxsize=512)
def _changes(function: ast.AST) -> _Changes:
    return _Changes(function)


class _Changes(ast.NodeVisitor):
    """What a function's body changes.

    contents: names of lists and dicts. attributes: those of named objects.
    declared: names it assigns that are not its own. local: names that are.
    calls: the names of what it calls, with the method's name.
    """

    def __init__(self, function: ast.AST) -> None:
        self.contents: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.declared: set[str] = set()
        self.local: set[str] = set()
        self.calls: set[tuple[str, str]] = set()
        for child in ast.iter_child_nodes(function):
            self.visit(child)
        self.local -= self.declared

    def _changed(self, node: ast.expr) -> None:
        if isinstance(node, ast.Name):
            self.contents.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            self.attributes.add((node.value.id, node.attr))
        elif isinstance(node, ast.Subscript):
            self._changed(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Attribute):
            if function.attr in _CHANGING:
                self._changed(function.value)
            if isinstance(function.value, ast.Name):
                self.calls.add((function.value.id, function.attr))
        elif isinstance(function, ast.Name):
            self.calls.add((function.id, ""))
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._changed(node.value)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Attribute):
            self._changed(node.target)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.local.add(node.id)

    def visit_Global(self, node: ast.Global) -> None:
        self.declared.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.declared.update(node.names)


def _scope_of(scope: Scope, name: str) -> Scope:
    """Where a name lives that a function reads; the module for one that is not bound yet."""
    current: Scope | None = scope
    while current is not None:
        target = current.declared.get(name, current)
        if current.kind != "class" and name in target.slots:
            return target
        if current.parent is None:
            return current
        current = current.parent
    return scope


def _value_of(scope: Scope, name: str) -> Value | None:
    value: Value | None = _scope_of(scope, name).slots.get(name)
    return value


def _mark_name(machine: Machine, scope: Scope, name: str, assigned: bool) -> None:
    home = _scope_of(scope, name)
    home.shared[name] = home.shared.get(name, False) or assigned
    if assigned:
        if name in home.slots:
            machine.trail.set(home.slots, name, CHANGED)
        return
    value = home.slots.get(name)
    if isinstance(value, Value):
        share(machine, value)


def _mark_attribute(machine: Machine, instance: InstanceV, name: str) -> None:
    shared = instance.slots.get("$shared", frozenset())
    machine.trail.set(instance.slots, "$shared", shared | {name})
    value = instance.slots.get(name)
    if isinstance(value, Value):
        share(machine, value)


def share(machine: Machine, value: Value) -> None:
    """From now on nobody knows what a list or dict holds."""
    if isinstance(value, ListV):
        machine.trail.set(value.slots, "items", Items((), CHANGED))
        machine.trail.set(value.slots, "$shared", CHANGED)
    elif isinstance(value, DictV):
        machine.trail.set(value.slots, "items", {})
        machine.trail.set(value.slots, "rest", CHANGED)
