"""SW605 tensor-from-data: lists and arrays of which no tensor can be made."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import function_name, name_of


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _ragged(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "the inner lists of a tensor must have the same length, and {a} is not {b}",
            a=found.group(2),
            b=found.group(1),
        ),
        0,
    )


def _backwards(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "`{name}` runs backwards through its memory, which a tensor cannot: `.copy()` lays it "
            "out anew",
            name=name_of(failure, 0),
        ),
        0,
    )


def _objects(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "`{name}` is an array of Python objects, and `{function}` wants numbers: "
            '`.astype("float32")` makes them of it',
            name=name_of(failure, 0),
            function=function_name(failure),
        ),
        0,
    )


_CASES: tuple[Case, ...] = (
    (r"expected sequence of length (\d+) at dim \d+ \(got (\d+)\)", _ragged),
    (r"At least one stride in the given numpy array is negative", _backwards),
    (r"can't convert np\.ndarray of type numpy\.object_", _objects),
)

RULE = Rule("SW605", "tensor-from-data", "error", _find)
