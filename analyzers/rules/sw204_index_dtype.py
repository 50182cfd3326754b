"""SW204 index-dtype: indices or masks of the wrong dtype."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name, tensors


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure,
        r"tensors used as indices must be",
        r"Expected dtype int32/int64 for index",
        r"Expected dtype int64 for index",
        r"Expected tensor for argument #\d 'indices'",
        r"masked_fill_? only supports boolean masks",
        r"expected BoolTensor for mask",
        r"index_select\(\): Expected dtype",
        r"index\(\): Expected dtype",
        r"one_hot is only applicable to index tensor",
        r"arrays used as indices must be of integer",
        r"only integers, slices",
    ):
        return None
    operands = tensors(failure)
    index = operands[-1][0] if operands else 0
    dtype = operands[-1][1].sig.dtype if operands else "?"
    message = text(
        "`{name}` is {dtype}: `{function}` wants whole numbers as indices, or a bool mask",
        name=failure.source(index) or "…",
        dtype=dtype,
        function=function_name(failure),
    )
    return Finding(message, index)


RULE = Rule("SW204", "index-dtype", "error", _find)
