"""Optimisers and learning-rate schedulers: what they hold, and that they change no shape."""

from __future__ import annotations

from ...runtime.oracle.wire import Error
from ..interpreter import failures, gradients
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
from .watched import look

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
        instance.slots["$optimizer"] = call.argument(0, "optimizer") or NONE
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
    machine.recorder.training.optimizers.append(instance)
    return instance


@method(OPTIMIZER, "zero_grad")
def zero_grad(call: Call) -> Value:
    """Gradients become None."""
    optimizer = call.args[0]
    if isinstance(optimizer, InstanceV):
        gradients.zeroed(call, optimizer)
    groups = optimizer.slots.get("param_groups") if isinstance(optimizer, InstanceV) else None
    for group in groups.items.items if isinstance(groups, ListV) else ():
        entry = group.slots["items"].get("params") if isinstance(group, DictV) else None
        for tensor in entry.items.items if isinstance(entry, ListV) else ():
            if isinstance(tensor, TensorV):
                call.machine.trail.set(tensor.slots, "grad", NONE)
    return NONE


@method(OPTIMIZER, "step")
def step(call: Call) -> Value:
    """Values change; shapes, dtypes and devices do not."""
    optimizer, closure = call.args[0], call.argument(1, "closure")
    result: Value = NONE
    if closure is not None and not isinstance(closure, Const):
        from ..interpreter.functions import call_value

        result = call_value(Call(call.machine, call.node, "closure"), closure)
    if isinstance(optimizer, InstanceV):
        look("step", call, NONE)
        gradients.stepped(call, optimizer)
    return result


@method(SCHEDULER, "step")
def scheduler_step(call: Call) -> Value:
    """The learning rate changes."""
    scheduler = call.args[0]
    optimizer = scheduler.slots.get("$optimizer") if isinstance(scheduler, InstanceV) else None
    if isinstance(optimizer, InstanceV) and "$stepped" not in optimizer.slots:
        call.machine.trail.set(optimizer.slots, "$early", gradients.mark(call))
    return NONE


@method(OPTIMIZER, "load_state_dict", "add_param_group")
@method(SCHEDULER, "load_state_dict")
def nothing(call: Call) -> Value:
    """Values change; shapes, dtypes and devices do not."""
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
