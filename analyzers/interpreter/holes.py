"""Finding out what a parameter is that nothing gives a value: one search per function.

A function that nothing calls is run with holes for its parameters. Where a hole
meets an operator, it becomes the first thing the operator accepts: a tensor of
some rank with a symbol for each size, or a number. Where the operator works only
at certain sizes (`nn.Linear(784, 10)`), the oracle says which, and the symbol is
bound. Where nothing goes on, the last decision is taken back, and the function
is run again.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from ...runtime.oracle import wire as w
from ..facts import text
from ..values.encode import NotEncodable, encode
from ..values.model import (
    Cell,
    Const,
    DtypeV,
    Hole,
    InstanceV,
    ListV,
    SliceV,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .call import Call
from .candidates import NUMBERS, SIZE, TENSORS, Guess, guesses
from .machine import Machine
from .search import Decision, Rejected
from .tensor_names import METHODS, OF_TENSORS, SAME_SHAPE

if TYPE_CHECKING:
    pass

MAX_TRIALS = 24
"""Combinations of guesses that are tried at one operator."""

FEW_TRIALS = 4
"""The same with more than three holes at once: a guess then rarely goes through."""


def hole(name: str, reason: Unknown) -> Hole:
    """A hole for a parameter."""
    return Hole(reason.reason, Cell(name))


def settled(value: Value) -> Value:
    """What a hole has turned out to be; any other value, and an open hole, as it is."""
    if type(value) is not Hole or value.cell.value is None:
        return value
    found = value.cell.value
    if value.dtype is not None and isinstance(found, TensorV):
        return TensorV(found.sig._replace(dtype=value.dtype), found.origin)
    return found


def _decide(machine: Machine, found: Hole, options: tuple[Guess, ...]) -> Value:
    search = machine.search
    assert search is not None
    decision = search.decisions.get(found.cell.path)
    if decision is None:
        options = search.among(found.cell.path, options)
        decision = search.decisions[found.cell.path] = Decision(found.cell.path, options)
        search.changed = True
    found.cell.value = search.value(decision)
    search.cells.append(found.cell)
    return settled(found)


def known(machine: Machine, value: Value) -> Value:
    """What a hole has turned out to be, in this pass or in one before.

    A pass in which something is decided is never the last one; in those that follow, even
    `x.half()` or `x > 0`, which left `x` open, give what they give for a tensor.
    """
    value = settled(value)
    search = machine.search
    if type(value) is Hole and search is not None and value.cell.path in search.decisions:
        return _decide(machine, value, ())
    return value


def as_size(machine: Machine, value: Value) -> Value:
    """A hole that must be a size."""
    value = settled(value)
    if type(value) is Hole and machine.search is not None:
        return _decide(machine, value, SIZE)
    return value


def as_number(machine: Machine, value: Value) -> Value:
    """A hole that is a number or a text: the argument of a layer's constructor."""
    value = settled(value)
    if type(value) is Hole and machine.search is not None:
        return _decide(machine, value, NUMBERS)
    return value


def attribute(machine: Machine, node: ast.expr, owner: Hole, name: str) -> Value:
    """`hole.name`: a tensor's, if only tensors have it; else a hole of its own."""
    from ..values.model import Native
    from . import attributes

    if machine.search is None:
        return owner
    if name in SAME_SHAPE:
        return Native(name, lambda call: _cast(owner, name, call))
    if name in OF_TENSORS or (name in METHODS and machine.called is node):
        value = _decide(machine, owner, TENSORS)
        return attributes.get_attribute(machine, node, value, name)
    return member(owner, name)


_CASTS = {"float": "float32", "half": "float16", "double": "float64"}


def _cast(owner: Hole, method: str, call: Call) -> Hole:
    """`hole.to(…)`: of the same shape, and perhaps of another dtype."""
    named = [v.name for v in (*call.args, *call.kwargs.values()) if isinstance(v, DtypeV)]
    dtype = _CASTS.get(method, named[0] if named else owner.dtype)
    return Hole(owner.reason, owner.cell, dtype)


def compared(value: Hole) -> Hole:
    """`hole > 0`: if it is a tensor, one of booleans."""
    return Hole(value.reason, value.cell, "bool")


