"""`torchmetrics`: metrics that give one number, one for each class, or a table of the classes.

https://lightning.ai/docs/torchmetrics/stable/
"""

from __future__ import annotations

from ...runtime.oracle.dims import Dim
from ..interpreter.call import Call
from ..interpreter.operators import dim_of
from ..values.model import NONE, Const, InstanceV, Library, Sig, TensorV, Value
from .modules import MODULE
from .registry import inherit, method, model, prefix_model

_CLASSES = (
    "Accuracy", "Precision", "Recall", "F1Score", "Specificity", "JaccardIndex", "AUROC",
    "AveragePrecision", "HammingDistance",
)  # fmt: skip
_SINGLE = (
    "CohenKappa", "MatthewsCorrCoef", "MeanSquaredError", "MeanAbsoluteError",
    "MeanAbsolutePercentageError", "PearsonCorrCoef", "MeanMetric", "SumMetric", "MaxMetric",
    "MinMetric",
)  # fmt: skip
_TASKS = ("", "Binary", "Multiclass", "Multilabel")
_METRIC = "torchmetrics.Metric"


def _names(kind: str) -> tuple[str, ...]:
    places = ("torchmetrics.", "torchmetrics.classification.", "torchmetrics.regression.",
              "torchmetrics.aggregation.")  # fmt: skip
    return tuple(f"{place}{task}{kind}" for place in places for task in _TASKS)


@model(*(name for kind in (*_CLASSES, *_SINGLE, "ConfusionMatrix") for name in _names(kind)))
def construct(call: Call) -> Value:
    """A new metric."""
    instance = InstanceV(Library(_METRIC), call.origin)
    name = call.name.rpartition(".")[2]
    instance.slots["$training"] = True
    instance.slots["$result"] = call.incomplete or _result(call, name)
    return instance


def _result(call: Call, name: str) -> Value:
    """A tensor such as the metric gives; unknown where its arguments leave that open."""
    several = call.kwargs.get("num_classes", call.kwargs.get("num_labels", NONE))
    if name.startswith("Multi") and call.args:
        several = call.args[0]
    count = dim_of(several)
    if name.endswith("ConfusionMatrix"):
        plain = call.kwargs.get("normalize", NONE) == NONE and "Multilabel" not in name
        binary = name.startswith("Binary") or call.argument(0, "task") == Const("binary")
        size: Dim | None = 2 if binary else count
        plain = plain and call.argument(0, "task") != Const("multilabel")
        if size is None or not plain:
            return call.machine.unknown("how many classes there are is not known")
        return TensorV(Sig((size, size), "int64"), call.origin)
    whole = call.kwargs.get("multidim_average", Const("global")) == Const("global")
    outputs = call.kwargs.get("num_outputs", Const(1)) == Const(1)
    average = call.kwargs.get("average", Const("micro"))
    if not whole or not outputs or not isinstance(average, Const):
        return call.machine.unknown("how many classes there are is not known")
    if average.value in (None, "none") and name.endswith(_CLASSES):
        if count is None:
            return call.machine.unknown("how many classes there are is not known")
        return TensorV(Sig((count,), "float32"), call.origin)
    return TensorV(Sig((), "float32"), call.origin)


inherit(_METRIC, MODULE)


@method(_METRIC, "__call__", "forward", "compute")
def value_of(call: Call) -> Value:
    """The metric of this batch, or of all of them; on the device of the metric."""
    metric = call.args[0]
    assert isinstance(metric, InstanceV)
    result: Value = metric.slots["$result"]
    if not isinstance(result, TensorV):
        return result
    device = metric.slots.get("$device", "cpu")
    return TensorV(result.sig._replace(device=device), call.origin)


@method(_METRIC, "update", "reset")
def nothing(call: Call) -> Value:
    """Adds a batch, or starts anew."""
    return NONE


@prefix_model("torchmetrics")
def other(call: Call) -> Value:
    """What is not described here."""
    return call.machine.unknown("`{name}` is not followed", name=call.name)
