"""What made a tensor: the operations behind it, for mistakes that raise nothing.

Nothing is inferred from it but warnings, so where two branches meet it may get
lost; what is kept is true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..facts import Origin
from ..values.model import InstanceV, TensorV, TupleV, Value
from .call import Call

_LIMIT = 40


@dataclass(frozen=True, eq=False)
class Made:
    """The operation that made a tensor.

    name: without the library: `Linear`, `softmax`, `operator.sub`. source: its
    first tensor. others: how many more tensors it took. layer: the layer, if it
    is one. index: which of several results it is.
    """

    name: str
    source: TensorV | None
    others: int
    origin: Origin
    call: Call
    layer: InstanceV | None = None
    index: int = 0


def note(call: Call, result: Value, layer: InstanceV | None = None) -> None:
    """Writes down what made the tensors of a result."""
    tensors = [value for value in call.args if isinstance(value, TensorV)]
    name = call.name if call.name.startswith("operator.") else call.name.rpartition(".")[2]
    for index, item in enumerate(_flat(result)):
        if not isinstance(item, TensorV) or "$by" in item.slots:
            continue
        if any(item is tensor for tensor in tensors):
            continue
        source = tensors[0] if tensors else None
        origin = item.origin or call.origin
        item.slots["$by"] = Made(name, source, max(len(tensors) - 1, 0), origin, call, layer, index)


def _flat(result: Value) -> Iterator[Value]:
    if isinstance(result, TupleV):
        for item in result.items:
            yield from _flat(item)
    else:
        yield result


def made_by(value: Value | None) -> Made | None:
    """What made a tensor, if it is known."""
    found = value.slots.get("$by") if isinstance(value, TensorV) else None
    return found if isinstance(found, Made) else None


_KEEPS_VALUES = frozenset(
    {
        "squeeze",
        "unsqueeze",
        "view",
        "reshape",
        "flatten",
        "Flatten",
        "contiguous",
        "transpose",
        "permute",
        "float",
        "double",
        "to",
        "clone",
    }
)


def values_from(value: Value | None) -> Made | None:
    """What computed the numbers of a tensor: changes of shape and dtype are skipped."""
    for made in history(value):
        if made.name not in _KEEPS_VALUES:
            return made
    return None


def history(value: Value | None) -> Iterator[Made]:
    """The operations behind a tensor, the last one first, along their first tensors."""
    for _ in range(_LIMIT):
        made = made_by(value)
        if made is None:
            return
        yield made
        value = made.source


def element_wise(value: Value | None) -> Iterator[Made]:
    """The history as far as each operation took one tensor and kept its shape.

    The first operation that did not is the last one that is given.
    """
    for made in history(value):
        yield made
        shape = value.sig.shape if isinstance(value, TensorV) else None
        activation = made.layer is not None and made.layer.class_name in _ACTIVATIONS
        if made.layer is not None and not activation:
            return
        if made.source is None or made.others or made.source.sig.shape != shape:
            return
        value = made.source


_ACTIVATIONS = ("Sigmoid", "ReLU", "Tanh", "Softplus", "LeakyReLU", "Dropout", "Identity")
