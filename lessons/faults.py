"""What is wrong in a pack, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..analyzers.facts import Text

Kind = Literal[
    # Files.
    "missing-file", "missing-lesson", "missing-page", "unreadable", "too-large", "not-utf-8",
    "outside", "broken-link", "unlisted-lesson", "no-pack",
    # The two documents.
    "toml", "newer-format", "missing-key", "unknown-key", "wrong-type", "bad-value", "empty",
    "duplicate", "bad-language", "missing-language", "undeclared-language", "language-counts",
    "unknown-concept", "unknown-lesson", "unknown-code", "order", "expression", "ragged", "answer",
    # The text.
    "no-title", "open-block", "bad-claim", "unproved", "wrong-claim", "no-such-error",
    "mistake-in-text",
    # Programs.
    "syntax", "placeholder-syntax", "unknown-placeholder", "mistake-in-snippet", "place",
    "example-without-error", "fix-without-effect", "fix-with-new-mistake", "start-passes",
    "step-passes", "solution-fails", "needs-run", "question-fails", "wrong-answer",
]  # fmt: skip
"""The reasons, the same in all languages."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file of a pack, counted from 1."""

    path: Path
    line: int = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    note: it is no fault, but something that could not be proved.
    """

    place: Place
    kind: Kind
    message: Text
    note: bool = False

    @property
    def path(self) -> Path:
        return self.place.path

    @property
    def line(self) -> int:
        return self.place.line


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Each fault once, by file and line."""
    return tuple(sorted(dict.fromkeys(faults), key=lambda fault: (fault.place, fault.kind)))
