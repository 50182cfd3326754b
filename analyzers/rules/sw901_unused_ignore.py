"""SW901 unused-ignore: a comment that keeps nothing silent."""

from __future__ import annotations

from ..facts import Problem, Span, text
from .base import Rule

RULE = Rule("SW901", "unused-ignore", "hint")


def unused(code: str, span: Span) -> Problem:
    """Nothing is found that the comment speaks of.

    Args:
        code: a code or a prefix; empty for all.
    """
    message = text("there is nothing for this comment to keep silent")
    if code:
        message = text("there is no {code} for this comment to keep silent", code=code)
    return Problem(span, RULE.code, RULE.slug, RULE.severity, message)
