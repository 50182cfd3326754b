"""What a run saw in one file, carried along with later edits of its text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ...analyzers.facts import Binding, Span, TensorFact
from ...runtime.tracing_types import Seen, Signature
from ..audit.compare import fits_shape


@dataclass(frozen=True)
class Shown:
    """A place that the run saw, where it is now.

    line: 1-based, in the text as it is now. stale: its line, or one above it, was
    edited since the run, so it may be something else by now.
    """

    seen: Seen
    line: int
    stale: bool


class Overlay:
    """What a run saw in one document or cell.

    Args:
        base: the lines that ran.
    """

    def __init__(self, base: Sequence[str]) -> None:
        self._base = [line.rstrip("\r\n") for line in base]
        self._seen: dict[tuple[object, str], Seen] = {}
        self._cached: tuple[Sequence[str], int, list[Shown]] | None = None

    def add(self, seen: Iterable[Seen]) -> None:
        """Takes what the run tells; a place seen again is told anew."""
        for item in seen:
            self._seen[item.place, item.kind] = item
        self._cached = None

    @property
    def count(self) -> int:
        """How many places were seen."""
        return len(self._seen)

    def shown(self, lines: Sequence[str]) -> list[Shown]:
        """What was seen, in the lines as they are now, in their order."""
        if self._cached is not None and self._cached[0] is lines:
            return self._cached[2]
        now = [line.rstrip("\r\n") for line in lines]
        moved = line_map(self._base, now)
        changed = first_change(self._base, now)
        found = []
        for seen in self._seen.values():
            line = moved.get(seen.place.line)
            if line is not None:
                found.append(Shown(seen, line, line >= changed))
        found.sort(key=lambda item: (item.line, item.seen.place))
        self._cached = (lines, self.count, found)
        return found

    def line_now(self, line: int, lines: Sequence[str]) -> int | None:
        """Where a line of the run is now; None if it was edited or deleted."""
        now = [text.rstrip("\r\n") for text in lines]
        moved = line_map(self._base, now).get(line)
        if moved is None or not 0 < line <= len(self._base):
            return None
        return moved if now[moved - 1] == self._base[line - 1] else None


def line_map(before: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    """Where each line of a text is after edits, both counted from 1; deleted ones are not in it.

    An edited line counts as the same line while as many lines stand in its place.
    """
    head = 0
    while head < min(len(before), len(now)) and before[head] == now[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(now)) - head and before[-1 - tail] == now[-1 - tail]:
        tail += 1
    moved = {line: line for line in range(1, head + 1)}
    shift = len(now) - len(before)
    moved |= {line: line + shift for line in range(len(before) - tail + 1, len(before) + 1)}
    middle = SequenceMatcher(
        None, before[head : len(before) - tail], now[head : len(now) - tail], autojunk=False
    )
    for tag, i1, i2, j1, j2 in middle.get_opcodes():
        if tag == "equal" or (tag == "replace" and i2 - i1 == j2 - j1):
            moved |= {head + i1 + n + 1: head + j1 + n + 1 for n in range(i2 - i1)}
    return moved


def first_change(before: Sequence[str], now: Sequence[str]) -> int:
    """The first line (from 1) of a text whose code is not as it was; one past the end if none.

    Empty lines and lines that hold a comment alone do not count.
    """
    old = [line for line in before if _is_code(line)]
    position = 0
    for number, line in enumerate(now, 1):
        if not _is_code(line):
            continue
        if position >= len(old) or old[position] != line:
            return number
        position += 1
    return len(now) + 1 if position == len(old) else len(now)


def _is_code(line: str) -> bool:
    text = line.strip()
    return bool(text) and not text.startswith("#")


def at_binding(shown: Iterable[Shown], binding: Binding) -> Shown | None:
    """What the run saw at a place that binds a name."""
    for item in shown:
        if item.line == binding.span.line and item.seen.name == binding.name:
            return item
    return None


def at_span(shown: Iterable[Shown], span: Span) -> Shown | None:
    """What the run saw at a range."""
    for item in shown:
        place = item.seen.place
        lines = place.end_line - place.line
        if (item.line, place.column) == (span.line, span.column) and (
            item.line + lines,
            place.end_column,
        ) == (span.end_line, span.end_column):
            return item
    return None


def agrees(facts: Sequence[TensorFact], signature: Signature) -> bool:
    """Whether a signature that was seen is among those that the analysis gives."""
    return any(
        (shape := fact.claimed_shape) is None
        or (fits_shape(shape, signature.shape) and fact.dtype in (None, signature.dtype))
        for fact in facts
    )
