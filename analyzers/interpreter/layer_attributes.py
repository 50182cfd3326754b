"""Attributes of torch's own layers: parameters, buffers, numbers, and the layers within."""

from __future__ import annotations

from typing import Any

from ..values.encode import Decoder
from ..values.model import InstanceV, Library, Native, Sig, TensorV, Unknown, Value
from .ask import describe, forward
from .machine import Machine


def get(machine: Machine, instance: InstanceV, name: str) -> Value | None:
    """`layer.name`: a parameter, a number, or a layer that it is made of; None if it has none."""
    if name == "forward":
        return Native("forward", lambda call: forward(call, instance))
    description = describe(machine, instance)
    if isinstance(description, Unknown):
        return description
    for group in ("parameters", "buffers"):
        there = entries(description.get(group))
        if name in there:
            return tensor(machine, instance, name, there[name])
    there = entries(description.get("attributes"))
    if name in there:
        return Decoder({}, lambda dim: dim, None, None).value(there[name])
    child = entries(description.get("children")).get(name)
    if isinstance(child, tuple) and child[0] == "layer" and child[1] not in _CONTAINERS:
        return _child(machine, instance, name, child, entries(description.get("parameters")))
    return None


_CONTAINERS = ("torch.nn.Sequential", "torch.nn.ModuleList", "torch.nn.ModuleDict")


def _child(
    machine: Machine,
    instance: InstanceV,
    name: str,
    wire: tuple[Any, ...],
    parameters: dict[str, object],
) -> InstanceV:
    """A layer that a layer of torch's is made of, `transformer.encoder`: the same each time.

    Its parameters are those of the whole.
    """
    owned: dict[str, InstanceV] = instance.slots.get("$children", {})
    child = owned.get(name)
    if child is None:
        child = InstanceV(Library(wire[1]), instance.origin)
        child.slots.update({"$initialised": True, "$layer": wire[:4], "$within": True})
        tensors = {}
        for path, entry in parameters.items():
            if path.startswith(f"{name}."):
                shared = tensor(machine, instance, path, entry)
                if isinstance(shared, TensorV):
                    tensors[path.removeprefix(f"{name}.")] = (shared, shared.sig)
        child.slots["$tensors"] = tensors
        machine.trail.set(instance.slots, "$children", {**owned, name: child})
    for slot in ("$training", "$device", "$dtype", "$frozen", "$has_grad"):
        if slot in instance.slots:
            machine.trail.set(child.slots, slot, instance.slots[slot])
    return child


def tensor(machine: Machine, instance: InstanceV, name: str, wire: object) -> Value:
    """A parameter or buffer of a torch layer: the same object each time it is read."""
    owned: dict[str, tuple[TensorV, Sig]] = instance.slots.get("$tensors", {})
    if name in owned:
        return owned[name][0]
    value = Decoder({}, lambda dim: dim, instance.slots.get("$device"), instance.origin).value(wire)
    if isinstance(value, TensorV):
        sig = value.sig
        dtype = instance.slots.get("$dtype")
        if dtype and sig.dtype and sig.dtype.startswith(("float", "bfloat")):
            sig = sig._replace(dtype=dtype)
        if instance.slots.get("$frozen"):
            sig = sig._replace(requires_grad=False)
        value = TensorV(sig._replace(value=None), instance.origin)
        if instance.slots.get("$has_grad") and sig.requires_grad:
            from ..models.autograd import give_grad

            give_grad(machine, value)
        machine.trail.set(instance.slots, "$tensors", {**owned, name: (value, value.sig)})
    return value


def entries(wire: object) -> dict[str, object]:
    """A wire dict by its keys; empty for anything else."""
    if not isinstance(wire, tuple):
        return {}
    return {key[1] if isinstance(key, tuple) else key: item for key, item in wire[1:]}
