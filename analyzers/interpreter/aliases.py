"""Tensors that share memory: what is written through one is seen through the others."""

from __future__ import annotations

from ..values.model import TensorV, TupleV, Value
from .call import Call
from .machine import Machine

_VIEWS = {
    "T", "as_tensor", "asarray", "atleast_1d", "atleast_2d", "chunk", "contiguous", "data",
    "detach", "diagonal", "expand", "expand_as", "flatten", "from_numpy", "getitem", "mT",
    "movedim", "narrow", "numpy", "permute", "ravel", "real", "reshape", "select", "split",
    "squeeze", "swapaxes", "t", "transpose", "unbind", "unflatten", "unfold", "unsqueeze",
    "view", "view_as",
}  # fmt: skip
"""What may give a view of its first argument."""


def note(call: Call, result: Value) -> None:
    """Remembers of a view with known elements what it is a view of."""
    source = call.args[0] if call.args else None
    if not isinstance(source, TensorV) or source.sig.value is None:
        return
    if call.name.rpartition(".")[2] not in _VIEWS:
        return
    views = source.slots.get("$views")
    for view in result.items if isinstance(result, TupleV) else (result,):
        if isinstance(view, TensorV) and view.sig.value is not None and view is not source:
            if views is None:
                views = source.slots["$views"] = [source]
            views.append(view)
            view.slots["$views"] = views


def forget(machine: Machine, changed: TensorV) -> None:
    """The elements of what shares memory with a tensor that was written to are not known."""
    for view in changed.slots.get("$views", ()):
        if view is not changed and view.sig.value is not None:
            machine.trail.set(view.slots, "sig", view.sig._replace(value=None))
