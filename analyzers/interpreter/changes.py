"""Attributes that other methods change: not to be relied on where nothing is called."""

from __future__ import annotations

import ast
from functools import lru_cache

from ..values.model import ClassV, InstanceV
from .machine import Machine

_CHANGING = frozenset(
    [
        "append",
        "extend",
        "insert",
        "pop",
        "clear",
        "update",
        "add",
        "remove",
        "setdefault",
        "popleft",
        "appendleft",
    ]
)


def forget_changing_attributes(machine: Machine, instance: InstanceV) -> None:
    """Makes the attributes unknown that a method other than `__init__` sets or changes."""
    if not isinstance(instance.cls, ClassV):
        return
    for cls in instance.cls.mro:
        if isinstance(cls, ClassV):
            for name in changed_attributes(cls.node):
                if name in instance.slots:
                    reason = machine.unknown(
                        "nothing calls the method that sets the attribute `{name}`", name=name
                    )
                    machine.trail.set(instance.slots, name, reason)


@lru_cache(maxsize=512)
def changed_attributes(node: ast.ClassDef) -> frozenset[str]:
    """The names of the attributes of `self` that methods other than `__init__` change."""
    found: set[str] = set()
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name != "__init__" and method.args.args:
            owner = method.args.args[0].arg
            for inner in ast.walk(method):
                found |= _changed_by(inner, owner)
    return frozenset(found)


def _changed_by(node: ast.AST, owner: str) -> set[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        for target in node.targets:
            targets += target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.For)):
        targets.append(node.target)
    elif isinstance(node, ast.Delete):
        targets += node.targets
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _CHANGING
    ):
        targets.append(node.func.value)
    names = set()
    for target in targets:
        while isinstance(target, ast.Subscript):
            target = target.value
        base = target.value if isinstance(target, ast.Attribute) else None
        if isinstance(target, ast.Attribute) and isinstance(base, ast.Name) and base.id == owner:
            names.add(target.attr)
    return names
