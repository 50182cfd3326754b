"""Python's built-in functions that make or use up sequences."""

from __future__ import annotations

from typing import Any

from ..interpreter import holes
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.iteration import iterate
from ..interpreter.operators import binary, dim_of, int_value, number_type, truth_of
from ..values.model import (
    NONE,
    Const,
    DictV,
    InstanceV,
    Items,
    IteratorV,
    Library,
    ListV,
    RangeV,
    Scalar,
    SetV,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .registry import model

_B = "builtins."


def items_of(call: Call, value: Value) -> Items:
    """The elements of an argument of a call."""
    inner = Call(call.machine, call.node, "iter", [value], nodes=call.nodes[:1])
    return iterate(call.machine, inner, value)


@model(_B + "range")
def range_(call: Call) -> Value:
    """`range(stop)`, `range(start, stop, step)`."""
    args = [_as_int(call, value) for value in call.args]
    if len(args) == 1:
        return RangeV(Const(0), args[0], Const(1))
    if len(args) in (2, 3):
        return RangeV(args[0], args[1], args[2] if len(args) == 3 else Const(1))
    return call.machine.unknown("how many elements a range has is not known")


def _as_int(call: Call, value: Value) -> Value:
    value = holes.as_size(call.machine, value)
    if isinstance(value, Const) and type(value.value) in (int, bool):
        return Const(int(value.value))
    if isinstance(value, TensorV) and value.sig.shape == ():
        return ask(Call(call.machine, call.node, "builtins.int", [value], nodes=[None]))
    return value if dim_of(value) is not None else Scalar("int")


@model(_B + "list", _B + "tuple", _B + "set", _B + "frozenset", _B + "sorted")
def sequence(call: Call) -> Value:
    """Sequences made from iterables."""
    kind = call.name.removeprefix(_B)
    if not call.args:
        return {"list": ListV(()), "tuple": TupleV(())}.get(kind, SetV(()))
    items = items_of(call, call.args[0])
    if kind == "sorted":
        return ListV(_sorted(call, items))
    if kind == "list":
        return ListV(items)
    if kind == "tuple":
        if items.rest is None:
            return TupleV(items.items)
        return call.machine.unknown("how many elements a tuple has is not known")
    if items.rest is not None:
        return SetV(None)
    distinct: list[Value] = []
    for item in items.items:
        if item not in distinct:
            distinct.append(item)
    return SetV(tuple(distinct))


def _sorted(call: Call, items: Items) -> Items:
    values = [item.value for item in items.items if isinstance(item, Const)]
    if items.rest is None and len(values) == len(items.items) and "key" not in call.kwargs:
        try:
            backwards = call.kwargs.get("reverse") == Const(True)
            return Items(tuple(Const(value) for value in sorted(values, reverse=backwards)))
        except TypeError:
            pass
    known = [*items.items, *([items.rest] if items.rest is not None else [])]
    if not known:
        return items
    rest = known[0]
    for item in known[1:32]:
        rest = call.machine.joiner.join(rest, item)
    length = len(items.items) if items.rest is None else items.length
    return Items((), rest, length)


@model(_B + "dict", "collections.OrderedDict")
def dict_(call: Call) -> Value:
    """`dict(…)`."""
    items: dict[Any, Value] = {}
    rest: Value | None = None
    if call.args:
        source = call.args[0]
        if isinstance(source, DictV):
            items.update(source.slots["items"])
            rest = source.slots["rest"]
        else:
            pairs = items_of(call, source)
            for pair in (*pairs.items, *([pairs.rest] if pairs.rest is not None else [])):
                if isinstance(pair, (TupleV, ListV)):
                    parts = pair.items if isinstance(pair, TupleV) else pair.items.items
                    if len(parts) == 2 and isinstance(parts[0], Const):
                        items[parts[0].value] = parts[1]
                        continue
                rest = call.machine.unknown("which keys a dict has is not known")
    items.update(call.kwargs)
    return DictV(items, rest)


@model(_B + "enumerate")
def enumerate_(call: Call) -> Value:
    """Pairs of a number and an element."""
    items = items_of(call, call.args[0]) if call.args else Items(())
    start = call.argument(1, "start") or Const(0)
    first = start.value if isinstance(start, Const) and isinstance(start.value, int) else 0
    pairs = tuple(TupleV((Const(first + i), item)) for i, item in enumerate(items.items))
    if items.rest is None:
        return IteratorV(Items(pairs))
    number = Scalar("int", call.machine.symbol_for(call.span, "i"))
    return IteratorV(Items(pairs, TupleV((number, items.rest)), items.length))


@model(_B + "zip")
def zip_(call: Call) -> Value:
    """Tuples of elements side by side, as long as the shortest."""
    if call.starred is not None and call.starred.rest is not None:
        return _transposed(call, call.starred)
    columns = [items_of(call, value) for value in call.args]
    if not columns:
        return IteratorV(Items(()))
    known = min(len(c.items) if c.rest is None else max(len(c.items), 1) for c in columns)
    closed = [len(c.items) for c in columns if c.rest is None]
    if closed:
        known = min(closed)
    rows = tuple(
        TupleV(tuple(_at(column, index) for column in columns)) for index in range(min(known, 256))
    )
    if closed:
        return IteratorV(Items(rows))
    rest = TupleV(tuple(column.rest or NONE for column in columns))
    lengths = {column.length for column in columns}
    return IteratorV(Items(rows, rest, lengths.pop() if len(lengths) == 1 else None))


def _transposed(call: Call, rows: Items) -> Value:
    """`zip(*rows)` of rows whose number is not known: one tuple for each column."""
    assert rows.rest is not None
    row = items_of(call, rows.rest)
    if row.rest is not None:
        return call.machine.unknown("how many arguments `*` passes is not known")
    return IteratorV(Items(tuple(ListV(Items((), item, rows.length)) for item in row.items)))


def _at(column: Items, index: int) -> Value:
    if index < len(column.items):
        return column.items[index]
    assert column.rest is not None
    return column.rest


@model(_B + "map", _B + "filter")
def map_(call: Call) -> Value:
    """A function applied to each element; for `filter` each element may be kept."""
    from ..interpreter.functions import call_value

    if len(call.args) < 2:
        return call.machine.unknown("nothing is known of what is called")
    function = call.args[0]
    columns = [items_of(call, value) for value in call.args[1:]]
    if call.name.endswith("filter"):
        known = [*columns[0].items, *([columns[0].rest] if columns[0].rest is not None else [])]
        if not known:
            return IteratorV(Items(()))
        if columns[0].rest is None and function == NONE:
            truths = [truth_of(call.machine, None, item) for item in known]
            if None not in truths:
                kept = (item for item, truth in zip(known, truths, strict=True) if truth)
                return IteratorV(Items(tuple(kept)))
        rest = known[0]
        for item in known[1:32]:
            rest = call.machine.joiner.join(rest, item)
        return IteratorV(Items((), rest))

    def apply(values: list[Value]) -> Value:
        inner = Call(call.machine, call.node, "map", values, nodes=[None] * len(values))
        return call_value(inner, function)

    count = min(len(column.items) for column in columns)
    results = tuple(apply([column.items[i] for column in columns]) for i in range(count))
    if all(column.rest is not None for column in columns):
        rest = apply([column.rest for column in columns if column.rest is not None])
        return IteratorV(Items(results, rest, columns[0].length))
    return IteratorV(Items(results))


@model(_B + "reversed")
def reversed_(call: Call) -> Value:
    """The elements backwards."""
    items = items_of(call, call.args[0]) if call.args else Items(())
    if items.rest is None:
        return IteratorV(Items(items.items[::-1]))
    return IteratorV(Items((), items.rest, items.length))


@model(_B + "iter")
def iter_(call: Call) -> Value:
    """An iterator."""
    value = call.args[0] if call.args else NONE
    if isinstance(value, IteratorV):
        return value
    return IteratorV(items_of(call, value), _kind_of(value))


def _kind_of(value: Value) -> str:
    """What Python calls the iterator over a value, where that is known."""
    if not isinstance(value, InstanceV) or not isinstance(value.cls, Library):
        return "iterator"
    if value.cls.name != "torch.utils.data.DataLoader":
        return "iterator"
    workers = value.slots.get("num_workers", Const(0))
    if not isinstance(workers, Const):
        return "iterator"
    return "_MultiProcessingDataLoaderIter" if workers.value else "_SingleProcessDataLoaderIter"


@model(_B + "next")
def next_(call: Call) -> Value:
    """The next element."""
    value = call.args[0] if call.args else NONE
    if not isinstance(value, IteratorV):
        return value if isinstance(value, Unknown) else call.machine.unknown("the next element")
    items = value.items
    if items.items:
        left = items._replace(items=items.items[1:])
        call.machine.trail.set(value.slots, "items", left)
        return items.items[0]
    if isinstance(items.rest, Scalar) and items.rest.name:
        # Each time another number.
        return Scalar(items.rest.type, call.machine.fresh("i"))
    if items.rest is not None:
        return items.rest
    return call.args[1] if len(call.args) > 1 else call.machine.unknown("the iterator is used up")


@model(_B + "sum", _B + "min", _B + "max")
def fold(call: Call) -> Value:
    """`sum`, `min`, `max`, over an iterable or several arguments."""
    name = call.name.removeprefix(_B)
    if not call.args:
        return call.machine.unknown("nothing is known of what is called")
    if name != "sum" and len(call.args) > 1:
        items = Items(tuple(call.args))
    elif isinstance(call.args[0], TensorV) and name != "sum":
        return ask(call.renamed(f"torch.{name}"))
    else:
        items = items_of(call, call.args[0])
    values = list(items.items)
    plain = items.rest is None and "key" not in call.kwargs
    if plain and values and all(isinstance(value, Const) for value in values):
        return _constants(call, name, values)
    if name == "sum":
        return _sum(call, items)
    chosen = _by_key(call, name, items)
    if chosen is not None:
        return chosen
    known = [*values, *([items.rest] if items.rest is not None else [])]
    if not known:
        return call.args[1] if len(call.args) > 1 else call.machine.unknown("an empty sequence")
    kinds = {number_type(value) for value in known}
    if kinds == {"int"}:
        return Scalar("int", call.machine.symbol_for(call.span, "n"))
    if kinds <= {"int", "float"}:
        return Scalar("float")
    result = known[0]
    for value in known[1:32]:
        result = call.machine.joiner.join(result, value)
    return result


def _by_key(call: Call, name: str, items: Items) -> Value | None:
    """`max(values, key=len)`, where all keys are known."""
    from ..interpreter.functions import call_value

    function = call.kwargs.get("key")
    if function is None or items.rest is not None or not items.items:
        return None
    keys = [
        call_value(Call(call.machine, call.node, "key", [item], nodes=[None]), function)
        for item in items.items
    ]
    numbers = [key.value for key in keys if isinstance(key, Const)]
    if len(numbers) != len(keys):
        return None
    try:
        best = max(numbers) if name == "max" else min(numbers)
    except TypeError:
        return None
    return items.items[numbers.index(best)]


def _constants(call: Call, name: str, values: list[Value]) -> Value:
    numbers = [value.value for value in values if isinstance(value, Const)]
    start = call.argument(1, "start") if name == "sum" else None
    try:
        if name == "sum":
            return Const(sum(numbers, start.value if isinstance(start, Const) else 0))
        return Const(min(numbers) if name == "min" else max(numbers))
    except TypeError:
        return call.machine.unknown("these values cannot be added or compared")


def _sum(call: Call, items: Items) -> Value:
    import ast

    total: Value = call.argument(1, "start") or Const(0)
    if items.rest is not None and items.length is not None and dim_of(items.rest) is not None:
        return int_value(Scalar("int", call.machine.fresh("n")).name, (Scalar("int"),))
    values = [*items.items[:64], *([items.rest] if items.rest is not None else [])]
    for value in values:
        total = binary(call.machine, call.node, ast.Add(), total, value, [None, None])
    if items.rest is not None and isinstance(total, Const):
        return Scalar(type(total.value).__name__)
    return total


@model(_B + "any", _B + "all")
def any_(call: Call) -> Value:
    """Whether any or all elements count as true."""
    wanted = call.name.endswith("any")
    items = items_of(call, call.args[0]) if call.args else Items(())
    truths = [truth_of(call.machine, None, item) for item in items.items]
    if wanted in truths:
        return Const(wanted)
    if items.rest is not None or None in truths:
        return Scalar("bool")
    return Const(not wanted)


@model("tqdm.tqdm", "tqdm.auto.tqdm", "tqdm.notebook.tqdm", "tqdm.trange", "tqdm.auto.trange")
def tqdm(call: Call) -> Value:
    """A progress bar gives what it is put around."""
    if call.name.endswith("trange"):
        return range_(call)
    return call.argument(0, "iterable") or call.machine.unknown(
        "a progress bar without an iterable"
    )
