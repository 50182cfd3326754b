"""Where tensors are: tracked here, because the oracle has only a CPU.

Sources: https://docs.pytorch.org/docs/2.13/notes/cuda.html (a result is where
its operands are; operands must agree; a 0-d CPU tensor may join any device).
"""

from __future__ import annotations

from ...runtime.oracle.wire import Error
from ..values.model import (
    Alternatives,
    Const,
    DeviceV,
    InstanceV,
    ListV,
    TensorV,
    TupleV,
    Value,
)
from .call import Call


class Infer:
    """Stands for "by the rule"."""


INFER = Infer()


def normalise(name: str) -> str:
    """`cuda` means the current CUDA device, `cuda:0`."""
    return f"{name}:0" if name in ("cuda", "mps", "xpu") else name


def named(value: Value | None, default: str) -> str | None:
    """The device that a `device=` argument means; None when it is not known."""
    if value is None or (isinstance(value, Const) and value.value is None):
        return normalise(default)
    if isinstance(value, DeviceV):
        return normalise(value.name)
    if isinstance(value, Const):
        if isinstance(value.value, str):
            return normalise(value.value)
        if isinstance(value.value, int) and not isinstance(value.value, bool):
            return f"cuda:{value.value}"
    return None


def result_device(call: Call, tensors: list[TensorV]) -> str | None:
    """Where the result of a call is."""
    if "device" in call.kwargs and not _is_none(call.kwargs["device"]):
        return named(call.kwargs["device"], call.machine.modes.default_device)
    found = [tensor.sig.device for tensor in _decisive(tensors)]
    if not found:
        layer = next((value for value in call.args if isinstance(value, InstanceV)), None)
        if layer is not None and "$device" in layer.slots:
            device: str | None = layer.slots["$device"]
            return device
        return normalise(call.machine.modes.default_device)
    return found[0] if all(device == found[0] for device in found) else None


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def _decisive(tensors: list[TensorV]) -> list[TensorV]:
    """The tensors that say where the result is: 0-d CPU tensors do not, beside others."""
    others = [t for t in tensors if not (t.sig.device == "cpu" and t.sig.shape == ())]
    return others or tensors


_BINARY = {
    "operator." + name
    for name in [
        "add",
        "sub",
        "mul",
        "truediv",
        "floordiv",
        "mod",
        "pow",
        "iadd",
        "isub",
        "imul",
        "itruediv",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "and_",
        "or_",
        "xor",
    ]
} | {
    f"torch.{prefix}{name}"
    for prefix in ("", "Tensor.")
    for name in [
        "add",
        "sub",
        "mul",
        "div",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "maximum",
        "minimum",
        "where",
        "pow",
        "add_",
        "sub_",
        "mul_",
        "div_",
    ]
}
_MATMUL = {"operator.matmul"} | {
    f"torch.{prefix}{name}"
    for prefix in ("", "Tensor.")
    for name in ("matmul", "mm", "bmm", "mv", "dot", "addmm")
}
_CAT = {"torch.cat", "torch.concat", "torch.stack", "torch.hstack", "torch.vstack"}
_MSE_LIKE = {"torch.nn.functional." + name for name in ("mse_loss", "l1_loss", "smooth_l1_loss")}
_NLL_LIKE = {
    "torch.nn.functional." + name
    for name in [
        "cross_entropy",
        "nll_loss",
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
    ]
}
_PAIRWISE_LAYERS = ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss")
_LOSS_LAYERS = ("CrossEntropyLoss", "NLLLoss", "BCELoss", "BCEWithLogitsLoss")


def mismatch(call: Call, kind: str) -> Error | None:
    """The error torch raises when the operands of this call are in different places.

    Only for calls whose rule is known for sure; silence for the others. The
    texts are those of torch 2.13 (catalogue rows 7–9, 145, 146).
    """
    if kind == "forward" and call.args and isinstance(call.args[0], InstanceV):
        return _layer_mismatch(call, call.args[0])
    tensors = _tensors(call.args) + _tensors(call.kwargs.values())
    devices = {tensor.sig.device for tensor in _decisive(tensors)}
    if len(devices) < 2 or None in devices:
        return None
    first, second = _ordered(devices)
    if call.name in _BINARY or call.name in _MSE_LIKE:
        return Error(
            "RuntimeError",
            "Expected all tensors to be on the same device, "
            f"but found at least two devices, {first} and {second}!",
        )
    if call.name in _MATMUL or call.name == "torch.nn.functional.linear":
        return _odd_one("mat1" if call.name != "torch.bmm" else "mat2", call.args, "addmm")
    if call.name in _CAT:
        return _odd_one("tensors", call.args, "cat")
    if call.name in _NLL_LIKE:
        return _odd_one("target", call.args, "nll_loss_forward")
    if call.name == "operator.getitem" and isinstance(call.args[0], TensorV):
        place = call.args[0].sig.device
        if place == "cpu":
            return Error(
                "RuntimeError",
                "indices should be either on cpu or on the same device as the indexed tensor (cpu)",
            )
    return None


