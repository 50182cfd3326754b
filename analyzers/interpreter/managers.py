"""`@contextmanager`: a generator around the body of a `with`, which runs where it yields."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..values.model import FunctionV, InstanceV, Library, Value
from .call import Call
from .machine import Machine

if TYPE_CHECKING:
    from .statements import Flow

_CLASS = "contextlib._GeneratorContextManager"
_CALL = "$generator"


def mark(function: Value) -> Value:
    """What the decorator makes of a generator."""
    if isinstance(function, FunctionV):
        function.slots["$manager"] = True
    return function


def make(call: Call, function: FunctionV) -> Value:
    """A call of such a function: nothing of it runs before a `with` enters it."""
    instance = InstanceV(Library(_CLASS), call.origin)
    instance.slots[_CALL] = (call, function)
    return instance


def is_generator(manager: Value) -> bool:
    """Whether a `with` is to run its body inside a generator."""
    return isinstance(manager, InstanceV) and _CALL in manager.slots


def run(machine: Machine, manager: Value, body: Callable[[Value], Flow]) -> Flow:
    """Runs the generator, and the body of the `with` at its `yield`.

    Args:
        body: binds what is yielded and runs the statements of the `with`.
    """
    from .functions import call_function

    assert isinstance(manager, InstanceV)
    call, function = manager.slots[_CALL]
    depth = len(machine.frames)
    flows: list[Flow] = []

    def at_yield(value: Value) -> None:
        inner = machine.frames[depth:]
        del machine.frames[depth:]
        try:
            flows.append(body(value))
        finally:
            machine.frames[depth:] = inner

    call_function(call, function, at_yield)
    if not flows:
        return body(machine.unknown("what this context manager gives is not known"))
    return flows[-1]
