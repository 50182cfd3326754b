"""Calls that went well: what they tell about their results, and the rules that look at them."""

from __future__ import annotations

from ..values.model import InstanceV, Unknown, Value
from . import gradients, provenance
from .call import Call


def made(call: Call, result: Value, kind: str) -> None:
    """One of the outcomes of a call: what made its tensors is written down."""
    if kind == "call":
        gradients.changed_in_place(call)
        provenance.note(call, result)
    elif kind == "forward":
        layer = call.args[0]
        provenance.note(call, result, layer if isinstance(layer, InstanceV) else None)


def after_call(call: Call, result: Value, kind: str) -> None:
    """A call of a library function, or an attribute, that went well in every case."""
    from ..rules import watch

    name = call.name if call.name.startswith("operator.") else call.name.rpartition(".")[2]
    if isinstance(result, Unknown):
        # Whether it goes well depends on values, which a rule may know.
        watch.look(f"{'nn.' if kind == 'forward' else ''}{name}?", call, result)
    elif kind == "forward":
        watch.look(f"nn.{name}", call, result)
    elif kind == "attribute":
        watch.look(f".{name}", call, result)
    elif call.name.startswith(("torch.", "operator.")):
        watch.look(name, call, result)


def after_construction(call: Call, layer: InstanceV) -> None:
    """One of torch's own layers was made."""
    from ..rules import watch

    watch.look(f"new.{call.name.rpartition('.')[2]}", call, layer)


def evaluated(call: Call, module: InstanceV) -> None:
    """A module is called while gradients are switched off."""
    from ..rules import watch

    frame = call.machine.frame.function
    if frame is None or frame.name != "forward":
        watch.look("no grad", call, module)
