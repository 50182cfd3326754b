"""Evaluating expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ..facts import text
from ..values.model import (
    Alternatives,
    BoundMethod,
    ClassV,
    Const,
    DictV,
    FunctionV,
    InstanceV,
    Items,
    IteratorV,
    Library,
    ListV,
    Scalar,
    Scope,
    SetV,
    SliceV,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import attributes, functions, holes, loops, operators, scopes, subscripts
from .assign import assign
from .call import Call
from .iteration import iterate
from .machine import Frame, Machine

MAX_STEPS = 3_000
"""Steps of a comprehension after which one general element stands for the rest."""

_RECORDED = (TensorV, InstanceV, FunctionV, ClassV, BoundMethod, Alternatives, SymInt)


def evaluate(machine: Machine, node: ast.expr) -> Value:
    """The value of an expression in the current frame."""
    machine.budget.step()
    evaluator = _EVALUATORS.get(type(node))
    if evaluator is None:
        return machine.unknown("this kind of expression is not followed")
    value = holes.known(machine, evaluator(machine, node))
    if isinstance(value, _RECORDED) and isinstance(node, _HOVERED):
        chunk = machine.frame.chunk
        machine.recorder.evaluate(chunk.span(node), lambda: chunk.source(node), value)
    return value


_HOVERED = (ast.Name, ast.Attribute, ast.Call, ast.BinOp, ast.Subscript, ast.Compare, ast.UnaryOp)


def _constant(machine: Machine, node: ast.Constant) -> Value:
    return Const(node.value)


def _name(machine: Machine, node: ast.Name) -> Value:
    value = scopes.lookup(machine, node.id)
    if value is None:
        if machine.frame.scope.kind == "module" and not (machine.quiet or machine.catching):
            machine.missing.append((node.id, machine.span(node)))
        return machine.unknown("the name `{name}` is not known here", name=node.id)
    return value


def _tuple(machine: Machine, node: ast.Tuple) -> Value:
    items = _elements(machine, node.elts)
    if items.rest is not None:
        return Unknown(text("how many elements a tuple has is not known"))
    return TupleV(items.items)


def _list(machine: Machine, node: ast.List) -> Value:
    return ListV(_elements(machine, node.elts))


def _set(machine: Machine, node: ast.Set) -> Value:
    items = _elements(machine, node.elts)
    return SetV(_distinct(items.items) if items.rest is None else None)


def _distinct(items: tuple[Value, ...]) -> tuple[Value, ...]:
    result: list[Value] = []
    for item in items:
        if item not in result:
            result.append(item)
    return tuple(result)


def _elements(machine: Machine, nodes: list[ast.expr]) -> Items:
    result = Items(())
    for node in nodes:
        if isinstance(node, ast.Starred):
            value = evaluate(machine, node.value)
            more = iterate(machine, Call(machine, node, "iter", [value], nodes=[node.value]), value)
            result = operators.concatenate(machine, result, more)
        else:
            result = operators.concatenate(machine, result, Items((evaluate(machine, node),)))
    return result


def _dict(machine: Machine, node: ast.Dict) -> Value:
    items: dict[Any, Value] = {}
    rest: Value | None = None
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = evaluate(machine, value_node)
        if key_node is None:
            if isinstance(value, DictV):
                items.update(value.slots["items"])
                rest = rest or value.slots["rest"]
            else:
                rest = Unknown(text("which keys a dict has is not known"))
            continue
        key = evaluate(machine, key_node)
        if isinstance(key, (Const, Library)):
            items[key.value if isinstance(key, Const) else key] = value
        else:
            rest = value
    return DictV(items, rest)


def _binop(machine: Machine, node: ast.BinOp) -> Value:
    left = evaluate(machine, node.left)
    right = evaluate(machine, node.right)
    return operators.binary(machine, node, node.op, left, right, [node.left, node.right])


def _unaryop(machine: Machine, node: ast.UnaryOp) -> Value:
    return operators.unary(machine, node, evaluate(machine, node.operand))


def _boolop(machine: Machine, node: ast.BoolOp) -> Value:
    stops = isinstance(node.op, ast.Or)
    possible: list[Value] = []
    for index, operand in enumerate(node.values):
        value = evaluate(machine, operand)
        last = index == len(node.values) - 1
        truth = None if last else operators.truth_of(machine, operand, value)
        if last or truth is stops:
            possible.append(value)
            break
        if truth is None:
            possible.append(value)
    result = possible[0]
    for value in possible[1:]:
        result = machine.joiner.join(result, value)
    return result


def _compare(machine: Machine, node: ast.Compare) -> Value:
    left, left_node = evaluate(machine, node.left), node.left
    result: Value = Const(True)
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        right = evaluate(machine, right_node)
        result = operators.compare(machine, node, op, left, right, [left_node, right_node])
        if len(node.ops) == 1:
            return result
        truth = operators.truth_of(machine, None, result)
        if truth is not True:
            return Const(False) if truth is False else Scalar("bool")
        left, left_node = right, right_node
    return result


def _ifexp(machine: Machine, node: ast.IfExp) -> Value:
    truth = operators.truth_of(machine, node.test, evaluate(machine, node.test))
    if truth is not None:
        return evaluate(machine, node.body if truth else node.orelse)
    mark = machine.trail.begin()
    first = evaluate(machine, node.body)
    taken = machine.trail.rollback(mark)
    mark = machine.trail.begin()
    second = evaluate(machine, node.orelse)
    other = machine.trail.rollback(mark)
    machine.trail.merge([taken, other], machine.joiner)
    return machine.joiner.join(first, second)


def _call(machine: Machine, node: ast.Call) -> Value:
    machine.called = node.func
    function = evaluate(machine, node.func)
    call = _arguments(machine, node)
    return functions.call_value(call, function)


def _arguments(machine: Machine, node: ast.Call) -> Call:
    call = Call(machine, node, machine.frame.chunk.source(node.func, 40))
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            value = evaluate(machine, argument.value)
            inner = Call(machine, argument, "iter", [value], nodes=[argument.value])
            items = iterate(machine, inner, value)
            call.args += items.items
            call.nodes += [argument.value] * len(items.items)
            if items.rest is not None:
                call.incomplete = Unknown(text("how many arguments `*` passes is not known"))
                call.starred = items if len(node.args) == 1 else None
        else:
            call.args.append(evaluate(machine, argument))
            call.nodes.append(argument)
    for keyword in node.keywords:
        value = evaluate(machine, keyword.value)
        if keyword.arg is not None:
            call.kwargs[keyword.arg] = value
            call.keyword_nodes[keyword.arg] = keyword.value
        elif isinstance(value, DictV):
            for key, item in value.slots["items"].items():
                if isinstance(key, str):
                    call.kwargs[key] = item
            if value.slots["rest"] is not None:
                call.incomplete = Unknown(text("which arguments `**` passes is not known"))
        else:
            call.incomplete = Unknown(text("which arguments `**` passes is not known"))
    return call


def _attribute(machine: Machine, node: ast.Attribute) -> Value:
    owner = evaluate(machine, node.value)
    return attributes.get_attribute(machine, node, owner, node.attr)


def _subscript(machine: Machine, node: ast.Subscript) -> Value:
    owner = evaluate(machine, node.value)
    key = evaluate(machine, node.slice)
    return subscripts.get_item(machine, node, owner, key)


def _slice(machine: Machine, node: ast.Slice) -> Value:
    parts = [
        Const(None) if part is None else evaluate(machine, part)
        for part in (node.lower, node.upper, node.step)
    ]
    return SliceV(*(operators.as_index(machine, part) for part in parts))


def _joined_str(machine: Machine, node: ast.JoinedStr) -> Value:
    known: list[str] = []
    complete = True
    for part in node.values:
        value = evaluate(machine, part)
        if isinstance(value, Const) and isinstance(value.value, str):
            known.append(value.value)
        else:
            complete = False
    return Const("".join(known)) if complete else Scalar("str")


_CONVERSIONS: dict[int, Callable[[object], str]] = {ord("s"): str, ord("r"): repr, ord("a"): ascii}


def _formatted(machine: Machine, node: ast.FormattedValue) -> Value:
    value = evaluate(machine, node.value)
    specification = evaluate(machine, node.format_spec) if node.format_spec else Const("")
    known = isinstance(specification, Const) and not operators.wide(str(specification.value))
    if isinstance(value, Const) and isinstance(specification, Const) and known:
        convert = _CONVERSIONS.get(node.conversion)
        shown = convert(value.value) if convert is not None else value.value
        try:
            return Const(format(shown, specification.value))
        except (TypeError, ValueError):
            return Scalar("str")
    return Scalar("str")


def _lambda(machine: Machine, node: ast.Lambda) -> Value:
    return functions.make_function(machine, "<lambda>", node)


def _named_expr(machine: Machine, node: ast.NamedExpr) -> Value:
    value = evaluate(machine, node.value)
    assign(machine, node.target, value)
    return value


def _starred(machine: Machine, node: ast.Starred) -> Value:
    return evaluate(machine, node.value)


def _await(machine: Machine, node: ast.Await) -> Value:
    return evaluate(machine, node.value)


def _yield(machine: Machine, node: ast.Yield) -> Value:
    value = evaluate(machine, node.value) if node.value else Const(None)
    if machine.frame.at_yield is not None:
        machine.frame.at_yield(value)
    if machine.frame.yields is not None:
        machine.frame.yields.append(value)
    return machine.unknown("what is sent into a generator is not known")


def _yield_from(machine: Machine, node: ast.YieldFrom) -> Value:
    value = evaluate(machine, node.value)
    items = iterate(machine, Call(machine, node, "iter", [value], nodes=[node.value]), value)
    frame = machine.frame
    if frame.yields is not None:
        frame.yields += items.items
        if items.rest is not None:
            frame.yields.append(items.rest)
            frame.endless = True
    return Const(None)


def _comprehension(machine: Machine, node: Any, element: Callable[[], Value]) -> Items:
    """Runs the generators of a comprehension in a scope of their own."""
    frame = machine.frame
    scope = Scope(frame.scope, "comprehension")
    inner = Frame(scope, frame.chunk, frame.function)
    first = node.generators[0]
    source = evaluate(machine, first.iter)
    items = iterate(
        machine, Call(machine, first.iter, "iter", [source], nodes=[first.iter]), source
    )
    machine.frames.append(inner)
    try:
        return _generate(machine, node.generators, 0, items, element)
    finally:
        machine.frames.pop()


def _generate(
    machine: Machine,
    generators: list[ast.comprehension],
    depth: int,
    items: Items,
    element: Callable[[], Value],
) -> Items:
    generator = generators[depth]
    found = Items(())
    begin = machine.budget.spent
    for index, item in enumerate(items.items):
        left = items.items[index:]
        if machine.budget.spent - begin > MAX_STEPS and len(left) > 1:
            count = len(items.items) if items.rest is None else items.length
            items = Items(items.items[:index], loops.generalise(machine, left, items.rest), count)
            break
        found, certain = _generate_one(machine, generators, depth, item, element, found)
        if not certain:
            items = items._replace(rest=item)
    if items.rest is not None:
        before = found
        some, certain = _generate_one(machine, generators, depth, items.rest, element, Items(()))
        known = [*before.items, *some.items, *([some.rest] if some.rest is not None else [])]
        if not known:
            return before
        rest = known[-1]
        for value in known[:-1]:
            rest = machine.joiner.join(rest, value)
        one_each = certain and len(some.items) == 1 and not generator.ifs
        length = items.length if one_each and depth == len(generators) - 1 else None
        if not one_each:
            return Items((), rest)
        return Items(before.items, rest, length)
    return found


def _generate_one(
    machine: Machine,
    generators: list[ast.comprehension],
    depth: int,
    item: Value,
    element: Callable[[], Value],
    found: Items,
) -> tuple[Items, bool]:
    """One round of a comprehension. The flag is False when a condition is undecidable."""
    generator = generators[depth]
    assign(machine, generator.target, item, "comprehension")
    certain = True
    for condition in generator.ifs:
        truth = operators.truth_of(machine, condition, evaluate(machine, condition))
        if truth is False:
            return found, True
        certain = certain and truth is True
    if depth == len(generators) - 1:
        value = element()
        if not certain:
            return operators.concatenate(machine, found, Items((), value)), False
        return operators.concatenate(machine, found, Items((value,))), True
    inner = generators[depth + 1]
    source = evaluate(machine, inner.iter)
    call = Call(machine, inner.iter, "iter", [source], nodes=[inner.iter])
    items = iterate(machine, call, source)
    more = _generate(machine, generators, depth + 1, items, element)
    return operators.concatenate(machine, found, more), certain


def _list_comp(machine: Machine, node: ast.ListComp) -> Value:
    return ListV(_comprehension(machine, node, lambda: evaluate(machine, node.elt)))


def _set_comp(machine: Machine, node: ast.SetComp) -> Value:
    items = _comprehension(machine, node, lambda: evaluate(machine, node.elt))
    return SetV(_distinct(items.items) if items.rest is None else None)


def _generator_exp(machine: Machine, node: ast.GeneratorExp) -> Value:
    return IteratorV(_comprehension(machine, node, lambda: evaluate(machine, node.elt)))


def _dict_comp(machine: Machine, node: ast.DictComp) -> Value:
    def element() -> Value:
        return TupleV((evaluate(machine, node.key), evaluate(machine, node.value)))

    items = _comprehension(machine, node, element)
    result: dict[Any, Value] = {}
    rest: Value | None = None
    for pair in (*items.items, *([items.rest] if items.rest is not None else [])):
        if isinstance(pair, TupleV) and isinstance(pair.items[0], Const):
            result[pair.items[0].value] = pair.items[1]
        else:
            rest = pair.items[1] if isinstance(pair, TupleV) else pair
    return DictV(result, rest)


_EVALUATORS: dict[type[ast.expr], Callable[[Machine, Any], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Set: _set,
    ast.Dict: _dict,
    ast.BinOp: _binop,
    ast.UnaryOp: _unaryop,
    ast.BoolOp: _boolop,
    ast.Compare: _compare,
    ast.IfExp: _ifexp,
    ast.Call: _call,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.JoinedStr: _joined_str,
    ast.FormattedValue: _formatted,
    ast.Lambda: _lambda,
    ast.NamedExpr: _named_expr,
    ast.Starred: _starred,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.ListComp: _list_comp,
    ast.SetComp: _set_comp,
    ast.DictComp: _dict_comp,
    ast.GeneratorExp: _generator_exp,
}
