"""The steps of `shapewise lessons`, one file for each action."""

from __future__ import annotations

import sys

from ...analyzers.facts import Text
from ...analyzers.messages import language_of, render
from ..locales import system_locale


def language_for(wanted: str | None) -> str:
    """The language of messages: what was asked for, or the system's."""
    return language_of(wanted or system_locale())


def complain(message: Text, language: str) -> None:
    """Say why something cannot be done."""
    print(f"shapewise lessons: {render(message, language)}", file=sys.stderr)
