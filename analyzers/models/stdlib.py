"""Parts of the standard library that programs about tensors use, and harmless libraries."""

from __future__ import annotations

import json
import math

from ..interpreter import escapes
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..values.model import (
    NONE,
    Const,
    DictV,
    InstanceV,
    Items,
    Library,
    ListV,
    Native,
    Scalar,
    TensorV,
    TupleV,
    Value,
)
from .builtin_iteration import items_of
from .registry import model, prefix_model

_COMPARED = 64
"""Elements of a list that are compared one by one."""


@prefix_model("math")
def math_(call: Call) -> Value:
    """Functions of numbers; of known ones Python itself knows the result."""
    name = call.name.removeprefix("math.")
    function = getattr(math, name, None)
    if function is None or not callable(function):
        if isinstance(function, float):
            return Const(function)
        return call.machine.unknown("there is no `{name}` in the installed library", name=call.name)
    values = [value.value for value in call.args if isinstance(value, Const)]
    if len(values) == len(call.args) and not call.kwargs:
        small = all(abs(v) < 10_000 for v in values if isinstance(v, (int, float)))
        if small or name in ("sqrt", "log", "log2", "log10", "exp", "ceil", "floor", "isnan"):
            try:
                return Const(function(*values))
            except (TypeError, ValueError, OverflowError):
                return Scalar("float")
    if name in ("floor", "ceil", "factorial", "gcd", "comb", "trunc", "isqrt"):
        return Scalar("int", call.machine.symbol_for(call.span, "n"))
    if name == "prod" and call.args:
        numbers = items_of(call, call.args[0]).items
        if all(isinstance(number, Const) for number in numbers):
            return Const(math.prod(number.value for number in numbers if isinstance(number, Const)))
    return Scalar("float")


@prefix_model("time", "os.path", "os.environ", "glob", "string", "platform", "datetime", "shutil")
def text_or_number(call: Call) -> Value:
    """What the machine says: a number or text of which only the type is known."""
    top, _, name = call.name.rpartition(".")
    if top == "time" and name in ("time", "perf_counter", "monotonic", "process_time"):
        return Scalar("float")
    if name in ("exists", "isfile", "isdir"):
        return Scalar("bool")
    if name in ("join", "basename", "dirname", "abspath", "expanduser", "strftime", "ctime"):
        return Scalar("str")
    if name in ("sleep", "rmtree", "copy"):
        return NONE
    return call.machine.unknown(
        "what `{name}` gives is not known before the program runs", name=call.name
    )


@model("numpy.random.shuffle")
def shuffle(call: Call) -> Value:
    """As many elements as before, of which each may be any."""
    value = call.args[0] if call.args else NONE
    if not isinstance(value, ListV):
        return ask(call) if isinstance(value, TensorV) else NONE
    items = value.items
    known = [*items.items, *([items.rest] if items.rest is not None else [])]
    if known:
        item = known[0]
        for other in known[1:_COMPARED]:
            item = call.machine.joiner.join(item, other)
        if len(known) > _COMPARED:
            item = call.machine.widener.join(item, known[-1])
        mixed = Items(
            (item,) * len(items.items), item if items.rest is not None else None, items.length
        )
        call.machine.trail.set(value.slots, "items", mixed)
    return NONE


@prefix_model("random", "numpy.random.seed")
def random_(call: Call) -> Value:
    """Random numbers: the type is known, the value is not."""
    name = call.name.removeprefix("random.")
    if name in ("random", "uniform", "gauss", "normalvariate", "betavariate"):
        return Scalar("float")
    if name in ("randint", "randrange", "getrandbits"):
        return Scalar("int", call.machine.symbol_for(call.span, "n"))
    if name == "shuffle":
        return shuffle(call)
    if name == "seed":
        return NONE
    if name in ("choice", "sample", "choices") and call.args:
        items = items_of(call, call.args[0])
        known = [*items.items[:16], *([items.rest] if items.rest is not None else [])]
        if known:
            item = known[0]
            for other in known[1:]:
                item = call.machine.joiner.join(item, other)
            if name == "choice":
                return item
            count = call.argument(1, "k")
            number = count.value if isinstance(count, Const) else None
            return ListV(Items((), item, number))
    return call.machine.unknown("`{name}` is not followed", name=call.name)


@model("copy.deepcopy", "copy.copy")
def copy_(call: Call) -> Value:
    """A copy of a tensor, a module or a container."""
    value = call.args[0] if call.args else NONE
    return clone(value, {})


def clone(value: Value, done: dict[int, Value]) -> Value:
    """A deep copy of a mutable value."""
    if id(value) in done:
        return done[id(value)]
    if isinstance(value, TensorV):
        copied = TensorV(value.sig, value.origin)
        done[id(value)] = copied
        return copied
    if isinstance(value, InstanceV):
        instance = InstanceV(value.cls, value.origin)
        done[id(value)] = instance
        for name, item in value.slots.items():
            instance.slots[name] = clone(item, done) if isinstance(item, Value) else item
        if "$tensors" in instance.slots:
            instance.slots["$tensors"] = {
                name: (clone(tensor, done), sig)
                for name, (tensor, sig) in value.slots["$tensors"].items()
            }
        return instance
    if isinstance(value, ListV):
        items = value.items
        rest = clone(items.rest, done) if items.rest is not None else None
        return ListV(Items(tuple(clone(i, done) for i in items.items), rest, items.length))
    if isinstance(value, DictV):
        entries = {key: clone(item, done) for key, item in value.slots["items"].items()}
        return DictV(entries, value.slots["rest"], value.type_name)
    return value