def _ordered(devices: set[str | None]) -> tuple[str, str]:
    names = sorted((str(name) for name in devices), key=lambda name: name == "cpu")
    return names[0], names[1]


def _odd_one(argument: str, values: list[Value], kernel: str) -> Error | None:
    tensors = _tensors(values)
    if len(tensors) < 2:
        return None
    here, there = tensors[0].sig.device, tensors[-1].sig.device
    if here == there:
        return None
    return Error(
        "RuntimeError",
        f"Expected all tensors to be on the same device, but got {argument} is on {here}, "
        f"different from other tensors on {there} "
        f"(when checking argument in method wrapper_CUDA_{kernel})",
    )


def _layer_mismatch(call: Call, layer: InstanceV) -> Error | None:
    """The parameters of a layer against its inputs; for losses the inputs themselves."""
    tensors = _decisive(_tensors(call.args[1:]))
    places = {tensor.sig.device for tensor in tensors}
    name = call.name.rpartition(".")[2]
    if None in places or not places:
        return None
    if name in _PAIRWISE_LAYERS and len(places) == 2:
        first, second = _ordered(places)
        return Error(
            "RuntimeError",
            "Expected all tensors to be on the same device, "
            f"but found at least two devices, {first} and {second}!",
        )
    if name in _LOSS_LAYERS and len(places) == 2 and len(tensors) >= 2:
        here, there = tensors[1].sig.device, tensors[0].sig.device
        return Error(
            "RuntimeError",
            f"Expected all tensors to be on the same device, but got target is on {here}, "
            f"different from other tensors on {there} "
            "(when checking argument in method wrapper_CUDA_nll_loss_forward)",
        )
    home = layer.slots.get("$device", "cpu")
    if home is None or len(places) != 1 or home in places:
        return None
    (place,) = places
    if name == "Linear":
        return Error(
            "RuntimeError",
            f"Expected all tensors to be on the same device, but got mat1 is on {place}, "
            f"different from other tensors on {home} "
            "(when checking argument in method wrapper_CUDA_addmm)",
        )
    if name.startswith("Conv"):
        dtype = tensors[0].sig.dtype
        return Error(
            "RuntimeError",
            f"Input type ({_type_name(dtype, place)}) and weight type "
            f"({_type_name(layer.slots.get('$dtype') or 'float32', home)}) should be the same",
        )
    if name in ("LSTM", "GRU", "RNN"):
        return Error(
            "RuntimeError",
            "Input and parameter tensors are not at the same device, "
            f"found input tensor at {place} and parameter tensor at {home}",
        )
    if name == "Embedding":
        return Error(
            "RuntimeError",
            f"Expected all tensors to be on the same device, but got index is on {place}, "
            f"different from other tensors on {home} "
            "(when checking argument in method wrapper_CUDA__index_select)",
        )
    return None


_TYPE_NAMES = {
    "float32": "FloatTensor",
    "float64": "DoubleTensor",
    "float16": "HalfTensor",
    "bfloat16": "BFloat16Tensor",
    "uint8": "ByteTensor",
    "int64": "LongTensor",
    "int32": "IntTensor",
}


def _type_name(dtype: str | None, device: str | None) -> str:
    prefix = "torch.cuda." if device and device.startswith("cuda") else "torch."
    return prefix + _TYPE_NAMES.get(dtype or "", "Tensor")


def _tensors(values: object) -> list[TensorV]:
    found: list[TensorV] = []
    for value in values:  # type: ignore[attr-defined]
        if isinstance(value, TensorV) and not value.sig.numpy:
            found.append(value)
        elif isinstance(value, TupleV):
            found += _tensors(value.items)
        elif isinstance(value, ListV):
            found += _tensors(value.items.items)
        elif isinstance(value, Alternatives):
            found += _tensors(value.options[:1])
    return found
