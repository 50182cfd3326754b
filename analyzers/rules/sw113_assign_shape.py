"""SW113 assign-shape: a value that does not fit the place it is written to."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import name_of, operand, origins, shape_of, sizes_text


def _find(failure: Failure) -> Finding | None:
    if failure.name == "operator.setitem":
        finding = first_case(failure, _ASSIGNED)
        if finding is not None:
            return finding
    return first_case(failure, _GROWN)


def _slot(failure: Failure, found: re.Match[str]) -> Finding:
    """The message says which shape is written where."""
    message = text(
        "`{target}` is {slot}, and a value of the shape {value} does not fit there",
        target=_target(failure),
        slot=sizes_text(found["slot"]),
        value=sizes_text(found["value"]),
    )
    return Finding(message, None, origins(failure, 0, 2))


def _part(failure: Failure, found: re.Match[str]) -> Finding:
    message = text(
        "{operand}, and a value of the shape {value} does not fit `{target}`",
        operand=operand(failure, 0),
        value=shape_of(failure, 2),
        target=_target(failure),
    )
    return Finding(message, None, origins(failure, 0, 2))


def _target(failure: Failure) -> str:
    """`x[0]`, as the learner wrote it."""
    source = failure.call.machine.frame.chunk.source(failure.call.node, 40)
    return source or name_of(failure, 0)


def _grown(failure: Failure, found: re.Match[str]) -> Finding:
    message = text(
        "{operand}, and in place it cannot grow to {result}",
        operand=operand(failure, 0),
        result=sizes_text(found.group(1)),
    )
    return Finding(message, 0, origins(failure, 0, 1))


_ASSIGNED: tuple[Case, ...] = (
    (r"Target sizes: \[(?P<slot>.*?)\]\.\s+Tensor sizes: \[(?P<value>.*?)\]", _slot),
    (
        r"value tensor of shape \[(?P<value>.*?)\] cannot be broadcast to indexing result of shape "
        r"\[(?P<slot>.*?)\]",
        _slot,
    ),
    (
        r"could not broadcast input array from shape \((?P<value>.*?)\) into shape "
        r"\((?P<slot>.*?)\)",
        _slot,
    ),
    (r"expand\(|The size of tensor a|shape mismatch", _part),
)
_GROWN: tuple[Case, ...] = (
    (r"output with shape \[.*?\] doesn't match the broadcast shape \[(.*?)\]", _grown),
)

RULE = Rule("SW113", "assign-shape", "error", _find)
