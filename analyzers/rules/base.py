"""What a rule is: it recognises a failure and says it in the learner's terms."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..facts import Related, Severity, Text
from ..interpreter.failures import Failure


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a failure it recognises.

    message: one sentence with the learner's names, axes and sizes. operand: the
    index of the argument at fault, for the range; None for the whole operation.
    """

    message: Text
    operand: int | None = None
    related: tuple[Related, ...] = ()


def nothing_raised(failure: Failure) -> Finding | None:
    """For the mistakes that PyTorch lets pass."""
    return None


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of mistake.

    code: `SW101`; its page is `docs/rules/SW101.md`. find: the finding, or None
    if the failure is of another kind; a rule for what raises nothing keeps the
    default, and looks at calls that went well (`watch.py`).
    """

    code: str
    slug: str
    severity: Severity
    find: Callable[[Failure], Finding | None] = nothing_raised
    accelerated_only: bool = False


def matches(failure: Failure, *patterns: str) -> re.Match[str] | None:
    """The first of some regular expressions that is found in torch's message."""
    for pattern in patterns:
        found = re.search(pattern, failure.error.text)
        if found:
            return found
    return None


Case = tuple[str, Callable[[Failure, "re.Match[str]"], Finding | None]]
"""A regular expression for torch's message, and what is said where it is found."""


def first_case(failure: Failure, cases: tuple[Case, ...]) -> Finding | None:
    """What the first case that fits says."""
    for pattern, say in cases:
        found = re.search(pattern, failure.error.text)
        finding = say(failure, found) if found else None
        if finding is not None:
            return finding
    return None