@model("functools.partial")
def partial(call: Call) -> Value:
    """A function with some arguments already given."""
    from ..interpreter.functions import call_value

    if not call.args:
        return call.machine.unknown("nothing is known of what is called")
    function, given, named = call.args[0], call.args[1:], call.kwargs

    def run(inner: Call) -> Value:
        merged = Call(
            inner.machine,
            inner.node,
            inner.name,
            [*given, *inner.args],
            {**named, **inner.kwargs},
            [*([None] * len(given)), *inner.nodes],
            inner.keyword_nodes,
            inner.incomplete,
        )
        return call_value(merged, function)

    return Native("partial", run)


@model("functools.wraps", "functools.lru_cache", "functools.cache", "dataclasses.dataclass")
def decorator(call: Call) -> Value:
    """Decorators after which the function or class is what it was."""
    from ..values.model import ClassV, FunctionV

    if (
        call.args
        and isinstance(call.args[0], (FunctionV, ClassV))
        and not call.name.endswith("wraps")
    ):
        return call.args[0]
    if call.name.endswith("dataclass"):
        return Library("dataclasses.dataclass")
    return Native("decorator", lambda inner: inner.args[0] if inner.args else NONE)


@model("contextlib.nullcontext")
def nullcontext(call: Call) -> Value:
    """A context manager that does nothing, and gives what it got."""
    instance = InstanceV(Library(call.name), call.origin)
    instance.slots["$enter"] = Native("nullcontext", lambda inner: NONE)
    instance.slots["$entered"] = call.argument(0, "enter_result") or NONE
    return instance


@model("enum.auto")
def auto(call: Call) -> Value:
    """The value that the enum around it chooses."""
    return InstanceV(Library(call.name), call.origin)


@model("typing.cast")
def cast(call: Call) -> Value:
    """For Python, the value itself."""
    return call.argument(1, "val") or NONE


@model("json.loads", "json.dumps")
def json_(call: Call) -> Value:
    """Text that is written in the program, as the objects it stands for."""
    given = call.args[0] if call.args else NONE
    if call.name.endswith("dumps"):
        plain = _plain(given)
        return Scalar("str") if plain is None else Const(json.dumps(plain))
    if isinstance(given, Const) and isinstance(given.value, str):
        try:
            return _value(json.loads(given.value))
        except ValueError:
            pass
    return call.machine.unknown(
        "what `{name}` gives is not known before the program runs", name=call.name
    )


def _plain(value: Value) -> object:
    """A value as Python has it; None where it is not known."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, DictV) and value.slots["rest"] is None:
        entries = {key: _plain(item) for key, item in value.slots["items"].items()}
        return None if None in entries.values() else entries
    if isinstance(value, ListV) and value.items.rest is None:
        items = [_plain(item) for item in value.items.items]
        return None if None in items else items
    return None


def _value(plain: object) -> Value:
    """A value of JSON as the analysis has it."""
    if isinstance(plain, dict):
        return DictV({key: _value(item) for key, item in plain.items()})
    if isinstance(plain, list):
        return ListV(tuple(_value(item) for item in plain))
    return Const(plain)


@model("functools.reduce")
def reduce(call: Call) -> Value:
    """A function folded over a sequence."""
    from ..interpreter.functions import call_value

    if len(call.args) < 2:
        return call.machine.unknown("nothing is known of what is called")
    items = items_of(call, call.args[1])
    values = [*call.args[2:3], *items.items]
    if items.rest is not None or not values:
        return call.machine.unknown("how many elements a list has is not known")
    total = values[0]
    for value in values[1:]:
        total = call_value(
            Call(call.machine, call.node, "reduce", [total, value], nodes=[None, None]),
            call.args[0],
        )
    return total


@model("dataclasses.field")
def field(call: Call) -> Value:
    """A field of a dataclass: what its default is."""
    from ..interpreter.functions import call_value

    default, factory = call.kwargs.get("default"), call.kwargs.get("default_factory")
    if default is not None:
        return default
    if factory is not None:
        return Native(
            "field", lambda inner: call_value(Call(inner.machine, inner.node, "field"), factory)
        )
    return call.machine.unknown("a field that is not given")


@prefix_model("matplotlib", "seaborn", "warnings", "logging", "gc", "torchinfo", "torchsummary")
def harmless(call: Call) -> Value:
    """Pictures and messages: nothing that is tracked depends on them.

    But an animation calls a function for each of its pictures.
    """
    escapes.give_away(call.machine, [*call.args, *call.kwargs.values()])
    name = call.name.rpartition(".")[2]
    if name == "subplots":
        return TupleV((call.machine.unknown("a figure is not followed"),) * 2)
    return call.machine.unknown("`{name}` is not followed", name=call.name)
