"""Several problems fixed at once: all of one kind, or all that need not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from ..facts import Analysis, Problem, Span, Text, text
from ..source import Source
from .base import Analyse, Candidate, Edit, Fix
from .edits import line_starts, place
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
    edits: of the program as it was, one a part; empty if there was nothing to fix.
    done: the problems that are gone, each in the program that the ones before have left,
        and what was done.
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
                now, known = proof.edited.after, proof.analysis
                break
        else:
            break
    return Fixed(now, known, difference(source, now), tuple(done))


def difference(before: Source, after: Source) -> tuple[Edit, ...]:
    """What makes one program of another: for each part the lines from the first that differs."""
    edits = []
    for index, (old, new) in enumerate(zip(before.parts, after.parts, strict=True)):
        if old.text == new.text:
            continue
        a, b = _lines(old.text), _lines(new.text)
        head = 0
        while head < min(len(a), len(b)) and a[head] == b[head]:
            head += 1
        tail = 0
        while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
            tail += 1
        start = sum(map(len, a[:head]))
        end = len(old.text) - sum(map(len, a[len(a) - tail :]))
        span = Span(index, *place(old.text, start), *place(old.text, end))
        edits.append(Edit(span, "".join(b[head : len(b) - tail])))
    return tuple(edits)


def _lines(program: str) -> list[str]:
    starts = [*line_starts(program), len(program)]
    return [program[a:b] for a, b in pairwise(starts)]
