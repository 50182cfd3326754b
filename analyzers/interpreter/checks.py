"""Calls that raise nothing and are wrong all the same."""

from __future__ import annotations

from ..facts import Problem, text
from ..values.model import InstanceV, TensorV, Unknown, Value
from . import failures
from .call import Call

_PAIRWISE = ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss")
_PAIRWISE_FUNCTIONS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")


def after_forward(call: Call, result: Value) -> None:
    """Looks at a call of one of torch's own layers that went well."""
    layer = call.args[0]
    if isinstance(layer, InstanceV) and layer.class_name in _PAIRWISE:
        _loss_broadcast(call, result, 1, layer.class_name)


def after_call(call: Call, result: Value) -> None:
    """Looks at a call of a library function that went well."""
    name = call.name.rpartition(".")[2]
    if name in _PAIRWISE_FUNCTIONS and call.name.startswith("torch."):
        _loss_broadcast(call, result, 0, name)


def _loss_broadcast(call: Call, result: Value, first: int, loss: str) -> None:
    """SW109: (N, 1) against (N,) compares everything with everything (catalogue row 152)."""
    if isinstance(result, Unknown) or len(call.args) < first + 2:
        return
    prediction, target = call.args[first], call.args[first + 1]
    if not isinstance(prediction, TensorV) or not isinstance(target, TensorV):
        return
    from ..rules.describe import shape_text

    mine, other = prediction.sig.shape, target.sig.shape
    if mine is None or other is None or not _surely_different(mine, other):
        return
    chunk = call.machine.frame.chunk
    names = [chunk.source(node, 40) if node is not None else "…" for node in call.nodes[first:]]
    message = text(
        "`{prediction}` is {shape} and `{target}` is {target_shape}: `{loss}` broadcasts them and "
        "compares everything with everything",
        prediction=names[0],
        shape=shape_text(mine),
        target=names[1],
        target_shape=shape_text(other),
        loss=loss,
    )
    node = call.nodes[first + 1]
    span = call.machine.span(node) if node is not None else call.span
    failures.add_problem(call, Problem(span, "SW109", "loss-shape", "warning", message))


def _surely_different(a: tuple[int | str, ...], b: tuple[int | str, ...]) -> bool:
    """Different ranks, or different known sizes; a symbol may equal anything."""
    if len(a) != len(b):
        return True
    return any(
        x != y and isinstance(x, int) and isinstance(y, int) for x, y in zip(a, b, strict=True)
    )
