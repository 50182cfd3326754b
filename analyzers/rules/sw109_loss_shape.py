"""SW109 loss-shape: prediction and target of a loss do not fit together."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name, name_of, origins, shape_of


def _find(failure: Failure) -> Finding | None:
    name = function_name(failure)
    broadcast = matches(failure, r"The size of tensor a") and "loss" in name.lower()
    if not broadcast and not matches(
        failure,
        r"Expected input batch_size",
        r"multi-target not supported",
        r"Using a target size",
        r"Target size \(torch\.Size",
        r"Expected target size",
        r"weight tensor should be defined either for all",
        r"size mismatch \(got input:",
        r"input and target batch or spatial sizes don't match",
        r"only batches of spatial targets supported",
    ):
        return None
    index = 1 if failure.kind == "forward" else 0
    message = text(
        "`{prediction}` is {shape} and `{target}` is {target_shape}: `{loss}` cannot compare them",
        prediction=name_of(failure, index),
        shape=shape_of(failure, index),
        target=name_of(failure, index + 1),
        target_shape=shape_of(failure, index + 1),
        loss=function_name(failure),
    )
    return Finding(message, index + 1, origins(failure, index, index + 1))


RULE = Rule("SW109", "loss-shape", "error", _find)
