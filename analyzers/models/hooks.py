"""Hooks of modules: registering functions, and removing them."""

from __future__ import annotations

from ..interpreter import escapes
from ..interpreter.call import Call
from ..interpreter.module_hooks import HOOKS, Hook
from ..values.model import NONE, BoundMethod, Const, FunctionV, InstanceV, Library, Native, Value
from .modules import MODULE
from .registry import method

_HANDLE = "torch.utils.hooks.RemovableHandle"


@method(MODULE, "register_forward_hook", "register_forward_pre_hook")
def forward_hook(call: Call) -> Value:
    """A function that is called with the module, its inputs and, behind it, its output."""
    module, function = call.args[0], call.argument(1, "hook")
    followed = isinstance(function, (FunctionV, BoundMethod, Native))
    plain = all(value == Const(False) for name, value in call.kwargs.items() if name != "hook")
    if not isinstance(module, InstanceV) or not followed or not plain or "$within" in module.slots:
        return other_hook(call)
    assert function is not None
    hook = Hook(function, call.name.endswith("pre_hook"))
    trail = call.machine.trail
    trail.set(module.slots, HOOKS, (*module.slots.get(HOOKS, ()), hook))
    handle = InstanceV(Library(_HANDLE), call.origin)

    def remove(_: Call) -> Value:
        left = tuple(other for other in module.slots.get(HOOKS, ()) if other is not hook)
        trail.set(module.slots, HOOKS, left)
        return NONE

    handle.slots["remove"] = Native("remove", remove)
    return handle


@method(MODULE, "register_full_backward_hook", "register_backward_hook")
def other_hook(call: Call) -> Value:
    """A function that is called at a time that is not followed."""
    escapes.give_away(call.machine, [*call.args[1:], *call.kwargs.values()])
    return call.machine.unknown("`{name}` is not followed", name=call.name)
