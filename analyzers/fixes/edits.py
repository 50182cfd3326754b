"""Applying edits to a program's text, and finding its places again afterwards."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from ..facts import Span
from ..source import Part, Source
from .base import Edit

_END = re.compile(r"\r\n|\r|\n")


@lru_cache(maxsize=64)
def line_starts(text: str) -> tuple[int, ...]:
    """The offset of each line; LF, CRLF and CR end one, as in Python."""
    return (0, *(match.end() for match in _END.finditer(text)))


def offset(text: str, line: int, column: int) -> int:
    """The offset of a 1-based place; of what lies behind the text, its end."""
    starts = line_starts(text)
    return min(starts[line - 1] + column - 1, len(text)) if line <= len(starts) else len(text)


def place(text: str, at: int) -> tuple[int, int]:
    """The 1-based line and column of an offset."""
    starts = line_starts(text)
    line = bisect_right(starts, at)
    return line, at - starts[line - 1] + 1


def newline(text: str) -> str:
    """How the lines of a text end."""
    found = _END.search(text)
    return found.group() if found else "\n"


def with_ends(text: str, end: str) -> str:
    """A text whose lines end in one way."""
    return _END.sub(end, text)


def lines(text: str) -> list[str]:
    """The lines of a text with their ends, as Python counts them."""
    return [text[a:b] for a, b in pairwise([*line_starts(text), len(text)]) if a < b]


@dataclass(frozen=True, slots=True)
class _Change:
    """One edit by offsets into the old text."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Edited:
    """A program before and after some edits."""

    before: Source
    after: Source
    changes: dict[int, tuple[_Change, ...]]
    """By part, in order."""

    def span(self, span: Span) -> Span:
        """Where a range of the old text lies in the new one; what is put at its ends is inside."""
        if span.part not in self.changes:
            return span
        old, new = self.before.parts[span.part].text, self.after.parts[span.part].text
        start = self._moved(span.part, offset(old, span.line, span.column), last=False)
        end = self._moved(span.part, offset(old, span.end_line, span.end_column), last=True)
        return Span(span.part, *place(new, start), *place(new, end))

    def line(self, part: int, line: int) -> int:
        """Where a line of the old text has gone: to where its first character is."""
        if part not in self.changes:
            return line
        old = self.before.parts[part].text
        starts = line_starts(old)
        end = starts[line] if line < len(starts) else len(old)
        text = old[starts[line - 1] : end]
        first = starts[line - 1] + len(text) - len(text.lstrip(" \t"))
        moved = self._moved(part, first, last=True)
        return place(self.after.parts[part].text, moved)[0]

    def _moved(self, part: int, at: int, *, last: bool) -> int:
        """The new offset of an old one; `last`: behind what was put just there."""
        shift = 0
        for change in self.changes[part]:
            if change.end < at or (change.end == at and (last or change.start < at)):
                shift += len(change.new) - (change.end - change.start)
            elif change.start < at:
                # Inside of what was replaced: to one of its ends.
                return change.start + shift + (len(change.new) if last else 0)
        return at + shift


def as_written(written: Source, source: Source, edits: Sequence[Edit]) -> Source | None:
    """A notebook with the edits and with its magics; None where an edit would lose one.

    Args:
        written: with the magics. source: as it is analysed.
    """
    before, after = apply(written, edits), apply(source, edits)
    if before is None or after is None:
        return None
    if _magics(before.after, after.after) != _magics(written, source):
        return None
    return before.after


def _magics(written: Source, source: Source) -> list[str]:
    return [
        line.strip()
        for part, other in zip(written.parts, source.parts, strict=True)
        for line, code in zip(part.text.split("\n"), other.text.split("\n"), strict=False)
        if line != code
    ]


def apply(source: Source, edits: Sequence[Edit]) -> Edited | None:
    """The program with the edits; None where two of them overlap."""
    by_part: dict[int, list[_Change]] = {}
    for edit in edits:
        text = source.parts[edit.span.part].text
        start = offset(text, edit.span.line, edit.span.column)
        end = offset(text, edit.span.end_line, edit.span.end_column)
        new = with_ends(edit.new, newline(text))
        by_part.setdefault(edit.span.part, []).append(_Change(start, end, new))
    parts = list(source.parts)
    changes: dict[int, tuple[_Change, ...]] = {}
    for part, found in by_part.items():
        # Stable: what is put at one place stays in the order it was given.
        found.sort(key=lambda change: (change.start, change.end))
        if any(a.end > b.start for a, b in pairwise(found)):
            return None
        text = source.parts[part].text
        pieces, at = [], 0
        for change in found:
            pieces += [text[at : change.start], change.new]
            at = change.end
        parts[part] = Part("".join([*pieces, text[at:]]))
        changes[part] = tuple(found)
    return Edited(source, replace(source, parts=tuple(parts)), changes)
