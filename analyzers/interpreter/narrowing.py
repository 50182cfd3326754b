"""What a condition says about the names in it, and matching of patterns."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..values.model import Alternatives, Const, TupleV, Value
from . import operators, scopes
from .machine import Machine


def narrow(machine: Machine, test: ast.expr, truth: bool) -> None:
    """Binds names to what is left of their alternatives where `test` has the truth value."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        narrow(machine, test.operand, not truth)
        return
    if isinstance(test, ast.BoolOp) and truth == isinstance(test.op, ast.And):
        for part in test.values:
            narrow(machine, part, truth)
        return
    if isinstance(test, ast.Name):
        _keep(machine, test.id, lambda v: operators.truth_of(machine, None, v) is not (not truth))
        return
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.left, ast.Name):
        operator, right = test.ops[0], test.comparators[0]
        if isinstance(right, ast.Constant) and isinstance(
            operator, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)
        ):
            equal = truth == isinstance(operator, (ast.Is, ast.Eq))
            constant = Const(right.value)
            _keep(machine, test.left.id, lambda v: _may_equal(v, constant, equal))


def _may_equal(option: Value, constant: Const, equal: bool) -> bool:
    if isinstance(option, Const):
        return (option == constant) == equal
    # Only None is None: any other object is something else.
    return not equal if constant.value is None else True


def _keep(machine: Machine, name: str, wanted: Callable[[Value], bool]) -> None:
    value = scopes.lookup(machine, name)
    if not isinstance(value, Alternatives):
        return
    kept = tuple(option for option in value.options if wanted(option))
    if kept and len(kept) < len(value.options):
        scopes.bind(machine, name, kept[0] if len(kept) == 1 else Alternatives(kept))


def match(machine: Machine, pattern: ast.pattern, subject: Value) -> bool | None:
    """Whether a `case` pattern matches, binding its names; None when not known."""
    if isinstance(pattern, ast.MatchValue):
        from .expressions import evaluate

        wanted = evaluate(machine, pattern.value)
        if isinstance(wanted, Const) and isinstance(subject, Const):
            return bool(wanted.value == subject.value)
        return None
    if isinstance(pattern, ast.MatchSingleton):
        return bool(subject == Const(pattern.value)) if isinstance(subject, Const) else None
    if isinstance(pattern, ast.MatchAs):
        matched = True if pattern.pattern is None else match(machine, pattern.pattern, subject)
        if pattern.name is not None and matched is not False:
            scopes.bind(machine, pattern.name, subject)
        return matched
    if isinstance(pattern, ast.MatchOr):
        results = [match(machine, option, subject) for option in pattern.patterns]
        return True if True in results else None if None in results else False
    if isinstance(pattern, ast.MatchSequence) and isinstance(subject, TupleV):
        if any(isinstance(part, ast.MatchStar) for part in pattern.patterns):
            return None
        if len(pattern.patterns) != len(subject.items):
            return False
        parts = [
            match(machine, part, item)
            for part, item in zip(pattern.patterns, subject.items, strict=True)
        ]
        return False if False in parts else None if None in parts else True
    for child in ast.walk(pattern):
        name = getattr(child, "name", None)
        if isinstance(name, str):
            scopes.bind(machine, name, machine.unknown("what a pattern binds is not known"))
    return None
