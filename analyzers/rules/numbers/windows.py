"""The window of a convolution or a pooling, from a layer or from the arguments of a function."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...explain.model import Window
from ...interpreter.call import Call
from ...values.model import Const, InstanceV, TensorV, TupleV, Value
from .operands import layer_numbers

_CONV = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups")
_TRANSPOSED = (
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "output_padding",
    "groups",
    "bias",
    "dilation",
)
_MAX_POOL = ("kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode")
_AVG_POOL = ("kernel_size", "stride", "padding", "ceil_mode")
_F_MAX_POOL = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
_F_CONV = ("weight", "bias", "stride", "padding", "dilation", "groups")
_NAME = re.compile(
    r"(?:Lazy)?(?P<kind>ConvTranspose|Conv|MaxPool|AvgPool|max_pool|avg_pool|conv)(?P<rank>[123])d$"
)
_PARAMETERS = {
    "Conv": _CONV,
    "ConvTranspose": _TRANSPOSED,
    "MaxPool": _MAX_POOL,
    "AvgPool": _AVG_POOL,
    "max_pool": _F_MAX_POOL,
    "avg_pool": _AVG_POOL,
    "conv": _F_CONV,
}


def window_of(name: str, call: Call, layer: InstanceV | None) -> tuple[Window, int] | None:
    """The window of an operation and its number of spatial axes; None if it has none.

    Args:
        name: of the class or function, without the library.
    """
    found = _NAME.match(name)
    if found is None:
        return None
    kind, rank = found["kind"], int(found["rank"])
    given = _given(kind, call, layer)
    window = _window(kind, rank, given) if given is not None else None
    return (window, rank) if window is not None else None


def in_channels(name: str, call: Call, layer: InstanceV | None) -> int | None:
    """The channels that a convolution wants; None for others, and where it is not known."""
    found = _NAME.match(name)
    if found is None or not found["kind"].lower().startswith("conv"):
        return None
    given = _given(found["kind"], call, layer) or {}
    channels = given.get("in_channels")
    return channels if isinstance(channels, int) else None


def _given(kind: str, call: Call, layer: InstanceV | None) -> dict[str, object] | None:
    """The arguments by name."""
    names = _PARAMETERS[kind]
    if layer is not None:
        made, args, kwargs = layer_numbers(layer)
        if made.startswith("Lazy"):
            return None
        return {**dict(zip(names, args, strict=False)), **kwargs} if made else None
    if call.incomplete is not None:
        return None
    plain = [_value(value) for value in call.args[1:]]
    given = dict(zip(names, plain, strict=False))
    given |= {name: _value(value) for name, value in call.kwargs.items()}
    weight, groups = _weight(call), given.get("groups", 1)
    if kind == "conv" and len(weight) > 2 and isinstance(groups, int):
        given |= {"in_channels": weight[1] * groups, "kernel_size": weight[2:]}
    return given


def _value(value: Value) -> object:
    if isinstance(value, Const):
        return value.value
    if isinstance(value, TupleV):
        return tuple(_value(item) for item in value.items)
    return ... if not isinstance(value, TensorV) else None


def _weight(call: Call) -> tuple[int, ...]:
    """The shape of the weight that a convolution function is given; empty if it is not known."""
    weight = call.argument(1, "weight")
    shape = weight.sig.shape if isinstance(weight, TensorV) else None
    sizes = [size for size in shape or () if isinstance(size, int)]
    return tuple(sizes) if shape is not None and len(sizes) == len(shape) else ()


def _window(kind: str, rank: int, given: Mapping[str, object]) -> Window | None:
    pool = kind.lower().replace("_", "").endswith("pool")
    kernel = _each(given.get("kernel_size"), rank)
    if kernel is None:
        return None
    stride = given.get("stride")
    strides = kernel if pool and stride is None else _each(1 if stride is None else stride, rank)
    dilation = _each(given.get("dilation", 1), rank)
    padding = _padding(given.get("padding", 0), rank, kernel, dilation)
    if strides is None or padding is None or dilation is None:
        return None
    if kind == "ConvTranspose":
        extra = _each(given.get("output_padding", 0), rank)
        return (
            Window("transposed", kernel, strides, padding, dilation, extra)
            if extra is not None
            else None
        )
    ceil = given.get("ceil_mode", False)
    if not isinstance(ceil, (bool, int)):
        return None
    return Window("pool" if pool else "conv", kernel, strides, padding, dilation, (), bool(ceil))


def _padding(
    given: object, rank: int, kernel: tuple[int, ...], dilation: tuple[int, ...] | None
) -> tuple[int, ...] | None:
    """Padding on either side; `"same"` only where both sides get the same."""
    if given == "valid":
        return (0,) * rank
    if given == "same" and dilation is not None:
        reach = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        return None if any(r % 2 for r in reach) else tuple(r // 2 for r in reach)
    return _each(given, rank)


def _each(given: object, rank: int) -> tuple[int, ...] | None:
    """One number for each axis."""
    if isinstance(given, int) and not isinstance(given, bool):
        return (given,) * rank
    if isinstance(given, tuple):
        numbers = [item for item in given if isinstance(item, int) and not isinstance(item, bool)]
        if len(numbers) == len(given):
            if len(numbers) == 1:
                return tuple(numbers) * rank
            return tuple(numbers) if len(numbers) == rank else None
    return None