def operand(machine: Machine, value: Value, other: Value) -> Value:
    """An operand beside a number: beside a size or in a constructor it is one too.

    Elsewhere it stays open: `x / 255` is like `x`.
    """
    search = machine.search
    if type(value) is not Hole or search is None:
        return value
    is_size = isinstance(other, SymInt) or search.kind == "init"
    return _decide(machine, value, (*SIZE, Guess("float"))) if is_size else value


def decided(machine: Machine, value: Value, at_end: bool = False) -> Value:
    """A hole for a parameter whose shape is stated is a tensor, whatever meets it.

    Args:
        at_end: nothing that meets it says more about its dtype.
    """
    search = machine.search
    stated = search.claims.get(value.cell.path) if search and type(value) is Hole else None
    if stated is None or stated.shape is None or not (stated.dtypes or at_end):
        return value
    assert type(value) is Hole
    return value if value.cell.value is not None else _decide(machine, value, TENSORS)


def are_tensors(machine: Machine, operator: str, left: Value, right: Value) -> bool:
    """Whether two operands, of which one is a hole, can only be tensors."""
    if machine.search is None or not (type(left) is Hole or type(right) is Hole):
        return False
    both = isinstance(left, Unknown) and isinstance(right, Unknown)
    return operator == "matmul" or (both and machine.search.kind == "forward")


def item(machine: Machine, node: ast.Subscript, owner: Hole, key: Value) -> Value:
    """`hole[key]`: with several keys it is a tensor, with one it may be anything."""
    from .ask import ask

    parts = key.items if isinstance(key, TupleV) else (key,)
    if len(parts) > 1 and any(isinstance(part, (SliceV, Const)) for part in parts):
        nodes: list[ast.expr | None] = [node.value, node.slice]
        return ask(Call(machine, node, "operator.getitem", [owner, key], nodes=nodes))
    return member(owner, f"[{key.value}]" if isinstance(key, Const) else "[]")


def member(owner: Hole, name: str) -> Value:
    """What belongs to a hole: an attribute, an element."""
    found = owner.cell.members.get(name)
    if found is None:
        found = owner.cell.members[name] = hole(f"{owner.cell.path}.{name}", owner)
    return settled(found)


def open_holes(values: Iterable[Value]) -> list[Hole]:
    """The undecided holes among some values, also inside lists and tuples.

    One that is there as it is and with another dtype counts as it is.
    """
    found: list[Hole] = []
    for value in values:
        value = settled(value)
        if type(value) is Hole:
            found.append(value)
        elif isinstance(value, TupleV):
            found += open_holes(value.items)
        elif isinstance(value, ListV) and value.items.rest is None:
            found += open_holes(value.items.items)
    found.sort(key=lambda item: item.dtype is None)
    return list({id(item.cell): item for item in found}.values())


def settle_call(call: Call, kind: str) -> Call:
    """The call with its holes decided by what the operator accepts."""
    machine = call.machine
    values = [*call.args, *call.kwargs.values()]
    if machine.search is not None:
        holes_ = open_holes(values)
        if holes_:
            _decide_together(call, kind, holes_)
    args = [_filled(value) for value in call.args]
    kwargs = {name: _filled(value) for name, value in call.kwargs.items()}
    return Call(
        machine,
        call.node,
        call.name,
        args,
        kwargs,
        call.nodes,
        call.keyword_nodes,
        call.incomplete,
        call.starred,
    )


def _filled(value: Value) -> Value:
    value = settled(value)
    if isinstance(value, TupleV) and any(type(item) is Hole for item in value.items):
        return TupleV(tuple(_filled(item) for item in value.items), value.type_name, value.names)
    if isinstance(value, ListV) and any(type(item) is Hole for item in value.items.items):
        return ListV(value.items._replace(items=tuple(_filled(i) for i in value.items.items)))
    return value


def _decide_together(call: Call, kind: str, found: list[Hole]) -> None:
    machine, search = call.machine, call.machine.search
    assert search is not None
    fresh = [item for item in found if item.cell.path not in search.decisions]
    for item in found:
        if item not in fresh:
            _decide(machine, item, ())
    if not fresh:
        return
    options = [
        search.among(
            item.cell.path,
            _uncast(item, _like_others(call, _guesses(call, kind, item))),
        )
        for item in fresh
    ]
    trials = MAX_TRIALS if len(fresh) <= 3 else FEW_TRIALS
    for chosen in itertools.islice(_orders(options), trials):
        for item, guess, all_of in zip(fresh, chosen, options, strict=True):
            left = all_of[all_of.index(guess) :]
            search.decisions[item.cell.path] = Decision(item.cell.path, left)
            item.cell.value = search.value(search.decisions[item.cell.path])
            search.cells.append(item.cell)
        if _accepted(call, kind):
            search.changed = True
            return
    raise Rejected


