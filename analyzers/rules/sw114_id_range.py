"""SW114 id-range: ids or labels that are larger than what they choose from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..explain.model import IndexExplanation, Operand
from ..facts import text
from ..interpreter.call import Call
from ..values.model import Const, InstanceV, TensorV, Value
from .base import Rule
from .related import watched_origins
from .watch import operand_at, warn, watch

RULE = Rule("SW114", "id-range", "error")


@watch("nn.Embedding", "nn.Embedding?")
def ids(call: Call, result: Value) -> None:
    """Catalogue row 38, where the ids are known."""
    value, node, name = operand_at(call, 1, "input")
    layer = call.args[0]
    described = layer.slots.get("$layer") if isinstance(layer, InstanceV) else None
    if not isinstance(described, tuple) or value is None:
        return
    count = described[2][0] if described[2] else dict(described[3]).get("num_embeddings")
    wrong = _outside(value, count, frozenset())
    if wrong is None or not isinstance(count, int):
        return
    message = text(
        "`{name}` holds the id {id}, but `Embedding({count}, …)` has rows for 0 to {last}",
        name=name,
        id=wrong,
        count=count,
        last=count - 1,
    )
    width = described[2][1] if len(described[2]) > 1 else dict(described[3]).get("embedding_dim")
    rows = Operand("Embedding", (count, width if isinstance(width, (int, str)) else "D"))
    numbers = IndexExplanation(rows, 0, count, wrong, signed=False)
    raised = "IndexError: index out of range in self"
    places = watched_origins(call, (value, name))
    warn(RULE, call, message, node, places, torch_message=raised, explanation=numbers)


@watch("nn.CrossEntropyLoss", "nn.NLLLoss", "cross_entropy", "nll_loss")
@watch("nn.CrossEntropyLoss?", "nn.NLLLoss?", "cross_entropy?", "nll_loss?")
def labels(call: Call, result: Value) -> None:
    """Catalogue rows 67 and 147, where the labels are known."""
    first = 1 if isinstance(call.args[0], InstanceV) else 0
    scores, _, source = operand_at(call, first, "input")
    value, node, name = operand_at(call, first + 1, "target")
    shape = scores.sig.shape if scores is not None else None
    if value is None or not shape or value.sig.dtype not in ("int64", "uint8"):
        return
    count = shape[1] if len(shape) > 1 else shape[0]
    wrong = _outside(value, count, _ignored(call))
    if wrong is None:
        return
    message = text(
        "`{name}` holds the label {label}, but `{scores}` has scores for {count} classes, 0 to "
        "{last}",
        name=name,
        label=wrong,
        scores=source,
        count=count,
        last=count - 1 if isinstance(count, int) else count,
    )
    raised = f"IndexError: Target {wrong} is out of bounds."
    numbers = IndexExplanation(
        Operand(source, shape), min(1, len(shape) - 1), count, wrong, signed=False
    )
    places = watched_origins(call, (value, name), (scores, source))
    warn(RULE, call, message, node, places, torch_message=raised, explanation=numbers)


def _ignored(call: Call) -> frozenset[int] | None:
    """The labels that do not count; None where they are not known."""
    layer = call.args[0]
    if isinstance(layer, InstanceV):
        described = layer.slots.get("$layer")
        if not isinstance(described, tuple) or len(described[2]) > 2:
            return None
        given = dict(described[3]).get("ignore_index", -100)
        return frozenset([given]) if isinstance(given, int) else None
    value = call.argument(4, "ignore_index")
    if value is None:
        return frozenset([-100])
    if isinstance(value, Const) and isinstance(value.value, int):
        return frozenset([value.value])
    return None


def _outside(value: TensorV, count: Any, ignored: frozenset[int] | None) -> int | None:
    """The first element that is not in 0 … count - 1."""
    if value.sig.value is None or not isinstance(count, int) or ignored is None:
        return None
    for element in _numbers(value.sig.value):
        if not 0 <= element < count and element not in ignored:
            return element
    return None


def _numbers(value: Any) -> Iterator[int]:
    if isinstance(value, tuple):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value
