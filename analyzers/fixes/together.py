"""Several problems fixed at once: all of one kind, or all that need not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import takewhile

from ..facts import Analysis, Problem, Span, Text, text
from ..source import Source
from .base import Analyse, Candidate, Edit, Fix
from .edits import line_starts, lines, place
from .hidden import Hidden
from .prove import prove
from .site import Program

_ROUNDS = 40
"""Fixes applied one after the other to one document."""


@dataclass(frozen=True)
class Together:
    """One way to fix several problems.

    edits: of the program as it is.
    """

    title: Text
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Fixed:
    """A program with all fixes that need not be read.

    analysis: of the program as it is now.
    edits: of the program as it was, whole lines; empty if there was nothing to fix.
    done: the problems that are gone, each where its range lies now, and what was done.
    """

    source: Source
    analysis: Analysis
    edits: tuple[Edit, ...]
    done: tuple[tuple[Problem, Text], ...]


def kinds_of(fixes: Mapping[Problem, tuple[Fix, ...]]) -> list[str]:
    """The kinds that are preferred for more than one problem."""
    kinds = Counter(found[0].kind for found in fixes.values() if found)
    return [kind for kind, count in kinds.items() if count > 1]


def together(
    kind: str,
    fixes: Mapping[Problem, tuple[Fix, ...]],
    source: Source,
    analysis: Analysis,
    analyse: Analyse,
) -> Together | None:
    """All problems whose preferred fix is of a kind, fixed and proved as one."""
    chosen = {p: found[0] for p, found in fixes.items() if found and found[0].kind == kind}
    edits = tuple(dict.fromkeys(edit for fix in chosen.values() for edit in fix.edits))
    title = text("Fix all {count} problems of this kind", count=len(chosen))
    candidate = Candidate(kind, title, edits)
    hidden = Hidden(tuple(chosen), Program(source), analysis, analyse)
    proof = prove(candidate, tuple(chosen), source, analysis, analyse, hidden.found)
    return Together(title, edits) if proof is not None else None


def fix_all(source: Source, analysis: Analysis, analyse: Analyse) -> Fixed:
    """Every problem fixed whose preferred fix is safe, one after the other.

    Each is proved on the program that the ones before have left.
    """
    from . import proved

    now, known = source, analysis
    done: list[tuple[Problem, Text]] = []
    for _ in range(_ROUNDS):
        program = Program(now)
        for problem in known.problems:
            candidate, proof = next(proved(problem, known, analyse, program), (None, None))
            if candidate is not None and proof is not None and candidate.safe:
                done.append((problem, proof.title))
                done = [(replace(p, span=proof.edited.span(p.span)), t) for p, t in done]
                now, known = proof.edited.after, proof.analysis
                break
        else:
            break
    return Fixed(now, known, difference(source, now), tuple(done))


def difference(before: Source, after: Source) -> tuple[Edit, ...]:
    """What makes one program of another: what differs within lines, or whole lines."""
    edits = []
    for index, (old, new) in enumerate(zip(before.parts, after.parts, strict=True)):
        if old.text == new.text:
            continue
        a, b = lines(old.text), lines(new.text)
        starts = [*line_starts(old.text), len(old.text)]
        for kind, low, high, first, last in SequenceMatcher(None, a, b, False).get_opcodes():
            if kind == "equal":
                continue
            pieces = [(starts[low], "".join(a[low:high]), "".join(b[first:last]))]
            if high - low == last - first:
                pieces = [
                    _trimmed(starts[low + i], a[low + i], b[first + i]) for i in range(high - low)
                ]
            for start, gone, put in pieces:
                ends = place(old.text, start), place(old.text, start + len(gone))
                edits.append(Edit(Span(index, *ends[0], *ends[1]), put))
    return tuple(edits)


def _trimmed(start: int, old: str, new: str) -> tuple[int, str, str]:
    """An edit of a line without what is the same on both sides."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    return start + head, old[head : len(old) - tail], new[head : len(new) - tail]


def _alike(one: str, other: str) -> int:
    """How many characters are the same from the start."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in same)
