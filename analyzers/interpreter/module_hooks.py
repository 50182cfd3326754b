"""Forward hooks: functions that run whenever a module is called.

https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..values.model import NONE, Alternatives, InstanceV, TupleV, Unknown, Value
from . import attributes, failures
from .call import Call

HOOKS = "$hooks"


@dataclass(frozen=True, eq=False)
class Hook:
    """A function that a module calls before or after its `forward`."""

    function: Value
    before: bool


def call_module(call: Call, module: InstanceV) -> Value:
    """`module(...)`, with the hooks that are registered for it."""
    registered: tuple[Hook, ...] = module.slots.get(HOOKS, ())
    if not registered:
        return attributes.call_instance(call, module)
    for hook in registered:
        if hook.before:
            call = _changed(call, _run(call, hook, [module, TupleV(tuple(call.args))]))
    output = attributes.call_instance(call, module)
    if isinstance(output, Unknown) and failures.is_failure(output):
        return output
    for hook in registered:
        if not hook.before:
            result = _run(call, hook, [module, TupleV(tuple(call.args)), output])
            output = _unless_none(call, result, output)
    return output


def _run(call: Call, hook: Hook, given: list[Value]) -> Value:
    from .functions import call_value

    nodes = [None] * len(given)
    return call_value(
        Call(call.machine, call.node, "hook", given, nodes=list(nodes)), hook.function
    )


def _unless_none(call: Call, result: Value, kept: Value) -> Value:
    """What a hook returns takes the place of what was there, unless it is None."""
    if result == NONE:
        return kept
    if isinstance(result, Alternatives):
        options = [kept if option == NONE else option for option in result.options]
        result = options[0]
        for option in options[1:]:
            result = call.machine.joiner.join(result, option)
    return result


def _changed(call: Call, result: Value) -> Call:
    """The call with the arguments that a hook in front of it returned."""
    if result == NONE:
        return call
    given = TupleV(tuple(call.args))
    value = _unless_none(call, result, given)
    if value is given:
        return call
    args = list(value.items) if isinstance(value, TupleV) else [value]
    return replace(call, args=args, nodes=[None] * len(args))
