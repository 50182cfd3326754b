"""What is wrong in a pack, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..analyzers.facts import Text


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file of a pack, counted from 1."""

    path: Path
    line: int = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    kind: a short name of the reason, the same in all languages, such as `unknown-code`.
    note: it is no fault, but something that could not be proved.
    """

    place: Place
    kind: str
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
