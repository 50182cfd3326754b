"""SW502 loss-input: a loss gets numbers of another kind than it works with."""

from __future__ import annotations

from ..facts import Related, text
from ..interpreter.call import Call
from ..interpreter.provenance import Made, values_from
from ..values.model import Value
from .base import Rule
from .watch import prediction, warn, watch

RULE = Rule("SW502", "loss-input", "warning")

_SOFTMAX = {"softmax", "Softmax", "Softmax2d"}
_SIGMOID = {"sigmoid", "sigmoid_", "Sigmoid", "expit"}
_RAW = {"Linear", "linear", "Conv2d", "Conv1d", "Bilinear"}


@watch("nn.CrossEntropyLoss", "cross_entropy")
def softmax_twice(call: Call, result: Value) -> None:
    """Catalogue row 155."""
    made = _made(call, _SOFTMAX)
    if made is not None:
        _, node, name = prediction(call)
        message = text(
            "`{name}` went through softmax already, and `{loss}` applies it again: give it the raw "
            "scores",
            name=name,
            loss=_loss(call),
        )
        warn(RULE, call, message, node, _where(made))


@watch("nn.BCEWithLogitsLoss", "binary_cross_entropy_with_logits")
def sigmoid_twice(call: Call, result: Value) -> None:
    """Catalogue row 160."""
    made = _made(call, _SIGMOID | _SOFTMAX)
    if made is not None:
        _, node, name = prediction(call)
        message = text(
            "`{name}` went through {function} already, and `{loss}` applies a sigmoid again: give "
            "it the raw scores",
            name=name,
            function=made.name.lower(),
            loss=_loss(call),
        )
        warn(RULE, call, message, node, _where(made))


@watch("nn.NLLLoss", "nll_loss")
def without_logarithm(call: Call, result: Value) -> None:
    """Catalogue row 159."""
    _wants_logarithms(call, _made(call, _SOFTMAX | _SIGMOID | _RAW))


@watch("nn.KLDivLoss", "kl_div")
def divergence(call: Call, result: Value) -> None:
    """Catalogue row 161."""
    _wants_logarithms(call, _made(call, _SOFTMAX))


def _wants_logarithms(call: Call, made: Made | None) -> None:
    if made is None:
        return
    _, node, name = prediction(call)
    message = text(
        "`{loss}` wants log-probabilities, and `{name}` comes from {function}: `log_softmax` makes "
        "them",
        loss=_loss(call),
        name=name,
        function=made.name,
    )
    warn(RULE, call, message, node, _where(made))


@watch("nn.BCELoss", "binary_cross_entropy")
def without_sigmoid(call: Call, result: Value) -> None:
    """Catalogue row 75: raises as soon as a score lies outside of 0 and 1."""
    made = _made(call, _RAW)
    if made is not None:
        _, node, name = prediction(call)
        message = text(
            "`{loss}` wants probabilities from 0 to 1, and `{name}` is what `{function}` gives, "
            "any number: `BCEWithLogitsLoss` takes it as it is",
            loss=_loss(call),
            name=name,
            function=made.name,
        )
        raised = "RuntimeError: all elements of input should be between 0 and 1"
        warn(RULE, call, message, node, _where(made), torch_message=raised)


def _made(call: Call, names: set[str]) -> Made | None:
    value, _, _ = prediction(call)
    made = values_from(value)
    return made if made is not None and made.name in names else None


def _loss(call: Call) -> str:
    return call.name.rpartition(".")[2]


def _where(made: Made) -> tuple[Related, ...]:
    message = text("this is where it comes from: `{source}`", source=made.origin.source)
    return (Related(made.origin.span, message),)
