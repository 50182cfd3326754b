"""Python's operators on abstract values."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

from ...runtime.oracle import dims
from ..facts import text
from ..values.model import (
    FALSE,
    TRUE,
    Alternatives,
    Const,
    DeviceV,
    DictV,
    DtypeV,
    Hole,
    InstanceV,
    Items,
    Library,
    ListV,
    Scalar,
    SetV,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import attributes, enums, holes, libraries, sets
from .ask import ask
from .call import Call
from .machine import Machine

_NAMES: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.BitAnd: "and_",
    ast.BitOr: "or_",
    ast.BitXor: "xor",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
}
_DIMS: dict[str, Callable[[Any, Any], Any]] = {
    "add": dims.add,
    "sub": dims.sub,
    "mul": dims.mul,
    "floordiv": dims.floordiv,
    "mod": dims.mod,
}
_MAX_SEQUENCE = 10_000
_MAX_POWER = 4096
_MAX_EXPRESSION = 120
"""Longer expressions over symbols tell nobody anything; they become a symbol."""


def binary(
    machine: Machine,
    node: ast.expr,
    op: ast.operator,
    left: Value,
    right: Value,
    nodes: list[ast.expr | None],
    in_place: bool = False,
) -> Value:
    """`left op right`, or `left op= right`."""
    name = _NAMES[type(op)]
    if isinstance(left, Alternatives) or isinstance(right, Alternatives):
        if _has_tensor(left) or _has_tensor(right):
            return _ask(machine, node, name, [left, right], nodes, in_place)
        return over_alternatives(
            machine,
            [left, right],
            lambda a, b: binary(machine, node, op, a, b, nodes, in_place),
        )
    if isinstance(left, TensorV) or isinstance(right, TensorV):
        return _tensor(machine, node, name, left, right, nodes, in_place)
    if isinstance(left, Const) and isinstance(right, Const):
        return _constants(machine, node, name, left.value, right.value)
    for value, method, other in (
        (left, f"__{name.rstrip('_')}__", right),
        (right, f"__r{name.rstrip('_')}__", left),
    ):
        if isinstance(value, InstanceV):
            found = attributes.find_method(value, method)
            if found is not None:
                return attributes.call_method(machine, node, value, method, [other])
            model = attributes.model_of(machine, value, method)
            if model is not None:
                return model.run(Call(machine, node, method, [other], nodes=[None]))
    if holes.are_tensors(machine, name, left, right):
        return _ask(machine, node, name, [left, right], nodes, in_place)
    left, right = holes.operand(machine, left, right), holes.operand(machine, right, left)
    if isinstance(left, Unknown):
        return left
    if isinstance(right, Unknown):
        return right
    numbers = _numbers(machine, name, left, right)
    if numbers is not None:
        return numbers
    return _sequences(machine, name, left, right, in_place)


def _has_tensor(value: Value) -> bool:
    if isinstance(value, Alternatives):
        return any(isinstance(option, TensorV) for option in value.options)
    return isinstance(value, TensorV)


def over_alternatives(
    machine: Machine, values: list[Value], function: Callable[..., Value]
) -> Value:
    """The join of a function over every choice among alternatives (at most eight)."""
    choices: list[list[Value]] = [[]]
    for value in values:
        options = value.options if isinstance(value, Alternatives) else (value,)
        choices = [[*chosen, option] for chosen in choices for option in options][:8]
    result = function(*choices[0])
    for chosen in choices[1:]:
        result = machine.joiner.join(result, function(*chosen))
    return result


def _tensor(
    machine: Machine,
    node: ast.expr,
    name: str,
    left: Value,
    right: Value,
    nodes: list[ast.expr | None],
    in_place: bool,
) -> Value:
    result = _ask(machine, node, name, [left, right], nodes, in_place)
    if name in ("add", "sub") and not in_place and _is_index(result):
        a, b = (as_index(machine, value) for value in (left, right))
        x, y = dim_of(a), dim_of(b)
        if x is not None and y is not None:
            assert isinstance(result, TensorV)
            result.slots["$number"] = _DIMS[name](x, y)
    return result


def _is_index(value: Value) -> bool:
    """Whether a value is a single integer in a tensor or array, and not known."""
    return (
        isinstance(value, TensorV)
        and value.sig.shape == ()
        and value.sig.value is None
        and value.sig.dtype in ("int64", "int32", "int16", "uint8", "int8")
    )


def as_index(machine: Machine, value: Value) -> Value:
    """A tensor that holds one integer as that number, so that `x[i : i + 16]` has 16 rows.

    What is not such a tensor is returned as it is. The number is kept with the tensor until
    something changes it (`ask`).
    """
    if not _is_index(value):
        return value
    assert isinstance(value, TensorV)
    if "$number" not in value.slots:
        value.slots["$number"] = machine.fresh("i")
    number = value.slots["$number"]
    return Const(number) if isinstance(number, int) else Scalar("int", number)


def _ask(
    machine: Machine,
    node: ast.expr,
    name: str,
    args: list[Value],
    nodes: list[ast.expr | None],
    in_place: bool,
) -> Value:
    if in_place:
        name = "i" + name.rstrip("_")
        if isinstance(args[0], TensorV):
            args[0].slots.pop("$number", None)
    return ask(Call(machine, node, f"operator.{name}", args, nodes=nodes))


def _constants(machine: Machine, node: ast.expr, name: str, left: Any, right: Any) -> Value:
    if name == "mul" and isinstance(left, (str, bytes)) | isinstance(right, (str, bytes)):
        text_, count = (left, right) if isinstance(left, (str, bytes)) else (right, left)
        if isinstance(count, int) and len(text_) * max(count, 0) > _MAX_SEQUENCE:
            return Scalar("str")
    if name in ("pow", "lshift") and isinstance(right, int) and abs(right) > _MAX_POWER:
        return Scalar("int", machine.symbol_for(machine.span(node), "n"))
    if name == "mod" and isinstance(left, str):
        return _format(left, Const(right))
    try:
        return Const(getattr(operator, name)(left, right))
    except Exception as error:  # whatever the operator would raise
        return Unknown(text("this fails: {error}", error=str(error)))


def _format(template: str, value: Value) -> Value:
    if isinstance(value, Const) and not wide(template):
        try:
            return Const(template % value.value)
        except (TypeError, ValueError):
            return Scalar("str")
    return Scalar("str")


def wide(specification: str) -> bool:
    """Whether a format asks for a text of ten thousand characters or more."""
    return re.search(r"\d{5}", specification) is not None


def dim_of(value: Value) -> Any:
    """A number as a dim (`int` or expression); None if it is none."""
    if isinstance(value, Const) and type(value.value) in (int, bool):
        return int(value.value)
    if isinstance(value, SymInt):
        return value.expression
    if isinstance(value, Scalar) and value.type == "int" and value.name:
        return value.name
    return None


def int_value(dim: Any, like: tuple[Value, ...]) -> Value:
    """A dim as a number; a size only if it was computed from sizes."""
    if isinstance(dim, int):
        return Const(dim)
    if any(isinstance(value, Scalar) for value in like):
        return Scalar("int", dim)
    return SymInt(dim)


def _numbers(machine: Machine, name: str, left: Value, right: Value) -> Value | None:
    kinds = {number_type(left), number_type(right)}
    if None in kinds or "str" in kinds:
        return Scalar("str") if kinds == {"str"} and name in ("add", "mod") else None
    if "complex" in kinds:
        return Scalar("complex")
    if "float" in kinds or name == "truediv":
        return Scalar("float")
    a, b = dim_of(left), dim_of(right)
    if a is not None and b is not None and name in _DIMS:
        try:
            dim = _DIMS[name](a, b)
            if isinstance(dim, str) and len(dim) > _MAX_EXPRESSION:
                return Scalar("int", machine.fresh("n"))
            return int_value(dim, (left, right))
        except (ZeroDivisionError, dims.DimError):
            return Unknown(text("a division by zero"))
    if name == "pow" and a is not None and isinstance(b, int) and 1 <= b <= 3:
        return int_value(dims.product((a,) * b), (left, right))
    if name == "pow":
        return Scalar("float") if isinstance(right, Const) and right.value < 0 else Scalar("int")
    return Scalar("int")


def number_type(value: Value) -> str | None:
    """The Python type of a number or text, None for anything else."""
    if isinstance(value, Const) and type(value.value) in (int, float, bool, complex, str):
        kind = type(value.value).__name__
        return "int" if kind == "bool" else kind
    if isinstance(value, SymInt):
        return "int"
    if isinstance(value, Scalar):
        return "int" if value.type == "bool" else value.type
    return None


def _sequences(machine: Machine, name: str, left: Value, right: Value, in_place: bool) -> Value:
    if name == "add" and isinstance(left, TupleV) and isinstance(right, TupleV):
        return TupleV((*left.items, *right.items))
    if name == "add" and isinstance(left, ListV) and isinstance(right, ListV):
        joined = concatenate(machine, left.items, right.items)
        if in_place:
            machine.trail.set(left.slots, "items", joined)
            return left
        return ListV(joined)
    if name == "mul":
        sequence, count = (left, right) if isinstance(left, (TupleV, ListV)) else (right, left)
        if isinstance(sequence, (TupleV, ListV)):
            return _repeat(machine, sequence, count)
    if name == "mod" and number_type(left) == "str":
        return Scalar("str")
    if name == "or_" and isinstance(left, DictV) and isinstance(right, DictV):
        return DictV({**left.slots["items"], **right.slots["items"]})
    if isinstance(left, SetV) and isinstance(right, SetV):
        return SetV(sets.combined(name, left.slots["items"], right.slots["items"]))
    return Unknown(text("an operator between objects that are not followed"))


def concatenate(machine: Machine, a: Items, b: Items) -> Items:
    """The elements of one sequence behind those of another."""
    if a.rest is None:
        length = None
        if b.rest is not None and b.length is not None:
            length = dims.add(b.length, len(a.items))
        return Items((*a.items, *b.items), b.rest, length)
    rest = a.rest
    for item in (*b.items, *([b.rest] if b.rest is not None else [])):
        rest = machine.widener.join(rest, item)
    length = None
    more = len(b.items) if b.rest is None else b.length
    if a.length is not None and more is not None:
        length = dims.add(a.length, more)
    return Items(a.items, rest, length)


def _repeat(machine: Machine, sequence: TupleV | ListV, count: Value) -> Value:
    if isinstance(count, Const) and isinstance(count.value, int):
        known = Items(sequence.items) if isinstance(sequence, TupleV) else sequence.items
        if known.rest is None and len(known.items) * count.value <= _MAX_SEQUENCE:
            repeated = known.items * count.value
            return TupleV(repeated) if isinstance(sequence, TupleV) else ListV(repeated)
    items = sequence.items if isinstance(sequence, TupleV) else sequence.items.items
    if not items:
        return Unknown(text("how often a list is repeated is not known"))
    rest = items[0]
    for item in items[1:]:
        rest = machine.joiner.join(rest, item)
    number = dim_of(count)
    length = dims.mul(len(items), number) if number is not None else None
    return ListV(Items((), rest, length))


def unary(machine: Machine, node: ast.UnaryOp, value: Value) -> Value:
    """`-x`, `+x`, `~x`, `not x`."""
    if isinstance(node.op, ast.Not):
        truth = truth_of(machine, node.operand, value)
        return Scalar("bool") if truth is None else Const(not truth)
    if isinstance(value, Alternatives):
        return over_alternatives(machine, [value], lambda v: unary(machine, node, v))
    name = {ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert"}[type(node.op)]
    if isinstance(value, TensorV):
        return ask(Call(machine, node, f"operator.{name}", [value], nodes=[node.operand]))
    if isinstance(value, Const):
        try:
            return Const(getattr(operator, name)(value.value))
        except TypeError as error:
            return Unknown(text("this fails: {error}", error=str(error)))
    dim = dim_of(value)
    if dim is not None and name == "neg":
        return Scalar("int", str(dims.mul(-1, dim)))
    if isinstance(value, Scalar):
        return Scalar(value.type)
    return value if isinstance(value, Unknown) else Unknown(text("an operator on an object"))


def compare(
    machine: Machine,
    node: ast.expr,
    op: ast.cmpop,
    left: Value,
    right: Value,
    nodes: list[ast.expr | None],
) -> Value:
    """`left op right`."""
    if isinstance(op, (ast.Is, ast.IsNot)):
        return _identity(left, right, isinstance(op, ast.IsNot))
    if isinstance(op, (ast.In, ast.NotIn)):
        return _membership(left, right, isinstance(op, ast.NotIn))
    name = _COMPARISONS[type(op)]
    beside_hole = machine.search is not None and isinstance(left, TensorV) | isinstance(
        right, TensorV
    )
    for value in (left, right):
        if isinstance(value, Unknown) and not (beside_hole and type(value) is Hole):
            return holes.compared(value) if type(value) is Hole else value
    if isinstance(left, TensorV) or isinstance(right, TensorV):
        return _ask(machine, node, name, [left, right], nodes, False)
    if isinstance(left, Alternatives) or isinstance(right, Alternatives):
        return over_alternatives(
            machine, [left, right], lambda a, b: compare(machine, node, op, a, b, nodes)
        )
    if isinstance(left, Const) and isinstance(right, Const):
        try:
            return Const(bool(getattr(operator, name)(left.value, right.value)))
        except TypeError:
            return Scalar("bool")
    if name in ("eq", "ne"):
        equal = _equal(left, right)
        return Scalar("bool") if equal is None else Const(equal == (name == "eq"))
    return _ordered(name, left, right)


def _ordered(name: str, left: Value, right: Value) -> Value:
    a, b = dim_of(left), dim_of(right)
    if a is None or b is None:
        return Scalar("bool")
    difference = dims.sub(a, b)
    if isinstance(difference, int):
        return Const(bool(getattr(operator, name)(difference, 0)))
    # A size is at least 1.
    if isinstance(left, SymInt) and isinstance(b, int) and b < 1 and a in dims.symbols(a):
        return Const(name in ("gt", "ge", "ne"))
    return Scalar("bool")


def _equal(left: Value, right: Value) -> bool | None:
    if isinstance(left, (Unknown, Scalar)) or isinstance(right, (Unknown, Scalar)):
        return None
    if isinstance(left, DeviceV) or isinstance(right, DeviceV):
        names = [v.name if isinstance(v, DeviceV) else v for v in (left, right)]
        return names[0] == names[1] if all(isinstance(n, str) for n in names) else None
    if isinstance(left, DtypeV) and isinstance(right, DtypeV):
        return left == right
    if isinstance(left, (TupleV, ListV)) and isinstance(right, (TupleV, ListV)):
        a = left.items if isinstance(left, TupleV) else left.items.items
        b = right.items if isinstance(right, TupleV) else right.items.items
        if any(isinstance(v, ListV) and v.items.rest is not None for v in (left, right)):
            return None
        if len(a) != len(b):
            return False
        parts = [_equal(x, y) for x, y in zip(a, b, strict=True)]
        if False in parts:
            return False
        return None if None in parts else True
    a_dim, b_dim = dim_of(left), dim_of(right)
    if a_dim is not None and b_dim is not None:
        difference = dims.sub(a_dim, b_dim)
        return difference == 0 if isinstance(difference, int) else None
    if isinstance(left, (Const, Library)) and isinstance(right, (Const, Library)):
        return True if left == right else False if _differ(left, right) else None
    if left is right:
        return True
    return False if enums.different(left, right) else None


def _differ(left: Const | Library, right: Const | Library) -> bool:
    """Whether two constants or library names surely stand for different things."""
    named = [value for value in (left, right) if isinstance(value, Library)]
    if not all(libraries.is_object(library) for library in named):
        return False
    # One class may have several names: `torch.nn.Linear`, `torch.nn.modules.linear.Linear`.
    return len({library.name.rpartition(".")[2] for library in named}) == len(named)


def _identity(left: Value, right: Value, negate: bool) -> Value:
    result: bool | None = None
    if isinstance(left, (Unknown, Alternatives)) or isinstance(right, (Unknown, Alternatives)):
        kinds = [
            _is_none(option)
            for value in (left, right)
            for option in (value.options if isinstance(value, Alternatives) else (value,))
        ]
        if right == Const(None) and isinstance(left, Alternatives) and True not in kinds[:-1]:
            result = False if None not in kinds[:-1] else None
    elif left is right or left == right:
        result = True
    elif (isinstance(left, Const) and isinstance(right, Const)) or enums.different(left, right):
        result = False
    else:
        result = False if {_is_none(left), _is_none(right)} == {True, False} else None
    return Scalar("bool") if result is None else Const(result != negate)


def _is_none(value: Value) -> bool | None:
    if isinstance(value, Unknown) or (
        isinstance(value, Library) and not libraries.is_object(value)
    ):
        return None
    return isinstance(value, Const) and value.value is None


def _membership(left: Value, right: Value, negate: bool) -> Value:
    found: bool | None = None
    if isinstance(right, DictV) and isinstance(left, Const):
        if left.value in right.slots.get("$maybe", ()):
            found = None
        elif left.value in right.slots["items"]:
            found = True
        elif right.slots["rest"] is None:
            found = False
    elif isinstance(right, Const) and isinstance(left, Const):
        try:
            found = left.value in right.value
        except TypeError:
            found = None
    elif isinstance(right, (TupleV, ListV, SetV)):
        items: Any = right.items if isinstance(right, TupleV) else right.slots["items"]
        if isinstance(items, Items):
            items = items.items if items.rest is None else None
        if items is not None:
            parts = [_equal(left, item) for item in items]
            found = True if True in parts else None if None in parts else False
    return Scalar("bool") if found is None else Const(found != negate)


def truth_of(machine: Machine, node: ast.expr | None, value: Value) -> bool | None:
    """Whether a value counts as true; None when that is not known.

    Reports the failure of a tensor with several elements used as a condition.
    """
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, TensorV):
        if node is None:
            return None
        result = ask(Call(machine, node, "builtins.bool", [value], nodes=[node]))
        return bool(result.value) if isinstance(result, Const) else None
    if isinstance(value, SymInt):
        return True
    if isinstance(value, TupleV):
        return bool(value.items)
    if isinstance(value, ListV):
        items = value.items
        if items.items:
            return True
        return None if items.rest is not None else False
    if isinstance(value, DictV):
        if value.slots["items"]:
            return True
        return None if value.slots["rest"] is not None else False
    if isinstance(value, Alternatives):
        truths = {truth_of(machine, None, option) for option in value.options}
        return truths.pop() if len(truths) == 1 else None
    if isinstance(value, (Unknown, Scalar, SetV)):
        return None
    if isinstance(value, Library) and not libraries.is_object(value):
        return None
    if isinstance(value, InstanceV):
        return attributes.truth_of_instance(machine, value)
    return True


__all__ = ["FALSE", "TRUE", "binary", "compare", "dim_of", "int_value", "truth_of", "unary"]
