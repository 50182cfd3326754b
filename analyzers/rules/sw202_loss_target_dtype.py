"""SW202 loss-target-dtype: the target of a loss has the wrong dtype."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import dtype_of, function_name, layer_origin, name_of, shape_of
from .related import dtype_origins


def _find(failure: Failure) -> Finding | None:
    name = function_name(failure).lower()
    return first_case(failure, _CASES) if "loss" in name or "entropy" in name else None


def _classes(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "`{target}` is {target_dtype}, but `{loss}` wants class numbers, which are int64",
    )


def _probabilities(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "`{target}` is {target_dtype} and as large as the prediction, {shape}, so `{loss}` takes "
        "it for probabilities, which are floating-point numbers",
    )


def _same(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "`{target}` is {target_dtype}, but `{loss}` wants the dtype of the prediction `{name}`, "
        "{dtype}",
    )


def _prediction(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "`{name}` is {dtype}, but the first argument of `{loss}` is the prediction, which is "
        "floating-point numbers",
        at=0,
    )


def _say(failure: Failure, template: str, at: int = 1) -> Finding:
    """A sentence about the prediction (`at` 0) or the target (1)."""
    first = 1 if failure.kind == "forward" else 0
    fields: dict[str, object] = {
        "name": name_of(failure, first),
        "shape": shape_of(failure, first),
        "dtype": dtype_of(failure, first),
        "target": name_of(failure, first + 1),
        "target_dtype": dtype_of(failure, first + 1),
        "loss": function_name(failure),
    }
    named = {name: value for name, value in fields.items() if f"{{{name}}}" in template}
    places = (*dtype_origins(failure, first + at), *layer_origin(failure))
    return Finding(text(template, **named), first + at, places)


_CASES: tuple[Case, ...] = (
    (r"expected target dtype to be", _classes),
    (r"Expected floating point type for target", _probabilities),
    (r"Found dtype \w+ but expected \w+|result type \w+ can't be cast", _same),
    (r"expected scalar type \w+ but found \w+", _same),
    (r"not implemented for '\w+'|could not infer output dtype", _prediction),
)

RULE = Rule("SW202", "loss-target-dtype", "error", _find)
