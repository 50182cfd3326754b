"""SW190 torch-error: a call that torch will certainly refuse."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import function_name


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _fraction(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "`{function}` wants whole numbers as sizes; `//` divides without a fraction",
            function=function_name(failure),
        )
    )


def _other(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "`{function}` is certain to fail with these arguments", function=function_name(failure)
        )
    )


_CASES: tuple[Case, ...] = (
    (r"argument 'size' .*must be tuple of ints, ?.*float", _fraction),
    (r"", _other),
)

RULE = Rule("SW190", "torch-error", "error", _find)