def _guesses(call: Call, kind: str, item: Hole) -> tuple[Guess, ...]:
    return guesses(call, kind, _index(call, item), _keyword(call, item))


def _uncast(item: Hole, options: tuple[Guess, ...]) -> tuple[Guess, ...]:
    """What something may be before a cast, of what it may be behind it."""
    if item.dtype is None:
        return options
    kept = (guess._replace(dtype="float32") for guess in options if guess.kind == "tensor")
    return tuple(dict.fromkeys(kept)) or options


_ELEMENTWISE = frozenset(
    [
        "add",
        "sub",
        "mul",
        "truediv",
        "pow",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "iadd",
        "isub",
        "imul",
        "itruediv",
        "and_",
        "or_",
        "xor",
        "where",
        "mse_loss",
        "l1_loss",
        "smooth_l1_loss",
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
        "MSELoss",
        "L1Loss",
        "SmoothL1Loss",
        "HuberLoss",
        "BCELoss",
        "BCEWithLogitsLoss",
    ]
)


def _like_others(call: Call, options: tuple[Guess, ...]) -> tuple[Guess, ...]:
    """Beside a tensor, an elementwise operator mostly has another one of its rank."""
    layer = call.args[0] if call.args else None
    name = layer.class_name if isinstance(layer, InstanceV) else call.name.rpartition(".")[2]
    if name not in _ELEMENTWISE:
        return options
    for value in call.args:
        value = settled(value)
        if isinstance(value, TensorV) and value.sig.shape is not None:
            like = Guess("tensor", len(value.sig.shape))
            return (like, *(guess for guess in options if guess != like))
    return options


def _orders(options: list[tuple[Guess, ...]]) -> Iterator[tuple[Guess, ...]]:
    """The combinations, those of like guesses first: two operands mostly have one rank.

    Not where what is likeliest differs, as it does for the scores and labels of a loss.
    """
    combined = list(itertools.islice(itertools.product(*options), 200))
    if len({guesses_[0] for guesses_ in options}) > 1:
        return iter(combined)
    return iter(sorted(combined, key=lambda chosen: len(set(chosen)) > 1))


def _index(call: Call, wanted: Hole) -> int:
    for index, value in enumerate(call.args):
        if any(item is wanted for item in open_holes([value])):
            return index
    return len(call.args)


def _keyword(call: Call, wanted: Hole) -> str:
    for name, value in call.kwargs.items():
        if any(item is wanted for item in open_holes([value])):
            return name
    return ""


def _accepted(call: Call, kind: str) -> bool:
    """Whether the operator takes the call as its holes are decided now."""
    try:
        args = tuple(encode(_filled(value)) for value in call.args)
        kwargs = tuple(
            (name, encode(_filled(value)))
            for name, value in sorted(call.kwargs.items())
            if name not in ("device", "generator", "pin_memory")
        )
    except NotEncodable:
        return True
    request = w.Request(kind, call.name, args, kwargs, call.machine.modes.grad)
    request = substituted(call.machine, request)
    return not isinstance(call.machine.ask(request), w.Error)


def substituted(machine: Machine, request: w.Request) -> w.Request:
    """The request with the sizes that are known by now in place of their symbols."""
    search = machine.search
    if search is None or not search.bindings:
        return request
    args = tuple(w.substitute(wire, search.bindings) for wire in request.args)
    return request._replace(args=args, kwargs=w.substitute_named(request.kwargs, search.bindings))


def not_known(function: str, name: str) -> Unknown:
    """Why a parameter has no value."""
    return Unknown(
        text(
            "nothing calls `{function}` yet, so its parameter `{name}` is not known",
            function=function,
            name=name,
        )
    )


Filler = Callable[[str, Unknown], Value]
"""What a parameter gets that nothing gives a value: its name, and why."""
