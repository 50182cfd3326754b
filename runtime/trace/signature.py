"""What is said of a value: its shape, dtype, device and requires_grad."""

from __future__ import annotations

import contextlib
import math
import sys
from typing import Any, Callable, NamedTuple


class Signature(NamedTuple):
    """What a tensor or an array was at one visit.

    kind: `"tensor"`, `"parameter"` or `"ndarray"`.
    dtype: the name after `torch.` or `numpy.`.
    device: as torch writes it, `cuda:0`; `cpu` for an array.
    requires_grad: None for an array.
    """

    kind: str
    shape: tuple[int, ...]
    dtype: str
    device: str
    requires_grad: bool | None


def kind_of(cls: type) -> str | None:
    """The `Signature.kind` of the instances of a class; None when they have none."""
    torch = sys.modules.get("torch")
    tensor = getattr(torch, "Tensor", None)
    if tensor is not None and issubclass(cls, tensor):
        parameter = getattr(getattr(torch, "nn", None), "Parameter", None)
        return "parameter" if parameter is not None and issubclass(cls, parameter) else "tensor"
    array = getattr(sys.modules.get("numpy"), "ndarray", None)
    return "ndarray" if array is not None and issubclass(cls, array) else None


def describe(value: Any, kind: str) -> Signature:
    """The signature of a value of the kind.

    Raises:
        Exception: whatever a tensor without a plain shape raises.
    """
    shape = tuple(int(size) for size in value.shape)
    if kind == "ndarray":
        return Signature(kind, shape, str(value.dtype), "cpu", None)
    dtype = str(value.dtype).rpartition(".")[2]
    return Signature(kind, shape, dtype, str(value.device), bool(value.requires_grad))


def function_modes() -> tuple[Callable[[], Any], Callable[[], Any], Callable[[], Any]]:
    """How to read a tensor's attributes without anybody noticing, in the torch that is loaded.

    Returns:
        The number of active `TorchFunctionMode`s, the state of a running
        `torch.jit.trace` or None, and a context manager inside which reading
        `x.shape` calls no `__torch_function__`.
    """
    core = getattr(sys.modules.get("torch"), "_C", None)
    depth = getattr(core, "_len_torch_function_stack", None)
    tracing = getattr(core, "_get_tracing_state", None)
    disabled = getattr(core, "DisableTorchFunction", None)
    return depth or int, tracing or type(None), disabled or contextlib.nullcontext


def statistics(value: Any, kind: str) -> dict[str, Any] | None:
    """min, max, mean, and the number of NaN and infinite elements.

    min, max and mean are over the finite elements, None where there are none.
    None for an empty or a complex tensor.

    Raises:
        Exception: whatever a tensor without readable elements raises.
    """
    if kind == "ndarray":
        return _array_statistics(value)
    torch: Any = sys.modules["torch"]
    with torch.no_grad():
        flat = value.detach().reshape(-1)
        if flat.is_complex() or flat.numel() == 0:
            return None
        numbers = flat.double() if flat.device.type != "mps" else flat.float()
        nan = int(numbers.isnan().sum())
        inf = int(numbers.isinf().sum())
        if nan or inf:
            numbers = numbers[numbers.isfinite()]
        if numbers.numel() == 0:
            return _summary(None, None, None, nan, inf)
        low, high, mean = numbers.min(), numbers.max(), numbers.mean()
        return _summary(float(low), float(high), float(mean), nan, inf)


def _array_statistics(value: Any) -> dict[str, Any] | None:
    numpy: Any = sys.modules["numpy"]
    if value.dtype.kind not in "biuf" or value.size == 0:
        return None
    numbers = numpy.asarray(value, dtype="float64").reshape(-1)
    finite = numbers[numpy.isfinite(numbers)]
    nan = int(numpy.isnan(numbers).sum())
    inf = int(numbers.size - finite.size - nan)
    if finite.size == 0:
        return _summary(None, None, None, nan, inf)
    return _summary(float(finite.min()), float(finite.max()), float(finite.mean()), nan, inf)


def _summary(
    low: float | None, high: float | None, mean: float | None, nan: int, inf: int
) -> dict[str, Any]:
    # A mean may overflow though every element is finite; JSON has no infinity.
    if mean is not None and not math.isfinite(mean):
        mean = None
    return {"min": low, "max": high, "mean": mean, "nan": nan, "inf": inf}
