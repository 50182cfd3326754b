"""`torch.save` and `torch.load`: what one program writes, it can read again.

https://docs.pytorch.org/docs/2.13/notes/serialization.html
"""

from __future__ import annotations

from ...runtime.oracle.wire import Error
from ..interpreter import devices, failures
from ..interpreter.ask import resolve
from ..interpreter.call import Call
from ..values.model import (
    NONE,
    Const,
    DictV,
    InstanceV,
    Library,
    ListV,
    Scalar,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .registry import method, model
from .stdlib import clone
from .watched import look

_BUFFER = "io.BytesIO"
_HELD = "$held"


@model(_BUFFER)
def buffer(call: Call) -> Value:
    """A file in memory."""
    return InstanceV(Library(_BUFFER), call.origin)


@method(_BUFFER, "seek", "tell", "truncate")
def position(call: Call) -> Value:
    """Where it is read from: what it holds stays."""
    return Scalar("int", call.machine.symbol_for(call.span, "n"))


def _memory(path: Value | None) -> InstanceV | None:
    return path if isinstance(path, InstanceV) and path.cls == Library(_BUFFER) else None


@model("torch.save")
def save(call: Call) -> Value:
    """What is written is remembered by the file's name, or in the buffer."""
    value, path = call.argument(0, "obj"), call.argument(1, "f")
    files = call.machine.recorder.training.saved
    memory = _memory(path)
    if memory is not None and value is not None:
        memory.slots[_HELD] = clone(value, {})
        return NONE
    if not isinstance(path, Const) or value is None:
        # It may be any of the files.
        files.clear()
        return NONE
    key, copied = str(path.value), clone(value, {})
    branches = call.machine.recorder.training.path
    files[key] = (
        call.machine.joiner.join(files[key], copied) if branches and key in files else copied
    )
    return NONE


@model("torch.load")
def load_saved(call: Call) -> Value:
    """Since 2.6 only weights are read, unless told otherwise.

    https://docs.pytorch.org/docs/2.13/generated/torch.load.html
    """
    saved = _saved(call, call.argument(0, "f"))
    limited = call.argument(3, "weights_only") in (None, Const(True)) and _only_weights(call)
    if isinstance(saved, InstanceV) and "$training" in saved.slots:
        if limited:
            message = "Weights only load failed. This file can still be loaded, to do so you have"
            return failures.report(call, Error("UnpicklingError", message), "call")
        return clone(saved, {})
    look("load", call, NONE)
    if saved is None or not _is_data(saved):
        return load(call)
    return _read(call, clone(saved, {}))


def _saved(call: Call, path: Value | None) -> Value | None:
    """What the file or buffer is known to hold."""
    memory = _memory(path)
    if memory is not None:
        return memory.slots.get(_HELD)
    if isinstance(path, Const):
        return call.machine.recorder.training.saved.get(str(path.value))
    return None


def _is_data(value: Value) -> bool:
    """Whether a value is made of tensors, numbers, texts and containers of them."""
    if isinstance(value, DictV):
        return all(_is_data(item) for item in value.slots["items"].values())
    if isinstance(value, TupleV):
        return not value.names and all(_is_data(item) for item in value.items)
    if isinstance(value, ListV):
        return value.items.rest is None and all(_is_data(item) for item in value.items.items)
    if isinstance(value, TensorV):
        return not value.sig.numpy
    return isinstance(value, (Const, Scalar, SymInt, Unknown))


def _read(call: Call, value: Value) -> Value:
    """The value as it comes out of the file: its tensors are leaves, where `map_location` says."""
    place = call.argument(1, "map_location")
    if isinstance(value, DictV):
        entries = {key: _read(call, item) for key, item in value.slots["items"].items()}
        return DictV(entries, value.slots["rest"], value.type_name)
    if isinstance(value, ListV):
        return ListV(tuple(_read(call, item) for item in value.items.items))
    if isinstance(value, TupleV):
        return TupleV(tuple(_read(call, item) for item in value.items), value.type_name)
    if isinstance(value, TensorV):
        device = value.sig.device
        if place is not None and place != NONE:
            device = devices.named(place, "cpu")
        return TensorV(value.sig._replace(device=device, leaf=True), call.origin)
    return value


def _only_weights(call: Call) -> bool:
    """Whether this torch reads only weights when it is not told: from 2.6 on."""
    version = resolve(call.machine, "torch.version.__version__").get("value")
    numbers = str(version).split(".")[:2]
    return all(number.isdigit() for number in numbers) and [int(n) for n in numbers] >= [2, 6]


@model("torch.serialization.add_safe_globals", "torch.serialization.safe_globals")
def trust(call: Call) -> Value:
    """Classes that may be read from now on: what can be loaded is no longer known."""
    call.machine.recorder.training.saved.clear()
    return NONE


@model("torch.hub.load", "torch.jit.load")
def load(call: Call) -> Value:
    """What a file holds is not known before the program runs."""
    return call.machine.unknown("what a file holds is not known before the program runs")
