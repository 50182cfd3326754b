"""Methods of tensors in which a device or a graph plays a part."""

from __future__ import annotations

from typing import Any

from ...runtime.oracle.wire import Error
from ..interpreter import devices, escapes, failures
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..values.model import (
    Const,
    DeviceV,
    DtypeV,
    Library,
    TensorV,
    Unknown,
    Value,
)
from . import devices as devices_
from .registry import model
from .watched import look


@model("torch.Tensor.to")
def to(call: Call) -> Value:
    """`x.to(device)`, `x.to(dtype)`, `x.to(other)`, in any combination."""
    tensor = call.args[0]
    dtype: Value | None = call.kwargs.get("dtype")
    device: Value | None = call.kwargs.get("device")
    for value in call.args[1:]:
        if isinstance(value, DtypeV):
            dtype = value
        elif isinstance(value, TensorV):
            dtype = DtypeV(value.sig.dtype) if value.sig.dtype else None
            device = DeviceV(value.sig.device) if value.sig.device else Unknown(_any_reason())
        elif (
            isinstance(value, (DeviceV, Unknown))
            or _is_device_text(value)
            or isinstance(value, Library)
            or type(value).__name__ == "Alternatives"
        ):
            device = value
    refused = devices_.refused(call, device)
    if refused is not None:
        return refused
    look("to device", call, tensor)
    return _moved(call, tensor, dtype, device)


def _any_reason() -> Any:
    from ..facts import text

    return text("the device of a tensor it uses is not known")


def _is_device_text(value: Value) -> bool:
    return isinstance(value, Const) and (isinstance(value.value, str) or type(value.value) is int)


def _moved(call: Call, tensor: Value, dtype: Value | None, device: Value | None) -> Value:
    from ..values.model import Alternatives

    if not isinstance(tensor, TensorV):
        return Unknown(_any_reason())
    if isinstance(device, Alternatives):
        result: Value | None = None
        for option in device.options:
            moved = _moved(call, tensor, dtype, option)
            result = moved if result is None else call.machine.joiner.join(result, moved)
        return result or tensor
    place = tensor.sig.device
    if device is not None and not (isinstance(device, Const) and device.value is None):
        place = devices.named(device, call.machine.modes.default_device)
    if dtype is not None and dtype != DtypeV(tensor.sig.dtype or ""):
        inner = Call(call.machine, call.node, "torch.Tensor.to", [tensor, dtype], nodes=call.nodes)
        return ask(inner, device=place)
    if place == tensor.sig.device and place is not None:
        return tensor
    return _copy(call, tensor, place)


def _copy(call: Call, tensor: TensorV, place: str | None) -> TensorV:
    grad = bool(tensor.sig.requires_grad) and call.machine.modes.grad
    sig = tensor.sig._replace(
        device=place, requires_grad=grad, leaf=not grad, parameter=False, stride=tensor.sig.stride
    )
    return TensorV(sig, call.origin, (tensor,) if grad else ())


@model("torch.Tensor.cuda")
def cuda(call: Call) -> Value:
    """`x.cuda()` is `x.to("cuda")`."""
    look("cuda", call, call.args[0])
    device = call.argument(1, "device")
    return _moved(call, call.args[0], None, device if device is not None else DeviceV("cuda:0"))


@model("torch.Tensor.cpu")
def cpu(call: Call) -> Value:
    """`x.cpu()` is `x.to("cpu")`."""
    return _moved(call, call.args[0], None, DeviceV("cpu"))


@model("torch.Tensor.numpy", "torch.Tensor.__array__")
def numpy(call: Call) -> Value:
    """`x.numpy()`: the tensor must be on the CPU."""
    tensor = call.args[0]
    if isinstance(tensor, TensorV) and tensor.sig.device not in (None, "cpu"):
        text = (
            f"can't convert {tensor.sig.device} device type tensor to numpy. "
            "Use Tensor.cpu() to copy the tensor to host memory first."
        )
        return failures.report(call, Error("TypeError", text), "call")
    return ask(call)


@model("torch.Tensor.register_hook", "torch.Tensor.register_post_accumulate_grad_hook")
def hook(call: Call) -> Value:
    """A function that is called in each backward pass."""
    escapes.give_away(call.machine, [*call.args[1:], *call.kwargs.values()])
    return call.machine.unknown("`{name}` is not followed", name=call.name)


@model("torch.Tensor.retain_grad")
def retain_grad(call: Call) -> Value:
    """A backward pass will leave a gradient here too."""
    if isinstance(call.args[0], TensorV):
        call.machine.trail.set(call.args[0].slots, "$retains", True)
    return Const(None)


@model("torch.Tensor.detach_")
def detach_(call: Call) -> Value:
    """Cuts a tensor off its graph, in place."""
    tensor = call.args[0]
    if isinstance(tensor, TensorV):
        sig = tensor.sig._replace(requires_grad=False, leaf=True)
        call.machine.trail.set(tensor.slots, "sig", sig)
    return tensor


@model("torch.Tensor.type")
def type_(call: Call) -> Value:
    """`x.type()` names the type; `x.type(dtype)` converts."""
    dtype = call.argument(1, "dtype")
    if dtype is None:
        return ask(call)
    if isinstance(dtype, Const) and isinstance(dtype.value, str):
        name = dtype.value.rpartition(".")[2]
        place = DeviceV("cuda:0") if ".cuda." in dtype.value else None
    elif isinstance(dtype, Library):
        name = dtype.name.rpartition(".")[2]
        place = DeviceV("cuda:0") if ".cuda." in dtype.name else None
    else:
        return _moved(call, call.args[0], dtype, None)
    known = _TENSOR_TYPES.get(name)
    return _moved(call, call.args[0], DtypeV(known), place) if known else ask(call)


_TENSOR_TYPES = {
    "FloatTensor": "float32",
    "DoubleTensor": "float64",
    "HalfTensor": "float16",
    "BFloat16Tensor": "bfloat16",
    "LongTensor": "int64",
    "IntTensor": "int32",
    "ShortTensor": "int16",
    "CharTensor": "int8",
    "ByteTensor": "uint8",
    "BoolTensor": "bool",
}
