"""SW201 operand-dtype: operands of different dtypes where one is needed."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import dtype_of, function_name, layer_of, name_of, origins


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure,
        r"mat1 and mat2 must have the same dtype",
        r"expected m1 and m2 to have the same dtype",
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
    if layer_of(failure) is not None:
        message = text(
            "`{name}` is {dtype}, but the weights of `{layer}` are {wanted}",
            name=name_of(failure, 1),
            dtype=dtype_of(failure, 1),
            layer=function_name(failure),
            wanted=failure.call.args[0].slots.get("$dtype") or "float32",  # type: ignore[attr-defined]
        )
        return Finding(message, 1, origins(failure, 1))
    message = text(
        "`{left}` is {left_dtype} and `{right}` is {right_dtype}: `{operator}` wants one dtype",
        left=name_of(failure, 0),
        left_dtype=dtype_of(failure, 0),
        right=name_of(failure, 1),
        right_dtype=dtype_of(failure, 1),
        operator=function_name(failure),
    )
    return Finding(message, 1, origins(failure, 0, 1))


RULE = Rule("SW201", "operand-dtype", "error", _find)
