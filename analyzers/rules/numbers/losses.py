"""Losses: a prediction and a target."""

from __future__ import annotations

from ...explain.model import Explanation, LossExplanation
from ...interpreter.failures import Failure
from ..describe import function_name
from .operands import operand_of
from .way import way_of

_CLASSES = ("crossentropyloss", "cross_entropy", "nllloss", "nll_loss", "nllloss2d")


def loss(failure: Failure) -> Explanation | None:
    """Scores and class numbers, or two tensors that are to be twins."""
    first = 1 if failure.kind == "forward" else 0
    prediction, target = operand_of(failure, first), operand_of(failure, first + 1)
    if prediction is None or target is None or "weight tensor" in failure.error.text:
        return None
    name = function_name(failure)
    classes = name.lower() in _CLASSES
    way = way_of(failure.call.args[first], prediction.name, failure.call.node)
    return LossExplanation(
        prediction,
        target,
        name,
        "classes" if classes else "twins",
        way if way is not None and _rows_changed(way.start.shape, prediction.shape) else None,
    )


def _rows_changed(
    before: tuple[int | str, ...] | None, after: tuple[int | str, ...] | None
) -> bool:
    """Whether the axis of the samples became another one on the way."""
    return bool(before and after and before[0] != after[0])
