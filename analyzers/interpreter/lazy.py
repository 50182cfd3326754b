"""Lazy layers: the first input fixes their sizes.

https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.lazy.LazyModuleMixin.html
"""

from __future__ import annotations

from ..values.model import InstanceV, Library, TensorV, Value
from .machine import Machine


def materialise(machine: Machine, instance: InstanceV, args: list[Value]) -> None:
    """Turns a lazy layer into the layer it has become after its first call."""
    _, name, made, kwargs = instance.slots["$layer"]
    tensor = args[0] if args else None
    if not isinstance(tensor, TensorV) or not tensor.sig.shape:
        return
    full = name.replace(".Lazy", ".")
    kind = full.rpartition(".")[2]
    # Linear counts the last axis; convolutions and norms count the channels, which
    # stand before the spatial axes (axis 1 of a batch).
    axis = -1 if kind == "Linear" else 1
    if kind.startswith("Conv") and len(tensor.sig.shape) == int(kind[-2]) + 1:
        axis = 0
    size = tensor.sig.shape[axis]
    wire = size if isinstance(size, int) else ("sym", size)
    machine.trail.set(instance.slots, "$layer", ("layer", full, (wire, *made), kwargs))
    if isinstance(instance.cls, Library):
        instance.cls = Library(full)
