"""SW510 class-axis: softmax or argmax along the axis of the samples."""

from __future__ import annotations

import ast

from ..facts import Text, text
from ..interpreter.call import Call
from ..interpreter.provenance import made_by
from ..values.model import NONE, Const, InstanceV, TensorV, Value
from .base import Rule
from .describe import shape_text
from .watch import operand_at, warn, watch

RULE = Rule("SW510", "class-axis", "warning")


@watch("softmax", "log_softmax")
def softmax_of_batch(call: Call, result: Value) -> None:
    """Catalogue rows 156 and 158."""
    value, _, name = operand_at(call, 0, "input")
    axis = call.argument(1, "dim")
    if axis is None or axis == NONE:
        # Of a vector there is only one axis to guess.
        vector = value is not None and value.sig.shape is not None and len(value.sig.shape) == 1
        if call.name.startswith("torch.nn.functional.") and not vector:
            warn(RULE, call, _no_axis(call))
        return
    _over_samples(call, value, name, axis, call.argument_node(1, "dim"))


@watch("nn.Softmax", "nn.LogSoftmax")
def layer_of_batch(call: Call, result: Value) -> None:
    """Catalogue row 156, for a layer."""
    value, _, name = operand_at(call, 1, "input")
    layer = call.args[0]
    made = layer.slots.get("$layer") if isinstance(layer, InstanceV) else None
    if isinstance(made, tuple):
        given = [*made[2], *(item for key, item in made[3] if key == "dim")]
        if given == [0]:
            _over_samples(call, value, name, Const(0), None)


@watch("new.Softmax", "new.LogSoftmax", "new.Softmin")
def without_axis(call: Call, result: Value) -> None:
    """Catalogue row 158: PyTorch guesses the axis, and warns."""
    axis = call.argument(0, "dim")
    maker = call.node.func if isinstance(call.node, ast.Call) else None
    if isinstance(maker, ast.Attribute) and maker.attr == "__init__":
        # A class of the learner's may set the axis itself.
        return
    if call.incomplete is None and (axis is None or axis == NONE):
        warn(RULE, call, _no_axis(call))


def _no_axis(call: Call) -> Text:
    return text(
        "`{function}` is not told its axis, and PyTorch guesses one: `dim=1` is the axis of the "
        "classes in (N, C)",
        function=call.name.rpartition(".")[2],
    )


@watch("argmax")
def argmax_of_batch(call: Call, result: Value) -> None:
    """Catalogue row 157."""
    value, _, name = operand_at(call, 0, "input")
    axis = call.argument(1, "dim")
    if axis is not None and axis != NONE:
        _over_samples(call, value, name, axis, call.argument_node(1, "dim"))
        return
    shape = _scores(value)
    if shape is not None and isinstance(shape[0], int) and shape[0] > 1:
        message = text(
            "`{name}` is {shape}, one row for each sample, and `argmax()` gives one number for all "
            "of them: `argmax(1)` gives a class for each",
            name=name,
            shape=shape_text(shape),
        )
        warn(RULE, call, message)


def _over_samples(
    call: Call, value: TensorV | None, name: str, axis: Value, node: ast.expr | None
) -> None:
    shape = _scores(value) if _of_classes(call) else None
    if axis not in (Const(0), Const(-2)) or shape is None or shape[1] == 1:
        return
    message = text(
        "`{name}` is {shape}, one row for each sample: `{function}` along axis 0 goes over the "
        "samples, and the classes are axis 1",
        name=name,
        shape=shape_text(shape),
        function=call.name.rpartition(".")[2],
    )
    warn(RULE, call, message, node)


def _of_classes(call: Call) -> bool:
    """Whether this is about the classes of samples; inside a model it may be attention."""
    function = call.machine.frame.function
    if function is None or function.name != "forward":
        return True
    returned = [node.value for node in ast.walk(function.node) if isinstance(node, ast.Return)]
    return any(node is call.node for node in returned)


def _scores(value: TensorV | None) -> tuple[int | str, ...] | None:
    """The shape (N, C) of what a linear layer gave."""
    made = made_by(value)
    if value is None or made is None or made.name not in ("Linear", "linear"):
        return None
    shape = value.sig.shape
    return shape if shape is not None and len(shape) == 2 and shape[0] != 1 else None
