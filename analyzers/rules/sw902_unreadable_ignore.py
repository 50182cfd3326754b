"""SW902 unreadable-ignore: a comment to Shapewise that it does not understand."""

from __future__ import annotations

from ..facts import Problem, Span, Text, text
from .base import Rule

RULE = Rule("SW902", "unreadable-ignore", "hint")


def no_such_code(code: str, span: Span) -> Problem:
    """No diagnostic's code begins with what is written."""
    return _problem(
        text("there is no diagnostic `{code}`: the comment keeps nothing silent", code=code), span
    )


def too_late(span: Span) -> Problem:
    """A comment for the whole file stands below its first statement."""
    return _problem(
        text("`ignore-file` stands at the top, above the first statement; here it does nothing"),
        span,
    )


def not_understood(span: Span) -> Problem:
    """A word or a bracket is not as it should be."""
    return _problem(
        text(
            "this comment is not understood; write `ignore`, `ignore[SW501]` or, "
            "at the top, `ignore-file[SW5]`"
        ),
        span,
    )


def _problem(message: Text, span: Span) -> Problem:
    return Problem(span, RULE.code, RULE.slug, RULE.severity, message)
