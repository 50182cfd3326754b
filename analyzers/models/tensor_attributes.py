"""Attributes of tensors and arrays that the analysis knows without asking."""

from __future__ import annotations

import ast

from ...runtime.oracle.wire import Error
from ..facts import text
from ..interpreter import failures
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.machine import Machine
from ..interpreter.operators import int_value
from ..values.model import (
    NONE,
    BoundLibrary,
    Const,
    DeviceV,
    DtypeV,
    Plain,
    Scalar,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .watched import look

_VIEWS = ("T", "mT", "H", "mH", "real", "imag", "data", "flat")


def get(machine: Machine, node: ast.expr, owner: TensorV, name: str) -> Value:
    """`tensor.name`. https://docs.pytorch.org/docs/2.13/tensors.html"""
    sig = owner.sig
    if name == "grad" and owner.slots.get("grad", NONE) == NONE:
        look(".grad", Call(machine, node, "grad", [owner], nodes=[_value_of(node)]), NONE)
    if name in owner.slots and name not in ("sig", "reason", "scalar"):
        value: Value = owner.slots[name]
        return value
    known = _known(machine, owner, name)
    if known is not None:
        return known
    if name == "data":
        return _data(machine, node, owner)
    prefix = "numpy.ndarray" if sig.numpy else "torch.Tensor"
    if name in _VIEWS:
        return ask(Call(machine, node, name, [owner], nodes=[_value_of(node)]), "attribute")
    from ..interpreter.ask import resolve
    from . import registry

    if owner.slots.get("scalar"):
        # NumPy's scalars have the methods of arrays, and arrays of no axes serve for them.
        owner = TensorV(sig, owner.origin)
    full = f"{prefix}.{name}"
    if registry.function_model(full) is not None:
        return BoundLibrary(owner, full)
    kind = resolve(machine, full).get("kind")
    if kind == "missing":
        return _missing(machine, node, owner, name)
    if kind == "value":
        return ask(Call(machine, node, name, [owner], nodes=[_value_of(node)]), "attribute")
    return BoundLibrary(owner, full)


def _value_of(node: ast.expr) -> ast.expr | None:
    return node.value if isinstance(node, ast.Attribute) else None


def _missing(machine: Machine, node: ast.expr, owner: TensorV, name: str) -> Value:
    kind = "numpy.ndarray" if owner.sig.numpy else "Parameter" if owner.sig.parameter else "Tensor"
    call = Call(machine, node, f"attribute {name}", [owner], nodes=[_value_of(node)])
    error = Error("AttributeError", f"'{kind}' object has no attribute '{name}'")
    return failures.report(call, error, "attribute")


def _known(machine: Machine, owner: TensorV, name: str) -> Value | None:
    sig = owner.sig
    if name == "shape":
        if sig.shape is None:
            return Unknown(text("the shape of a tensor it uses is not known"))
        items: tuple[Value, ...] = tuple(
            Const(dim) if isinstance(dim, int) else SymInt(dim) for dim in sig.shape
        )
        return TupleV(items, "tuple" if sig.numpy else "size")
    if name in ("ndim",):
        return Scalar("int") if sig.shape is None else Const(len(sig.shape))
    if name == "size" and sig.numpy and sig.shape is not None:
        from ...runtime.oracle import dims

        return int_value(dims.product(sig.shape), ())
    if name == "dtype":
        if sig.dtype is None:
            return Unknown(text("the dtype of a tensor it uses is not known"))
        return DtypeV(sig.dtype, sig.numpy)
    if sig.numpy:
        return None
    if name == "device":
        if sig.device is None:
            return Unknown(text("the device of a tensor it uses is not known"))
        return DeviceV(sig.device)
    if name in ("is_cuda", "is_cpu", "is_mps"):
        kind = name.removeprefix("is_")
        return Scalar("bool") if sig.device is None else Const(sig.device.startswith(kind))
    if name == "requires_grad":
        return Scalar("bool") if sig.requires_grad is None else Const(sig.requires_grad)
    if name == "is_leaf":
        return Const(sig.leaf or not sig.requires_grad)
    if name == "grad":
        return NONE
    if name == "grad_fn":
        if sig.requires_grad and not sig.leaf:
            return Plain(("opaque", "Node"))
        return NONE
    return None


def _data(machine: Machine, node: ast.expr, owner: TensorV) -> Value:
    sig = owner.sig._replace(requires_grad=False, leaf=True, parameter=False)
    data = TensorV(sig, machine.origin(node))
    data.slots["$data_of"] = owner
    return data


def set(machine: Machine, owner: TensorV, name: str, value: Value) -> None:
    """`tensor.name = value`."""
    trail, sig = machine.trail, owner.sig
    if name == "requires_grad" and isinstance(value, Const):
        trail.set(owner.slots, "sig", sig._replace(requires_grad=bool(value.value)))
    elif name == "data" and isinstance(value, TensorV):
        new = value.sig._replace(
            requires_grad=sig.requires_grad, leaf=sig.leaf, parameter=sig.parameter
        )
        trail.set(owner.slots, "sig", new)
    else:
        trail.set(owner.slots, name, value)
