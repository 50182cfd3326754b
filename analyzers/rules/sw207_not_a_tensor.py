"""SW207 not-a-tensor: something else stands where a tensor is wanted."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from ..values.model import ListV, TensorV, TupleV, Value
from .base import Case, Finding, Rule, first_case
from .describe import label, name_of, origins


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _one(failure: Failure, found: re.Match[str]) -> Finding:
    kind = found.group(1)
    index = next(
        (index for index, value in enumerate(failure.call.args) if _kind(value) == kind), None
    )
    if kind == "numpy.ndarray":
        return Finding(
            text(
                "`{name}` is a NumPy array, and `{function}` wants a tensor: `torch.from_numpy` "
                "makes one of it",
                name=name_of(failure, index or 0),
                function=label(failure),
            ),
            index,
            origins(failure, index or 0),
        )
    if kind == "list" and failure.kind == "forward" and index is not None:
        return Finding(
            text(
                "`{name}` is a list, and `{layer}` wants one tensor: `torch.stack` makes a batch "
                "of a list",
                name=name_of(failure, index),
                layer=label(failure),
            ),
            index,
            origins(failure),
        )
    if kind == "tuple" and failure.kind == "forward":
        return Finding(
            text(
                "`{function}` wants a tensor and gets a tuple: a recurrent layer returns its "
                "output and its state together",
                function=label(failure),
            ),
            index,
            origins(failure),
        )
    return Finding(
        text(
            "`{function}` wants a tensor and gets a {type}",
            function=label(failure),
            type=kind,
        ),
        index,
        origins(failure),
    )


def _kind(value: Value) -> str | None:
    if isinstance(value, ListV):
        return "list"
    if isinstance(value, TupleV):
        return "tuple"
    return "numpy.ndarray" if isinstance(value, TensorV) and value.sig.numpy else None


_CASES: tuple[Case, ...] = (
    (r"argument '\w+' \(position \d+\) must be Tensor, not (\S+)", _one),
    (r"received an invalid combination of arguments - got \((list|tuple|numpy\.ndarray)", _one),
)

RULE = Rule("SW207", "not-a-tensor", "error", _find)
