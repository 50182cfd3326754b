"""SW201 operand-dtype: operands of different dtypes where one is needed."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import (
    dtype_of,
    function_name,
    label,
    layer_of,
    layer_origin,
    name_of,
    tensors,
)
from .related import dtype_origins


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure,
        r"mat1 and mat2 must have the same dtype",
        r"expected m1 and m2 to have the same dtype",
        r"input tensors must have the same dtype",
        r"Input type \((?!torch\.)(.+?)\) and (?:bias|weight) type",
        r"expected scalar type (\w+) but found (\w+)",
        r"RNN input dtype .* does not match weight dtype",
        r"input dtype .* does not match weight dtype",
        r"dot : expected both vectors to have same dtype",
        r"mixed dtype",
        r"Expected query, key, and value to have the same dtype",
        r"expected .* to have the same dtype",
        r"\"(?:addmm|addmv|baddbmm|bmm|slow_conv).*not implemented for",
    ):
        return None
    layer = layer_of(failure)
    if layer is not None:
        wanted = layer.slots.get("$dtype") or "float32"
        index = next((i for i, tensor in tensors(failure) if tensor.sig.dtype != wanted), 1)
        message = text(
            "`{name}` is {dtype}, but the weights of `{layer}` are {wanted}",
            name=name_of(failure, index),
            dtype=dtype_of(failure, index),
            layer=label(failure),
            wanted=wanted,
        )
        return Finding(message, index, (*dtype_origins(failure, index), *layer_origin(failure)))
    first, second = _different(failure)
    message = text(
        "`{left}` is {left_dtype} and `{right}` is {right_dtype}, but `{operator}` wants the same "
        "dtype in both",
        left=name_of(failure, first),
        left_dtype=dtype_of(failure, first),
        right=name_of(failure, second),
        right_dtype=dtype_of(failure, second),
        operator=function_name(failure),
    )
    return Finding(message, second, dtype_origins(failure, first, second))


def _different(failure: Failure) -> tuple[int, int]:
    """The first operand, and the first one after it with another dtype."""
    operands = tensors(failure)
    for index, tensor in operands[1:]:
        if tensor.sig.dtype != operands[0][1].sig.dtype:
            return operands[0][0], index
    return 0, 1


RULE = Rule("SW201", "operand-dtype", "error", _find)
