"""The claims of a run, and what has become of them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from ..claims.places import Claims, claims_of
from ..facts import Problem, Span
from ..source.chunks import Chunk


@dataclass
class Verdict:
    """What visits of a place have shown: the problem of the first that contradicts the claim."""

    problem: Problem | None
    agreed: bool = False


@dataclass
class ClaimState:
    """The claims of a run, and how they fare.

    trusting: whether comments and docstrings are believed where nothing is
    known. used: whether one was. alone: a function that nothing calls is run with
    what is said of it, because the search for what it expects has found nothing.
    """

    trusting: bool = True
    used: bool = False
    alone: bool = False
    verdicts: dict[tuple[Span, str], Verdict] = field(default_factory=dict)
    above: dict[int, tuple[str, ...]] = field(default_factory=dict)
    by_chunk: dict[int, Claims] = field(default_factory=dict)

    def read(self, chunks: list[Chunk]) -> None:
        """Tells which lines stand above each chunk."""
        for before, chunk in itertools.pairwise(chunks):
            end = before.first_line + len(before.parsed.lines)
            if before.part == chunk.part and end == chunk.first_line:
                self.above[id(chunk)] = before.parsed.lines[-8:]

    def of(self, chunk: Chunk) -> Claims:
        """The claims in a chunk."""
        found = self.by_chunk.get(id(chunk))
        if found is None:
            found = self.by_chunk[id(chunk)] = claims_of(chunk, self.above.get(id(chunk), ()))
        return found
