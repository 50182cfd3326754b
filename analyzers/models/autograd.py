"""Gradients: `backward`, `autograd.grad`, and switching them off."""

from __future__ import annotations

import ast

from ...runtime.oracle.wire import Error
from ..interpreter import failures, gradients
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.machine import Machine
from ..values.model import (
    NONE,
    ClassV,
    Const,
    Descriptor,
    InstanceV,
    Library,
    ListV,
    Mutable,
    Native,
    Scalar,
    Sig,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .registry import method, model
from .watched import look


@model("torch.Tensor.backward", "torch.autograd.backward")
def backward(call: Call) -> Value:
    """Fills `.grad` of the leaves that the tensor was computed from.

    https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.backward.html
    """
    machine, tensor = call.machine, call.args[0] if call.args else NONE
    machine.recorder.training.backwards += 1
    if not isinstance(tensor, TensorV):
        machine.recorder.training.unseen += 1
        return NONE
    sig = tensor.sig
    given = call.argument(1, "gradient")
    if sig.requires_grad is False:
        error = Error(
            "RuntimeError",
            "element 0 of tensors does not require grad and does not have a grad_fn",
        )
        return failures.report(call, error, "call")
    no_gradient = given is None or given == NONE
    if no_gradient and sig.shape is not None and _several(sig.shape):
        error = Error("RuntimeError", "grad can be implicitly created only for scalar outputs")
        return failures.report(call, error, "call")
    misfit = _gradient_misfit(tensor, given)
    if misfit is not None:
        return failures.report(call, misfit, "call")
    nodes, leaves = gradients.graph(tensor)
    if any(isinstance(leaf, TensorV) and not leaf.sig.leaf for leaf in leaves):
        machine.recorder.training.unseen += 1
    gone = _needs_what_is_gone(call, gradients.graph(tensor, surely=True)[0])
    if gone is not None:
        return failures.report(call, gone, "call")
    keeps = (call.argument(2, "retain_graph"), call.argument(3, "create_graph"))
    if all(given in (None, NONE, Const(False)) for given in keeps):
        gradients.free(call, nodes)
    for node in nodes:
        if "$retains" in node.slots:
            give_grad(machine, node)
    gradients.accumulate(call, tensor, leaves, lambda leaf: give_grad(machine, leaf))
    look("backward", call, NONE)
    return NONE


def _gradient_misfit(tensor: TensorV, given: Value | None) -> Error | None:
    """What is wrong with the gradient that a backward pass is to begin with."""
    if not isinstance(given, TensorV) or tensor.sig.shape is None or given.sig.shape is None:
        return None
    shapes = (given.sig.shape, tensor.sig.shape)
    if shapes[0] == shapes[1] or any(isinstance(dim, str) for shape in shapes for dim in shape):
        return None
    theirs, ours = (f"torch.Size([{', '.join(map(str, shape))}])" for shape in shapes)
    return Error(
        "RuntimeError",
        f"Mismatch in shape: grad_output[0] has a shape of {theirs} and output[0] has a shape of "
        f"{ours}.",
    )


def _needs_what_is_gone(call: Call, nodes: list[TensorV]) -> Error | None:
    """Why a backward pass cannot go over this graph."""
    if gradients.freed(call, nodes) is not None:
        return Error(
            "RuntimeError",
            "Trying to backward through the graph a second time (or directly access saved tensors "
            "after they have already been freed). Saved intermediate values of the graph are freed "
            "when you call .backward() or autograd.grad(). Specify retain_graph=True if you need "
            "to backward through the graph a second time or if you need to access saved tensors "
            "after calling backward.",
        )
    found = gradients.spoiled(call, nodes)
    if found is None:
        return None
    node, change = found
    sizes = ", ".join(str(dim) for dim in node.sig.shape or ())
    return Error(
        "RuntimeError",
        "one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: [torch.FloatTensor [{sizes}]], which is output 0 of {_kernel(change.text)}"
        "Backward0, is at version 1; expected version 0 instead. Hint: enable anomaly detection to "
        "find the operation that failed to compute its gradient, with "
        "torch.autograd.set_detect_anomaly(True).",
    )


def _kernel(name: str) -> str:
    return "".join(part.capitalize() if part.islower() else part for part in name.split("_"))


def _several(shape: tuple[int | str, ...]) -> bool:
    """Whether a tensor surely has more than one element (a symbol may be 1)."""
    count = 1
    for dim in shape:
        count *= dim if isinstance(dim, int) else 1
    return count > 1


def give_grad(machine: Machine, leaf: Mutable) -> None:
    """Gives a leaf tensor, or all parameters of a layer, a gradient of its own shape."""
    if isinstance(leaf, TensorV):
        sig = leaf.sig._replace(requires_grad=False, leaf=True, parameter=False, value=None)
        machine.trail.set(leaf.slots, "grad", TensorV(sig, leaf.origin))
    elif isinstance(leaf, InstanceV):
        machine.trail.set(leaf.slots, "$has_grad", True)
        for tensor, _ in leaf.slots.get("$tensors", {}).values():
            if tensor.sig.requires_grad:
                give_grad(machine, tensor)


@model("torch.autograd.grad")
def grad(call: Call) -> Value:
    """The gradients of the inputs: a tuple of tensors shaped like them."""
    inputs = call.argument(1, "inputs")
    tensors: tuple[Value, ...]
    if isinstance(inputs, TupleV):
        tensors = inputs.items
    elif isinstance(inputs, ListV):
        tensors = inputs.items.items
    else:
        tensors = (inputs,) if inputs is not None else ()
    create = call.kwargs.get("create_graph") == Const(True)
    results: list[Value] = []
    for tensor in tensors:
        if not isinstance(tensor, TensorV):
            return call.machine.unknown("the gradient of an unknown tensor is not known")
        sig = tensor.sig._replace(
            requires_grad=create, leaf=not create, parameter=False, value=None
        )
        results.append(TensorV(sig, call.origin, (tensor,) if create else ()))
    return TupleV(tuple(results))


def _called(call: Call) -> tuple[Value, tuple[Value, ...]]:
    """What `func` gives for `inputs`, and the inputs: the first two arguments of a call."""
    from ..interpreter.functions import call_value

    function, inputs = call.argument(0, "func"), call.argument(1, "inputs")
    if function is None or inputs is None:
        return call.machine.unknown("nothing is known of what is called"), ()
    given = inputs.items if isinstance(inputs, TupleV) else (inputs,)
    nodes: list[ast.expr | None] = [None] * len(given)
    inner = Call(call.machine, call.node, call.name, list(given), nodes=nodes)
    return call_value(inner, function), given


@model("torch.autograd.gradcheck", "torch.autograd.gradcheck.gradcheck")
@model("torch.autograd.gradgradcheck", "torch.autograd.gradcheck.gradgradcheck")
def gradcheck(call: Call) -> Value:
    """Calls the function to compare its gradients with differences."""
    _called(call)
    return Scalar("bool")


@model("torch.autograd.functional.jacobian")
def jacobian(call: Call) -> Value:
    """The result's axes, then the input's."""
    result, given = _called(call)
    if not isinstance(result, TensorV) or len(given) != 1 or not isinstance(given[0], TensorV):
        return call.machine.unknown("`{name}` is not followed", name=call.name)
    sig = result.sig
    if sig.shape is None or given[0].sig.shape is None:
        return call.machine.unknown("`{name}` is not followed", name=call.name)
    sig = Sig((*sig.shape, *given[0].sig.shape), sig.dtype, sig.device)
    return TensorV(sig, call.origin)


@method("torch.autograd.Function", "save_for_backward")
def save_for_backward(call: Call) -> Value:
    """Kept for the backward pass."""
    if isinstance(call.args[0], InstanceV):
        saved = TupleV(tuple(call.args[1:]))
        call.machine.trail.set(call.args[0].slots, "saved_tensors", saved)
    return NONE


@method("torch.autograd.Function", "mark_dirty", "mark_non_differentiable", "set_materialize_grads")
def nothing(call: Call) -> Value:
    """Nothing that is tracked depends on it."""
    return NONE


def apply_function(call: Call, cls: ClassV) -> Value:
    """`MyFunction.apply(…)`: the forward pass, with a graph that leads to the arguments.

    https://docs.pytorch.org/docs/2.13/notes/extending.html
    """
    from ..interpreter.functions import call_value

    machine = call.machine
    forward = cls.slots.get("forward")
    function = forward.function if isinstance(forward, Descriptor) else forward
    if function is None:
        return machine.unknown("nothing is known of what is called")
    context = InstanceV(Library("torch.autograd.Function"), call.origin)
    with machine.grad_mode(False):
        result = call_value(call.with_receiver(context, call.name), function)
    sources = tuple(
        value for value in call.args if isinstance(value, TensorV) and value.sig.requires_grad
    )
    if sources or isinstance(result, Unknown):
        _run_backward(call, cls, context, result)
    if isinstance(result, TensorV) and sources and machine.modes.grad:
        sig = result.sig._replace(requires_grad=True, leaf=False, value=None)
        return TensorV(sig, call.origin, sources)
    return result


def _run_backward(call: Call, cls: ClassV, context: InstanceV, result: Value) -> None:
    """The learner's `backward`, with gradients shaped like what `forward` gave."""
    from ..interpreter.functions import call_value

    backward = cls.slots.get("backward")
    function = backward.function if isinstance(backward, Descriptor) else backward
    if function is None:
        return
    outputs = result.items if isinstance(result, TupleV) else (result,)
    inner = Call(call.machine, call.node, call.name, [context])
    for output in outputs:
        if not isinstance(output, TensorV):
            unknown = call.machine.unknown("the gradient of an unknown tensor is not known")
            inner = Call(call.machine, call.node, call.name, incomplete=unknown)
            break
        sig = output.sig._replace(requires_grad=False, leaf=True, parameter=False, value=None)
        inner.args.append(TensorV(sig, call.origin))
    inner.nodes = [None] * len(inner.args)
    with call.machine.grad_mode(False):
        call_value(inner, function)


def _mode(enabled: bool, call: Call) -> Value:
    instance = InstanceV(Library(call.name), call.origin)
    instance.slots["$grad"] = enabled
    instance.slots["$enter"] = Native(call.name, lambda entering: _enter(entering.machine, enabled))
    return instance


def _enter(machine: Machine, enabled: bool) -> Native:
    before = machine.modes.grad
    machine.modes.grad = enabled

    def leave(_: object) -> Value:
        machine.modes.grad = before
        return NONE

    return Native("leave", leave)


@model("torch.no_grad", "torch.autograd.no_grad")
def no_grad(call: Call) -> Value:
    """`with torch.no_grad():`, or `@torch.no_grad()`."""
    return _decorating(call, False)


@model("torch.inference_mode")
def inference_mode(call: Call) -> Value:
    """`with torch.inference_mode():`."""
    return _decorating(call, call.argument(0, "mode") == Const(False))


@model("torch.enable_grad", "torch.autograd.enable_grad")
def enable_grad(call: Call) -> Value:
    """`with torch.enable_grad():`."""
    return _decorating(call, True)


@model("torch.set_grad_enabled")
def set_grad_enabled(call: Call) -> Value:
    """Works at once, and as a context manager."""
    mode = call.argument(0, "mode")
    enabled = bool(mode.value) if isinstance(mode, Const) else True
    instance = InstanceV(Library(call.name), call.origin)
    before = call.machine.modes.grad
    call.machine.modes.grad = enabled

    def leave(_: object) -> Value:
        call.machine.modes.grad = before
        return NONE

    instance.slots["$enter"] = Native(call.name, lambda _: Native("leave", leave))
    return instance


def _decorating(call: Call, enabled: bool) -> Value:
    from ..values.model import FunctionV

    if call.args and isinstance(call.args[0], FunctionV):
        call.args[0].slots["$grad"] = enabled
        return call.args[0]
    return _mode(enabled, call)


@model("torch.autograd.Variable")
def variable(call: Call) -> Value:
    """Old programs wrap tensors; today that is the tensor itself."""
    tensor = call.argument(0, "data")
    if isinstance(tensor, TensorV) and call.kwargs.get("requires_grad") == Const(True):
        inner = Call(
            call.machine, call.node, "torch.Tensor.requires_grad_", [tensor], nodes=call.nodes[:1]
        )
        return ask(inner)
    return tensor if tensor is not None else NONE
