"""Tensors whose shape is claimed and whose dtype is not: asked with several dtypes.

What torch says must hold whatever the dtype is: results are joined, and a
refusal counts only if it is about shapes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from ...runtime.oracle.wire import Error
from ..values.model import ListV, TensorV, TupleV, Value
from .call import Call

TRIED = ("float32", "int64", "bool")
MAX_OPEN = 3
"""More tensors of unknown dtype in one call are taken to have the same one."""


def is_open(value: Value) -> bool:
    """Whether a value is a tensor of known shape and unknown dtype, or holds one."""
    if isinstance(value, TensorV):
        return value.sig.dtype is None and value.sig.shape is not None and not value.sig.mixed
    if isinstance(value, TupleV):
        return any(is_open(item) for item in value.items)
    if isinstance(value, ListV):
        return value.items.rest is None and any(is_open(item) for item in value.items.items)
    return False


def choices(values: list[Value]) -> Iterator[list[Value]]:
    """The values once for each combination of dtypes that the open ones may have."""
    places = [index for index, value in enumerate(values) if is_open(value)]
    together = len(places) > MAX_OPEN
    for dtypes in itertools.product(TRIED, repeat=1 if together else len(places)):
        chosen = list(values)
        for number, index in enumerate(places):
            chosen[index] = _with_dtype(values[index], dtypes[0 if together else number])
        yield chosen


def _with_dtype(value: Value, dtype: str) -> Value:
    if isinstance(value, TensorV) and is_open(value):
        return TensorV(value.sig._replace(dtype=dtype), value.origin, value.parents)
    if isinstance(value, TupleV):
        return replace(value, items=tuple(_with_dtype(item, dtype) for item in value.items))
    if isinstance(value, ListV) and is_open(value):
        return ListV(tuple(_with_dtype(item, dtype) for item in value.items.items))
    return value


def in_call(call: Call) -> bool:
    """Whether any argument is open."""
    return any(map(is_open, call.args)) or any(map(is_open, call.kwargs.values()))


def is_about_shapes(call: Call, error: Error, kind: str) -> bool:
    """Whether a refusal would be the same for any dtype."""
    from ..rules import problem_of
    from .failures import Failure

    code = problem_of(Failure(call, error, kind)).code
    return code.startswith("SW1") and code not in ("SW112", "SW114", "SW190")
