"""What a quick fix is: a few edits with a title, first supposed and then proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..facts import Analysis, Span, Text
from ..source import Source

if TYPE_CHECKING:
    from .site import Site


@dataclass(frozen=True, slots=True)
class Edit:
    """New text for a range, which may be empty."""

    span: Span
    new: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An edit that may be a fix.

    kind: what is done, `flatten`; problems that are fixed alike can be fixed together.
    shown: the expression of the program as it was whose new shape the title tells.
    safe: it says the same as was meant, so it may be applied without being read.
    changed: names that need not be tensors any more.
    """

    kind: str
    title: Text
    edits: tuple[Edit, ...]
    shown: Span | None = None
    safe: bool = False
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fix:
    """A candidate that was proved.

    title: with the new shape, `Change in_features of fc1 to 784 → (64, 10)`.
    preferred: the first of those that the problem has.
    """

    kind: str
    title: Text
    edits: tuple[Edit, ...]
    safe: bool = False
    preferred: bool = False


Analyse = Callable[[Source], Analysis]
"""Analyses an edited program; what it knows is cached by chunks and by questions."""

Suggest = Callable[["Site"], Iterator[Candidate]]
"""Gives the candidates for a problem, the likeliest first; it need not be right."""
