"""Processes and threads: the function that one is given runs, with the arguments it is given.

https://docs.pytorch.org/docs/2.13/multiprocessing.html
"""

from __future__ import annotations

from ..interpreter.call import Call
from ..interpreter.functions import call_value
from ..interpreter.iteration import iterate
from ..values.model import (
    NONE,
    Const,
    DictV,
    InstanceV,
    Library,
    Scalar,
    Value,
)
from .registry import method, model

_PROCESS = "multiprocessing.Process"
_PLACES = ("torch.multiprocessing", "multiprocessing")
_CLASSES = (*(f"{place}.Process" for place in _PLACES), "threading.Thread")


def _run(call: Call, function: Value, before: list[Value], args: Value, kwargs: Value) -> None:
    items = iterate(call.machine, Call(call.machine, call.node, "iter", [args]), args)
    if items.rest is not None or (isinstance(kwargs, DictV) and kwargs.slots["rest"] is not None):
        return
    values = [*before, *items.items]
    named = kwargs.slots["items"] if isinstance(kwargs, DictV) else {}
    inner = Call(call.machine, call.node, "target", values, dict(named), [None] * len(values))
    call_value(inner, function)


@model(*_CLASSES)
def process(call: Call) -> Value:
    """`Process(target=f, args=(…), kwargs={…})`."""
    instance = InstanceV(Library(_PROCESS), call.origin)
    for position, name in ((1, "target"), (3, "args"), (4, "kwargs")):
        instance.slots[f"${name}"] = call.argument(position, name) or NONE
    instance.slots["exitcode"] = Scalar("int")
    instance.slots["pid"] = Scalar("int")
    return instance


@method(_PROCESS, "start", "run")
def start(call: Call) -> Value:
    """The function runs at some time from now on."""
    instance = call.args[0]
    assert isinstance(instance, InstanceV)
    target, args, kwargs = (instance.slots[f"${name}"] for name in ("target", "args", "kwargs"))
    if target != NONE and args != NONE:
        _run(call, target, [], args, kwargs)
    return NONE


@method(_PROCESS, "join", "terminate", "kill", "close")
def nothing(call: Call) -> Value:
    """Nothing that is tracked depends on it."""
    return NONE


@model("torch.multiprocessing.spawn", "torch.multiprocessing.spawn.spawn")
def spawn(call: Call) -> Value:
    """`spawn(f, args=(…), nprocs=n)`: each process gets its number first."""
    function, args = call.argument(0, "fn"), call.argument(1, "args")
    if function is not None:
        first: Value = Const(0) if call.argument(2, "nprocs") in (None, Const(1)) else Scalar("int")
        _run(call, function, [first], args if args is not None else NONE, NONE)
    return NONE


@model(*(f"{place}.set_start_method" for place in _PLACES),
       *(f"{place}.set_sharing_strategy" for place in _PLACES),
       *(f"{place}.freeze_support" for place in _PLACES))  # fmt: skip
def settings(call: Call) -> Value:
    """Nothing that is tracked depends on it."""
    return NONE


@model(*(f"{place}.cpu_count" for place in _PLACES), "os.cpu_count", "os.getpid")
def numbers(call: Call) -> Value:
    """What the machine says."""
    return Scalar("int", call.machine.symbol_for(call.span, "n"))


@model(*(f"{place}.get_context" for place in _PLACES))
def context(call: Call) -> Value:
    """The same functions, with another way to start."""
    return Library("torch.multiprocessing")
