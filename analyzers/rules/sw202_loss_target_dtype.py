"""SW202 loss-target-dtype: the target of a loss has the wrong dtype."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import dtype_of, function_name, name_of, origins


def _find(failure: Failure) -> Finding | None:
    name = function_name(failure).lower()
    if not ("loss" in name or "entropy" in name) or not matches(
        failure,
        r"expected target dtype to be",
        r"Expected floating point type for target",
        r"Found dtype (\w+) but expected (\w+)",
        r"result type \w+ can't be cast",
        r"not implemented for '(\w+)'",
        r"expected scalar type (\w+) but found (\w+)",
        r"mean\(\): could not infer output dtype",
    ):
        return None
    index = 1 if failure.kind == "forward" else 0
    message = text(
        "`{target}` is {target_dtype} and `{prediction}` is {dtype}: `{loss}` does not take "
        "these dtypes together",
        target=name_of(failure, index + 1),
        target_dtype=dtype_of(failure, index + 1),
        prediction=name_of(failure, index),
        dtype=dtype_of(failure, index),
        loss=function_name(failure),
    )
    return Finding(message, index + 1, origins(failure, index + 1))


RULE = Rule("SW202", "loss-target-dtype", "error", _find)
