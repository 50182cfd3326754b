"""`itertools`: where the elements are known, Python itself arranges them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

from ..interpreter.call import Call
from ..interpreter.operators import binary, concatenate
from ..values.model import NONE, Const, Items, IteratorV, Scalar, TupleV, Value
from .builtin_iteration import items_of
from .registry import model

_MOST = 256
"""Elements that are told apart."""
_COUNTED = 64
"""Numbers of an endless count that are told apart."""


def _number(call: Call, position: int, name: str, default: int | None) -> int | None:
    value = call.argument(position, name)
    if value is None:
        return default
    return value.value if isinstance(value, Const) and type(value.value) is int else None


@model("itertools.count")
def count(call: Call) -> Value:
    """Numbers without end."""
    start, step = _number(call, 0, "start", 0), _number(call, 1, "step", 1)
    rest = Scalar("int", call.machine.symbol_for(call.span, "i"))
    if start is None or step is None:
        return IteratorV(Items((), rest))
    known = tuple(Const(start + index * step) for index in range(_COUNTED))
    return IteratorV(Items(known, rest))


@model("itertools.cycle")
def cycle(call: Call) -> Value:
    """The same elements again and again."""
    items = items_of(call, call.args[0]) if call.args else Items(())
    known = (*items.items, *((items.rest,) if items.rest is not None else ()))
    return IteratorV(Items(items.items, _any_of(call, known) if known else None))


@model("itertools.repeat")
def repeat(call: Call) -> Value:
    """One element, so many times or without end."""
    value = call.argument(0, "object") or NONE
    times = _number(call, 1, "times", -1)
    if times is not None and 0 <= times <= _MOST:
        return IteratorV(Items((value,) * times))
    return IteratorV(Items((value,), value))


@model("itertools.islice")
def islice(call: Call) -> Value:
    """A part of an iterable."""
    items = items_of(call, call.args[0]) if call.args else Items(())
    stop = call.args[1] if len(call.args) > 1 else NONE
    if len(call.args) == 2 and isinstance(stop, Const) and isinstance(stop.value, int):
        if items.rest is None or len(items.items) >= stop.value:
            return IteratorV(Items(items.items[: stop.value]))
        return IteratorV(Items(items.items, items.rest, stop.value))
    return IteratorV(_slice_of(call, items))


@model("itertools.chain", "itertools.chain.from_iterable")
def chain(call: Call) -> Value:
    """Several iterables, one behind the other."""
    parts = tuple(call.args)
    if call.name.endswith("from_iterable"):
        outer = items_of(call, call.args[0]) if call.args else Items(())
        if outer.rest is not None:
            return _not_followed(call)
        parts = outer.items
    joined = Items(())
    for value in parts:
        joined = concatenate(call.machine, joined, items_of(call, value))
    return IteratorV(joined)


@model("itertools.product")
def product(call: Call) -> Value:
    """All combinations of elements of several iterables."""
    times = _number(call, len(call.args), "repeat", 1)
    columns = [items_of(call, value) for value in call.args]
    if times is None or times < 0 or any(column.rest is not None for column in columns):
        return _not_followed(call)
    columns *= times
    total = math.prod(len(column.items) for column in columns)
    rows = itertools.islice(itertools.product(*(c.items for c in columns)), _MOST)
    found = tuple(TupleV(row) for row in rows)
    if total == len(found):
        return IteratorV(Items(found))
    general = TupleV(tuple(_any_of(call, column.items) for column in columns))
    return IteratorV(Items(found, general, total))


_CHOOSING: dict[str, Callable[[Any, int], Any]] = {
    "permutations": itertools.permutations,
    "combinations": itertools.combinations,
    "combinations_with_replacement": itertools.combinations_with_replacement,
}


@model(*(f"itertools.{name}" for name in _CHOOSING))
def choices(call: Call) -> Value:
    """All ways to choose some of the elements."""
    items = items_of(call, call.args[0]) if call.args else Items(())
    size = _number(call, 1, "r", len(items.items))
    if items.rest is not None or size is None or size < 0:
        return _not_followed(call)
    chosen = _CHOOSING[call.name.rpartition(".")[2]](items.items, size)
    found = tuple(TupleV(row) for row in itertools.islice(chosen, _MOST))
    if next(chosen, None) is None:
        return IteratorV(Items(found))
    return IteratorV(Items(found, TupleV((_any_of(call, items.items),) * size)))


@model("itertools.pairwise")
def pairwise(call: Call) -> Value:
    """Each element with the next one."""
    items = items_of(call, call.args[0]) if call.args else Items(())
    if items.rest is not None:
        return _not_followed(call)
    return IteratorV(Items(tuple(TupleV(pair) for pair in itertools.pairwise(items.items))))


@model("itertools.zip_longest")
def zip_longest(call: Call) -> Value:
    """Tuples of elements side by side, as long as the longest."""
    columns = [items_of(call, value) for value in call.args]
    if any(column.rest is not None for column in columns):
        return _not_followed(call)
    fill = call.kwargs.get("fillvalue", NONE)
    rows = itertools.zip_longest(*(column.items for column in columns), fillvalue=fill)
    return IteratorV(Items(tuple(TupleV(row) for row in rows)))


@model("itertools.accumulate")
def accumulate(call: Call) -> Value:
    """Running sums, or what a function makes of the total and the next element."""
    import ast

    from ..interpreter.functions import call_value

    items = items_of(call, call.args[0]) if call.args else Items(())
    if items.rest is not None:
        return _not_followed(call)
    function, first = call.argument(1, "func"), call.kwargs.get("initial")
    values = list(items.items) if first is None else [first, *items.items]
    totals: list[Value] = values[:1]
    for value in values[1:]:
        if function is None or function == NONE:
            total = binary(call.machine, call.node, ast.Add(), totals[-1], value, [None, None])
        else:
            pair = Call(
                call.machine, call.node, "accumulate", [totals[-1], value], nodes=[None, None]
            )
            total = call_value(pair, function)
        totals.append(total)
    return IteratorV(Items(tuple(totals)))


def _not_followed(call: Call) -> Value:
    return IteratorV(Items((), call.machine.unknown("`{name}` is not followed", name=call.name)))


def _any_of(call: Call, items: tuple[Value, ...]) -> Value:
    """What is true of each of some values; of many, what their kind is."""
    result = items[0]
    for item in items[1:]:
        result = call.machine.widener.join(result, item)
    return result


def _slice_of(call: Call, items: Items) -> Items:
    """`islice(items, start, stop, step)`."""
    bounds: list[Any] = [
        value.value if isinstance(value, Const) else ...
        for value in (call.args[1:] if len(call.args) > 2 else [NONE, *call.args[1:]])
    ]
    if ... not in bounds and items.rest is None:
        try:
            return Items(items.items[slice(*bounds)])
        except (TypeError, ValueError):
            pass
    known = (*items.items, *((items.rest,) if items.rest is not None else ()))
    return Items((), _any_of(call, known)) if known else Items(())
