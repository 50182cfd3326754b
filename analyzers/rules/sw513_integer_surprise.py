"""SW513 integer-surprise: integers that wrap around, or that are taken for indices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..facts import text
from ..interpreter.call import Call
from ..interpreter.provenance import history
from ..values.model import Const, TensorV, Value
from .base import Rule
from .watch import operand_at, warn, watch

RULE = Rule("SW513", "integer-surprise", "warning")

_LIMITS = {"uint8": (0, 255), "int8": (-128, 127), "int16": (-(2**15), 2**15 - 1)}
_COMPARISONS = {"operator.gt", "operator.lt", "operator.ge", "operator.le", "operator.eq"}
_TO_INTEGERS = {"long", "int", "to"}


@watch("operator.add", "operator.sub", "operator.mul")
def wraps(call: Call, result: Value) -> None:
    """Catalogue row 181, where the numbers are known."""
    value, _, name = operand_at(call, 0, "input")
    number = call.args[1]
    if value is None or not isinstance(number, Const) or type(number.value) is not int:
        return
    limits = _LIMITS.get(value.sig.dtype or "")
    if limits is None or value.sig.value is None or not isinstance(result, TensorV):
        return
    kind = call.name.rpartition(".")[2]
    for element in _numbers(value.sig.value):
        exact = {
            "add": element + number.value,
            "sub": element - number.value,
            "mul": element * number.value,
        }[kind]
        if not limits[0] <= exact <= limits[1]:
            span = limits[1] - limits[0] + 1
            message = text(
                "`{name}` is {dtype}, which holds {low} to {high}: {exact} becomes {wrapped}; "
                "`.float()` first",
                name=name,
                dtype=value.sig.dtype,
                low=limits[0],
                high=limits[1],
                exact=exact,
                wrapped=(exact - limits[0]) % span + limits[0],
            )
            warn(RULE, call, message)
            return


def _numbers(value: Any) -> Iterator[int]:
    if isinstance(value, tuple):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, int):
        yield value


@watch("operator.getitem")
def mask_as_indices(call: Call, result: Value) -> None:
    """Catalogue row 182: zeros and ones pick the elements 0 and 1."""
    table, _, name = operand_at(call, 0, "input")
    mask, node, source = operand_at(call, 1, "mask")
    if table is None or mask is None or mask.sig.dtype not in ("int64", "int32"):
        return
    shape = mask.sig.shape
    if shape is None or table.sig.shape is None or len(shape) != 1:
        return
    if table.sig.shape[:1] != shape or shape[0] in (1, 2):
        return
    steps = list(history(mask))
    if len(steps) < 2 or steps[0].name not in _TO_INTEGERS or steps[1].name not in _COMPARISONS:
        return
    message = text(
        "`{mask}` is a mask made of integers, and its zeros and ones are taken for the indices 0 "
        "and 1: leave it bool to choose from `{name}`",
        mask=source,
        name=name,
    )
    warn(RULE, call, message, node)
