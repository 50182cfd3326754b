"""SW701 layer-arguments: a layer that cannot be made from these arguments."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import function_name


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES) if failure.kind == "layer" else None


def _unexpected(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "`{layer}` has no argument `{argument}`", argument=found.group(1))


def _missing(failure: Failure, found: re.Match[str]) -> Finding:
    names = re.findall(r"'(\w+)'", found.group(1))
    return _say(
        failure,
        "`{layer}` is not given {arguments}",
        arguments=", ".join(f"`{name}`" for name in names),
    )


def _too_many(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "`{layer}` takes fewer arguments than it is given here")


def _multiple(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "`{layer}` wants `{whole}` to be a multiple of `{part}`",
        whole=found.group(1),
        part=found.group(2),
    )


def _fraction(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure, "the sizes of `{layer}` must be whole numbers; `//` divides without a fraction"
    )


def _no_module(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "`{layer}` wants the layers one by one, not in a {type}; `*` in front of it unpacks it",
        type=found.group(1),
    )


def _called(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "`{layer}` is made first, without tensors, and then called with them: `{layer}()(…)`",
    )


def _probability(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "`{layer}` wants a probability from 0 to 1, not {value}",
        value=found.group(1),
    )


def _other(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "`{layer}` cannot be made from these arguments")


def _say(failure: Failure, template: str, **fields: object) -> Finding:
    return Finding(text(template, layer=function_name(failure), **fields))


_CASES: tuple[Case, ...] = (
    (r"got an unexpected keyword argument '(\w+)'", _unexpected),
    (r"missing \d+ required positional arguments?: (.*)", _missing),
    (r"takes .*positional arguments? but", _too_many),
    (r"(\w+)(?: \(\d+\))? must be divisible by (\w+)", _multiple),
    (r"must be tuple of ints, .* type float", _fraction),
    (r"^(\w+) is not a Module subclass", _no_module),
    (r"Boolean value of Tensor", _called),
    (r"dropout probability has to be between 0 and 1, but got (.+)", _probability),
    (r"", _other),
)

RULE = Rule("SW701", "layer-arguments", "error", _find)
