"""What a condition says about the names in it, and matching of patterns."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..models import registry
from ..values.model import (
    Alternatives,
    ClassV,
    Const,
    DictV,
    InstanceV,
    Library,
    ListV,
    TupleV,
    Value,
)
from . import enums, operators, scopes
from .call import Call
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
        if isinstance(wanted, Const) and isinstance(subject, (TupleV, ListV, DictV)):
            return False
        if isinstance(wanted, InstanceV) and wanted is subject:
            return True
        return False if enums.different(wanted, subject) else None
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
    result: bool | None = None
    if isinstance(pattern, ast.MatchSequence):
        result = _sequence(machine, pattern, subject)
    elif isinstance(pattern, ast.MatchMapping):
        result = _mapping(machine, pattern, subject)
    elif isinstance(pattern, ast.MatchClass):
        result = _class(machine, pattern, subject)
    if result is None:
        _bind_unknown(machine, pattern)
    return result


def _all(results: list[bool | None]) -> bool | None:
    return False if False in results else None if None in results else True


def _sequence(machine: Machine, pattern: ast.MatchSequence, subject: Value) -> bool | None:
    """`[first, *rest]`; text is no sequence here."""
    if isinstance(subject, (Const, DictV, InstanceV)):
        return False
    if not isinstance(subject, (TupleV, ListV)):
        return None
    if isinstance(subject, ListV) and subject.items.rest is not None:
        return None
    items = subject.items if isinstance(subject, TupleV) else subject.items.items
    patterns = pattern.patterns
    stars = [index for index, part in enumerate(patterns) if isinstance(part, ast.MatchStar)]
    if not stars:
        if len(patterns) != len(items):
            return False
        return _all(
            [match(machine, part, item) for part, item in zip(patterns, items, strict=True)]
        )
    if len(items) < len(patterns) - 1:
        return False
    at, behind = stars[0], len(patterns) - stars[0] - 1
    star = patterns[at]
    assert isinstance(star, ast.MatchStar)
    if star.name is not None:
        scopes.bind(machine, star.name, ListV(items[at : len(items) - behind]))
    parts = [*patterns[:at], *patterns[at + 1 :]]
    rest = [*items[:at], *items[len(items) - behind :]]
    return _all([match(machine, part, item) for part, item in zip(parts, rest, strict=True)])


def _mapping(machine: Machine, pattern: ast.MatchMapping, subject: Value) -> bool | None:
    """`{"to": size}`: other keys may be there too."""
    from .expressions import evaluate

    if isinstance(subject, (Const, TupleV, ListV)):
        return False
    if not isinstance(subject, DictV):
        return None
    known, results = subject.slots["items"], []
    taken = []
    for key_node, part in zip(pattern.keys, pattern.patterns, strict=True):
        key = evaluate(machine, key_node)
        if not isinstance(key, Const):
            return None
        taken.append(key.value)
        if key.value in known:
            results.append(match(machine, part, known[key.value]))
        else:
            results.append(False if subject.slots["rest"] is None else None)
    if pattern.rest is not None:
        left = {key: value for key, value in known.items() if key not in taken}
        scopes.bind(machine, pattern.rest, DictV(left, subject.slots["rest"]))
    return _all(results)


def _class(machine: Machine, pattern: ast.MatchClass, subject: Value) -> bool | None:
    """`int(n)`, `Point(x=0)`, `Batch(inputs, targets)`."""
    from . import attributes
    from .expressions import evaluate

    cls = evaluate(machine, pattern.cls)
    isinstance_ = registry.function_model("builtins.isinstance")
    if isinstance_ is None:
        return None
    call = Call(machine, pattern.cls, "isinstance", [subject, cls], nodes=[None, pattern.cls])
    there = operators.truth_of(machine, None, isinstance_(call))
    if there is not True:
        return there
    names: tuple[str, ...] = ()
    if isinstance(subject, TupleV):
        names = subject.names
    elif isinstance(subject, InstanceV) and isinstance(subject.cls, ClassV):
        names = tuple(subject.cls.slots["$fields"].value)
    results: list[bool | None] = []
    if isinstance(cls, Library) and len(pattern.patterns) == 1:
        results.append(match(machine, pattern.patterns[0], subject))
    elif len(pattern.patterns) > len(names):
        return None
    else:
        for name, part in zip(names, pattern.patterns, strict=False):
            value = attributes.get_attribute(machine, pattern.cls, subject, name)
            results.append(match(machine, part, value))
    for name, part in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
        value = attributes.get_attribute(machine, pattern.cls, subject, name)
        results.append(match(machine, part, value))
    return _all(results)


def _bind_unknown(machine: Machine, pattern: ast.pattern) -> None:
    for child in ast.walk(pattern):
        name = getattr(child, "name", None)
        if isinstance(name, str):
            scopes.bind(machine, name, machine.unknown("what a pattern binds is not known"))
