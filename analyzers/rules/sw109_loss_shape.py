"""SW109 loss-shape: prediction and target of a loss do not fit together."""

from __future__ import annotations

import re

from ..explain.model import LossExplanation, Operand
from ..facts import text
from ..interpreter.call import Call
from ..interpreter.failures import Failure
from ..values.model import InstanceV, Value
from .base import Case, Finding, Rule, first_case
from .describe import function_name, operand, origins, shape_text, sizes_text, tensor_of
from .related import watched_origins
from .watch import operand_at, warn, watch


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _rows(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{prediction} and {target}: `{loss}` wants one target for each row, and {rows} is not "
        "{targets}",
        rows=found.group(1),
        targets=found.group(2),
    )


def _one_number(failure: Failure, found: re.Match[str]) -> Finding:
    first = _first(failure)
    prediction = tensor_of(failure.call.args[first])
    shape = prediction.sig.shape if prediction is not None else None
    return _say(
        failure,
        "{target}, but `{loss}` wants one class number for each row of the prediction: {wanted}",
        wanted=shape_text(shape[:1] if shape else None),
    )


def _twins(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "{prediction} and {target}: `{loss}` wants the same shape in both")


def _broadcast(failure: Failure, found: re.Match[str]) -> Finding | None:
    return _twins(failure, found) if "loss" in function_name(failure).lower() else None


def _class_axis(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{prediction} and {target}: `{loss}` takes axis 1 of the prediction for the classes, so it "
        "wants the target to be {wanted}",
        wanted=sizes_text(found.group(1)),
    )


def _weights(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{prediction}, which is {classes} classes, but `{loss}` has the weights of {weights}",
        at=0,
        classes=found.group(1),
        weights=found.group(2),
    )


def _pixels(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{prediction} and {target}: for images `{loss}` wants one class number for each pixel, "
        "(N, H, W)",
    )


def _first(failure: Failure) -> int:
    """The index of the prediction among the arguments."""
    return 1 if failure.kind == "forward" else 0


def _say(failure: Failure, template: str, at: int = 1, **fields: object) -> Finding:
    """A sentence about the prediction (`at` 0) or the target (1)."""
    first = _first(failure)
    fields |= {
        "prediction": operand(failure, first),
        "target": operand(failure, first + 1),
        "loss": function_name(failure),
    }
    named = {name: value for name, value in fields.items() if f"{{{name}}}" in template}
    return Finding(text(template, **named), first + at, origins(failure, first, first + 1))


_CASES: tuple[Case, ...] = (
    (r"Expected input batch_size \((.+?)\) to match target batch_size \((.+?)\)", _rows),
    (r"multi-target not supported", _one_number),
    (r"Using a target size|[tT]arget size \(torch\.Size", _twins),
    (r"The size of tensor a", _broadcast),
    (r"Expected target size \[(.*?)\], got", _class_axis),
    (
        r"weight tensor should be defined either for all (\d+) classes or no classes but got "
        r"weight tensor of shape: \[(\d+)\]",
        _weights,
    ),
    (r"only batches of spatial targets supported", _pixels),
    (r"input and target batch or spatial sizes don't match", _pixels),
)

RULE = Rule("SW109", "loss-shape", "error", _find)


@watch("nn.MSELoss", "nn.L1Loss", "nn.SmoothL1Loss", "nn.HuberLoss")
@watch("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
def compares_everything(call: Call, result: Value) -> None:
    """(N, 1) against (N,) compares everything with everything (catalogue row 152)."""
    first = 1 if call.args and isinstance(call.args[0], InstanceV) else 0
    prediction, _, name = operand_at(call, first, "input")
    target, node, other = operand_at(call, first + 1, "target")
    if prediction is None or target is None:
        return
    mine, wanted = prediction.sig.shape, target.sig.shape
    if mine is None or wanted is None or not _surely_different(mine, wanted):
        return
    message = text(
        "`{prediction}` is {shape} and `{target}` is {target_shape}: `{loss}` broadcasts them and "
        "compares everything with everything",
        prediction=name,
        shape=shape_text(mine),
        target=other,
        target_shape=shape_text(wanted),
        loss=call.name.rpartition(".")[2],
    )
    numbers = LossExplanation(
        Operand(name, mine), Operand(other, wanted), call.name.rpartition(".")[2], "twins"
    )
    places = watched_origins(call, (prediction, name), (target, other))
    warn(RULE, call, message, node, places, severity="warning", explanation=numbers)


def _surely_different(a: tuple[int | str, ...], b: tuple[int | str, ...]) -> bool:
    """Different ranks, or different known sizes; a symbol may equal anything."""
    if len(a) != len(b):
        return True
    return any(
        x != y and isinstance(x, int) and isinstance(y, int) for x, y in zip(a, b, strict=True)
    )
