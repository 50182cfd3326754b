"""SW509 lost-batch: a change of shape mixes or drops the axis of the samples."""

from __future__ import annotations

from ..facts import text
from ..interpreter.call import Call
from ..interpreter.provenance import history, made_by
from ..values.model import Const, InstanceV, TensorV, TupleV, Value
from .base import Rule
from .describe import shape_text
from .watch import operand_at, warn, warn_at, warn_late, watch

RULE = Rule("SW509", "lost-batch", "warning")

_MAPS = ("Conv", "conv", "MaxPool", "max_pool", "AvgPool", "avg_pool", "Adaptive", "adaptive")


@watch("view", "reshape")
def cuts_samples(call: Call, result: Value) -> None:
    """Catalogue row 168: `view(-1, K)` with a K that is no whole sample."""
    value, _, name = operand_at(call, 0, "input")
    before = value.sig.shape if value is not None else None
    after = result.sig.shape if isinstance(result, TensorV) else None
    if before is None or after is None or len(before) < 3 or len(after) != 2:
        return
    sizes = _sizes(call)
    if not sizes or sizes[0] != Const(-1) or not _of_maps(value) or before[0] == after[0]:
        return
    features = 1
    for size in reversed(before):
        if not isinstance(size, int):
            return
        features *= size
        if features == after[1]:
            return
    per_sample = features // before[0] if isinstance(before[0], int) and before[0] else "?"
    message = text(
        "`{name}` is {shape}, {per_sample} numbers for each of the {count} samples, and "
        "`{function}(-1, {size})` makes {rows} rows of them: `flatten(1)` keeps the samples",
        name=name,
        shape=shape_text(before),
        per_sample=per_sample,
        count=before[0],
        function=call.name.rpartition(".")[2],
        size=after[1],
        rows=after[0],
    )
    warn_late(RULE, call, message)


def _sizes(call: Call) -> list[Value]:
    sizes = call.args[1:]
    if len(sizes) == 1 and isinstance(sizes[0], TupleV):
        return list(sizes[0].items)
    return list(sizes)


def _of_maps(value: Value | None) -> bool:
    """Whether a tensor was computed by convolutions or poolings, so that axis 0 is the batch."""
    return any(made.name.startswith(_MAPS) for made in history(value))


@watch("squeeze")
def drops_one(call: Call, result: Value) -> None:
    """Catalogue row 169: `squeeze()` in a `forward` takes the axis of a batch of one."""
    function = call.machine.frame.function
    if function is None or function.name != "forward" or function.owner is None:
        return
    value, _, name = operand_at(call, 0, "input")
    shape = value.sig.shape if value is not None else None
    if shape is None or len(shape) < 4 or shape[0] != 1 or not _of_maps(value):
        return
    if len(call.args) > 1 or call.kwargs or "torch.nn.Module" not in function.owner.library_bases():
        return
    message = text(
        "`{name}` is {shape}, and `squeeze()` drops the axis of the samples too when there is one "
        "sample: say which axes, or use `flatten(1)`",
        name=name,
        shape=shape_text(shape),
    )
    warn(RULE, call, message)


@watch("nn.Linear")
def one_vector(call: Call, result: Value) -> None:
    """Catalogue row 170: all samples flattened into one vector, as large as the layer wants."""
    value = call.args[1] if len(call.args) > 1 else None
    made = made_by(value)
    if made is None or made.name != "flatten" or made.source is None:
        return
    shape = made.source.sig.shape
    if len(made.call.args) > 1 or made.call.kwargs or shape is None or len(shape) < 3:
        return
    if not isinstance(shape[0], int) or shape[0] < 2 or not _of_maps(made.source):
        return
    layer = call.args[0]
    message = text(
        "`flatten()` makes one vector of all {count} samples of {shape}: `flatten(1)` makes one of "
        "each",
        count=shape[0],
        shape=shape_text(shape),
    )
    if isinstance(layer, InstanceV):
        warn_at(RULE, call, message, made.origin.span)
