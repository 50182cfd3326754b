"""Devices as programs ask for them: the two worlds."""

from __future__ import annotations

from ...runtime.oracle.wire import Error
from ..interpreter import devices, failures
from ..interpreter.call import Call
from ..values.model import NONE, Const, DeviceV, Plain, Scalar, TupleV, Value
from .registry import model, prefix_model

_TYPES = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, "
    "mps, meta, hpu, mtia, privateuseone"
)


def refused(call: Call, place: Value | None) -> Value | None:
    """What is wrong with the name of a device; None if nothing is."""
    name = place.value if isinstance(place, Const) else None
    if not isinstance(name, str) or name.partition(":")[0] in _TYPES.split(", "):
        return None
    message = f"Expected one of {_TYPES} device type at start of device string: {name}"
    return failures.report(call, Error("RuntimeError", message), "call")


@model("torch.device")
def device(call: Call) -> Value:
    """`torch.device("cuda:0")`, `torch.device("cuda", 0)`."""
    kind, index = call.argument(0, "type"), call.argument(1, "index")
    if kind is None:
        kind = call.kwargs.get("device")
    if isinstance(kind, DeviceV):
        return kind
    refused_ = refused(call, kind)
    if refused_ is not None:
        return refused_
    if isinstance(kind, Const) and isinstance(kind.value, str):
        if isinstance(index, Const) and index.value is not None:
            return DeviceV(f"{kind.value}:{index.value}")
        return DeviceV(kind.value)
    if isinstance(kind, Const) and type(kind.value) is int:
        return DeviceV(f"cuda:{kind.value}")
    from ..interpreter.operators import over_alternatives
    from ..values.model import Alternatives, Unknown

    if isinstance(kind, Alternatives):
        return over_alternatives(
            call.machine,
            [kind],
            lambda option: device(Call(call.machine, call.node, call.name, [option])),
        )
    if isinstance(kind, Unknown):
        return kind
    return call.machine.unknown("which device this is is not known")


@model(
    "torch.cuda.is_available",
    "torch.accelerator.is_available",
    "torch.backends.mps.is_available",
    "torch.backends.cuda.is_built",
    "torch.backends.mps.is_built",
    "torch.xpu.is_available",
    "torch.mps.is_available",
)
def is_available(call: Call) -> Value:
    """Known in each world: the analysis runs once in each."""
    machine = call.machine
    machine.asked_accelerator = True
    kind = next((kind for kind in ("mps", "xpu", "cuda") if f".{kind}." in call.name), None)
    return Const(machine.world is not None and kind in (None, machine.world))


@model("torch.cuda.device_count", "torch.accelerator.device_count")
def device_count(call: Call) -> Value:
    """How many there are is not known, if there are any."""
    call.machine.asked_accelerator = True
    if call.machine.world is None:
        return Const(0)
    return Scalar("int", call.machine.symbol_for(call.span, "n"))


@model("torch.accelerator.current_accelerator")
def current_accelerator(call: Call) -> Value:
    """The accelerator of this world, or None."""
    call.machine.asked_accelerator = True
    return DeviceV(call.machine.world) if call.machine.world else NONE


@model("torch.set_default_device")
def set_default_device(call: Call) -> Value:
    """Where factories put tensors from now on."""
    place = devices.named(call.argument(0, "device"), "cpu")
    if place is not None:
        call.machine.modes.default_device = place
    return NONE


@prefix_model("torch.cuda", "torch.mps", "torch.xpu", "torch.backends")
def other(call: Call) -> Value:
    """Switches and statistics: nothing that a shape, dtype or device depends on."""
    name = call.name.rpartition(".")[2]
    if name in ("is_bf16_supported", "is_initialized"):
        call.machine.asked_accelerator = True
        return Const(call.machine.world == "cuda")
    if name in ("get_device_name", "memory_summary"):
        return Scalar("str")
    if name.startswith(("memory", "max_memory")):
        return Scalar("int")
    if name == "get_device_capability":
        return TupleV((Scalar("int"), Scalar("int")))
    return Plain(("opaque", name))
