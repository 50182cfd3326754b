"""What the editor was last told of each document, to know when to make it ask again."""

from __future__ import annotations

import itertools
from typing import Any, Literal
from urllib.parse import unquote

from .documents import OpenText

Kind = Literal["diagnostics", "hints", "lenses"]


class Sent:
    """The last answer of each kind for each document."""

    def __init__(self) -> None:
        self._answers: dict[tuple[Kind, str], tuple[int, OpenText, Any]] = {}
        self._numbers = itertools.count(1)

    def remember(self, kind: Kind, document: OpenText, answer: Any) -> int:
        """Note an answer; the same answer for the same text keeps its number."""
        key = (kind, unquote(document.uri))
        known = self._answers.get(key)
        if known is not None and known[1] is document and known[2] == answer:
            return known[0]
        number = next(self._numbers)
        self._answers[key] = (number, document, answer)
        return number

    def news(self, kind: Kind, document: OpenText, answer: Any) -> bool:
        """Note an answer; whether the editor has not got it yet for this text."""
        before = self._answers.get((kind, unquote(document.uri)))
        return before is None or self.remember(kind, document, answer) != before[0]

    def outdated(self, kind: Kind, document: OpenText, answer: Any) -> bool:
        """Whether the editor holds another answer for this very text.

        For a text that it has edited since, it asks by itself.
        """
        known = self._answers.get((kind, unquote(document.uri)))
        return known is not None and known[1] is document and known[2] != answer

    def forget(self, document: OpenText) -> None:
        """The document was closed."""
        kinds: tuple[Kind, ...] = ("diagnostics", "hints", "lenses")
        for kind in kinds:
            self._answers.pop((kind, unquote(document.uri)), None)
