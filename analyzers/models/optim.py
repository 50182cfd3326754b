"""Optimisers and learning-rate schedulers: what they hold, and that they change no shape."""

from __future__ import annotations

from ...runtime.oracle.wire import Error
from ..interpreter import failures
from ..interpreter.call import Call
from ..interpreter.iteration import iterate
from ..values.model import (
    NONE,
    Const,
    DictV,
    InstanceV,
    Library,
    ListV,
    Scalar,
    TensorV,
    Value,
)
from .modules import is_module
from .registry import method, prefix_model

OPTIMIZER = "torch.optim.Optimizer"
SCHEDULER = "torch.optim.lr_scheduler.LRScheduler"


@prefix_model("torch.optim")
def construct(call: Call) -> Value:
    """`torch.optim.SGD(model.parameters(), lr=…)` and all others."""
    instance = InstanceV(Library(call.name), call.origin)
    machine = call.machine
    first = call.argument(0, "params")
    if ".lr_scheduler" in call.name or ".swa_utils" in call.name:
        instance.slots["$scheduler"] = True
        return instance
    parameters: tuple[Value, ...] = ()
    if is_module(first) if first is not None else False:
        assert isinstance(first, InstanceV)
        error = Error("TypeError", f"'{first.class_name}' object is not iterable")
        failures.report(call, error, "call")
    elif first is not None:
        items = iterate(machine, Call(machine, call.node, "iter", [first]), first)
        parameters = items.items
        if not parameters and items.rest is None:
            error = Error("ValueError", "optimizer got an empty parameter list")
            failures.report(call, error, "call")
    tensors = tuple(value for value in parameters if isinstance(value, TensorV))
    group = DictV({"params": ListV(tensors), "lr": Scalar("float")}, Scalar("float"))
    instance.slots["param_groups"] = ListV((group,))
    instance.slots["state"] = DictV(
        {}, machine.unknown("the state of an optimiser is not followed")
    )
    return instance


@method(OPTIMIZER, "zero_grad")
def zero_grad(call: Call) -> Value:
    """Gradients become None."""
    optimizer = call.args[0]
    groups = optimizer.slots.get("param_groups") if isinstance(optimizer, InstanceV) else None
    for group in groups.items.items if isinstance(groups, ListV) else ():
        entry = group.slots["items"].get("params") if isinstance(group, DictV) else None
        for tensor in entry.items.items if isinstance(entry, ListV) else ():
            if isinstance(tensor, TensorV):
                call.machine.trail.set(tensor.slots, "grad", NONE)
    return NONE


@method(OPTIMIZER, "step", "load_state_dict", "add_param_group")
@method(SCHEDULER, "step", "load_state_dict")
def nothing(call: Call) -> Value:
    """Values change; shapes, dtypes and devices do not."""
    closure = call.argument(1, "closure")
    if call.name.endswith("step") and closure is not None and not isinstance(closure, Const):
        from ..interpreter.functions import call_value

        return call_value(Call(call.machine, call.node, "closure"), closure)
    return NONE


@method(OPTIMIZER, "state_dict")
@method(SCHEDULER, "state_dict")
def state_dict(call: Call) -> Value:
    """A dict whose content is not followed."""
    return DictV({}, call.machine.unknown("the state of an optimiser is not followed"))


@method(SCHEDULER, "get_last_lr", "get_lr")
def learning_rates(call: Call) -> Value:
    """One learning rate for each group."""
    return ListV((Scalar("float"),))
