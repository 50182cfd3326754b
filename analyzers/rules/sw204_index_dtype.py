"""SW204 index-dtype: indices or masks of the wrong dtype."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import function_name, tensors
from .related import index_origins


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _subscript(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "`{name}` is {dtype}, but an index is whole numbers or a mask of bools")


def _indices(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "`{name}` is {dtype}, but `{function}` wants whole numbers as indices")


def _mask(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "`{name}` is {dtype}, but `{function}` wants a mask of bools")


def _say(failure: Failure, template: str) -> Finding:
    """A sentence about the last tensor: the index or the mask."""
    operands = tensors(failure)
    index, dtype = 0, "?"
    if operands:
        index, dtype = operands[-1][0], operands[-1][1].sig.dtype or "?"
    if failure.name == "operator.getitem" and index == 0:
        index, dtype = 1, "float"
    fields: dict[str, object] = {
        "name": failure.source(index) or "…",
        "dtype": dtype,
        "function": function_name(failure),
    }
    named = {name: value for name, value in fields.items() if f"{{{name}}}" in template}
    return Finding(text(template, **named), index, index_origins(failure))


_CASES: tuple[Case, ...] = (
    (r"tensors used as indices must be|arrays used as indices must be of integer", _subscript),
    (r"only integers, slices", _subscript),
    (r"masked_fill_? only supports boolean masks|expected BoolTensor for mask", _mask),
    (r"masked_(?:select|scatter).*: expected BoolTensor", _mask),
    (r"Expected dtype int(?:32|64)[\w/ ]* for index", _indices),
    (r"Expected tensor for argument #\d 'indices'", _indices),
    (r"(?:index_select|index)\(\): Expected dtype", _indices),
    (r"one_hot is only applicable to index tensor", _indices),
)

RULE = Rule("SW204", "index-dtype", "error", _find)
