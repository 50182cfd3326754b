"""SW517 axis-meaning: the sizes fit, but an axis is taken for another one."""

from __future__ import annotations

from ..facts import text
from ..interpreter.call import Call
from ..interpreter.provenance import Made, made_by
from ..values.model import NONE, Const, InstanceV, SliceV, TupleV, Value
from .base import Rule
from .describe import shape_text
from .watch import operand_at, warn, warn_late, watch

RULE = Rule("SW517", "axis-meaning", "warning")


@watch("operator.getitem")
def last_sample(call: Call, result: Value) -> None:
    """Catalogue row 173: `out[:, -1]` of a recurrent layer that is not batch first."""
    value, _, name = operand_at(call, 0, "input")
    made, key = made_by(value), call.args[1]
    if made is None or made.name not in ("LSTM", "GRU", "RNN") or made.index != 0:
        return
    shape = value.sig.shape if value is not None else None
    if shape is None or len(shape) != 3 or _batch_first(made) or not isinstance(key, TupleV):
        return
    if len(key.items) < 2 or key.items[1] != Const(-1) or not _everything(key.items[0]):
        return
    message = text(
        "`{name}` is {shape}, (L, N, H), because `{layer}` is not `batch_first`: `[:, -1]` is the "
        "last sample, not the last step",
        name=name,
        shape=shape_text(shape),
        layer=made.name,
    )
    warn(RULE, call, message)


def _batch_first(made: Made) -> bool:
    described = made.layer.slots.get("$layer") if made.layer is not None else None
    if not isinstance(described, tuple) or len(described[2]) > 4:
        return True
    given = dict(described[3]).get("batch_first")
    return given is not None and given != ("bool", False)


def _everything(value: Value) -> bool:
    return isinstance(value, SliceV) and value.start == NONE and value.stop == NONE


@watch("nn.Linear")
def rows_of_images(call: Call, result: Value) -> None:
    """Catalogue row 178: a linear layer over the rows of images."""
    value, node, name = operand_at(call, 1, "input")
    if value is None or value.sig.requires_grad is not False or value.sig.shape is None:
        return
    shape = value.sig.shape
    if len(shape) != 4 or shape[1] not in (1, 3) or shape[2] != shape[3]:
        return
    if not isinstance(shape[3], int) or shape[3] < 16:
        return
    message = text(
        "`{name}` is {shape}: the last axis fits by chance, and the layer goes over each row of "
        "the images; `{name}.flatten(1)` makes one vector of each image",
        name=name,
        shape=shape_text(shape),
    )
    warn(RULE, call, message, node)


@watch("flatten", "nn.Flatten")
def no_batch(call: Call, result: Value) -> None:
    """Catalogue row 179: what a convolution took for one image without a batch axis."""
    layer = isinstance(call.args[0], InstanceV)
    value, _, name = operand_at(call, 1 if layer else 0, "input")
    made = made_by(value)
    while made is not None and made.name in ("relu", "ReLU", "MaxPool2d", "max_pool2d"):
        value, made = made.source, made_by(made.source)
    if made is None or made.name not in ("Conv2d", "conv2d"):
        return
    shape = value.sig.shape if value is not None else None
    if shape is None or len(shape) != 3 or not _from_one(call, layer):
        return
    message = text(
        "`{name}` comes from one image without a batch axis, {shape}: flattening from axis 1 takes "
        "its channels for samples; `unsqueeze(0)` the image first",
        name=name,
        shape=shape_text(shape),
    )
    warn_late(RULE, call, message)


def _from_one(call: Call, layer: bool) -> bool:
    """Whether a flattening begins at axis 1."""
    if layer:
        module = call.args[0]
        described = module.slots.get("$layer") if isinstance(module, InstanceV) else None
        return isinstance(described, tuple) and not described[2] and not described[3]
    return call.argument(1, "start_dim") == Const(1)
