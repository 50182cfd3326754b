"""The proof of a fix: the edited program is analysed again, by the same oracle.

A candidate is a fix if the problem is gone, no other one came, nothing that was known
is unknown now, and what failed has a result.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from ..facts import Analysis, Problem, Span, TensorFact, Text, text
from ..source import Source
from ..source.parse import parse_part
from .base import Analyse, Candidate
from .edits import Edited, apply

_FAILS = "this fails: {error}"
"""Why a name is unknown that something was to be bound to which raises."""

_DATA = "what a file holds is not known before the program runs"
"""Why a name may be unknown that was bound to a failure before."""


@dataclass(frozen=True)
class Proof:
    """What the edited program is.

    title: of the candidate, with the new shape.
    """

    title: Text
    edited: Edited
    analysis: Analysis


def prove(
    candidate: Candidate,
    problems: tuple[Problem, ...],
    source: Source,
    analysis: Analysis,
    analyse: Analyse,
    hidden: Callable[[], tuple[Problem, ...]] = tuple,
) -> Proof | None:
    """The proof that a candidate takes some problems away; None if it does not.

    Args:
        problems: of the program as it is; all must be gone.
        analysis: of the program as it is.
        hidden: gives the problems that only the failures hide; they are no new ones.
    """
    edited = apply(source, candidate.edits)
    if edited is None or edited.after == source or not _reads(edited):
        return None
    after = analyse(edited.after)
    if not after.complete:
        return None
    if not _gone(problems, analysis, after, edited, hidden):
        return None
    raised = any(problem.torch_message for problem in problems)
    if not _kept(candidate.changed, analysis, after, edited, raised):
        return None
    fact = None
    if candidate.shown is not None:
        fact = _result(edited.span(candidate.shown), after)
        if fact is not None and _same(fact, _result(candidate.shown, analysis)):
            fact = None  # It was this before.
    return Proof(_titled(candidate, problems[0], fact), edited, after)


def _reads(edited: Edited) -> bool:
    """Whether the edited parts have no more syntax errors than before."""
    for part in edited.changes:
        counts = [
            sum(chunk.parsed.error is not None for chunk in parse_part(part, text))
            for text in (edited.before.parts[part].text, edited.after.parts[part].text)
        ]
        if counts[1] > counts[0]:
            return False
        before, after = edited.before.parts[part].text, edited.after.parts[part].text
        if not counts[0] and _parses(before) and not _parses(after):
            return False
    return True


def _parses(program: str) -> bool:
    try:
        ast.parse(program)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _gone(
    problems: tuple[Problem, ...],
    before: Analysis,
    after: Analysis,
    edited: Edited,
    hidden: Callable[[], tuple[Problem, ...]],
) -> bool:
    """Whether the problems are gone, and no line has one that it did not have before."""

    def moved(some: tuple[Problem, ...]) -> Counter[tuple[str, int, int]]:
        return Counter(_key(p, edited.line(p.span.part, p.span.line)) for p in some)

    found = Counter(_key(problem, problem.span.line) for problem in after.problems)
    gone = moved(problems)
    allowed = moved(before.problems) - gone
    more = found - allowed
    if not more:
        return True
    if any(key in gone for key in more):
        return False  # What is hidden need not be known.
    return not found - (allowed | moved(hidden()))


def _key(problem: Problem, line: int) -> tuple[str, int, int]:
    return problem.code, problem.span.part, line


def _kept(
    changed: frozenset[str], before: Analysis, after: Analysis, edited: Edited, raised: bool
) -> bool:
    """Whether what was known still is, and what failed is known now."""
    known = {(b.span.part, b.span.line, b.name) for b in after.bindings}
    for binding in before.bindings:
        part, line = binding.span.part, binding.span.line
        gone = (part, edited.line(part, line), binding.name) not in known
        bound = binding.name not in changed and _still_bound(binding.name, part, edited)
        if gone and bound:
            return False
    # What is unknown because something else fails may stay so, but nothing new may be; and of
    # what failed and does so no more, silence is no proof: torch may not have been asked.
    unknown = {
        (u.span.part, edited.line(u.span.part, u.span.line), u.name): u.reason.template == _FAILS
        for u in before.unknowns
    }
    for item in after.unknowns:
        fails = item.reason.template == _FAILS
        failed = unknown.get((item.span.part, item.span.line, item.name))
        if failed is None or (fails and not failed):
            return False
        if fails and raised and not after.problems:
            return False
        if failed and not fails and item.reason.template != _DATA:
            return False
    return True


def _still_bound(name: str, part: int, edited: Edited) -> bool:
    return part not in edited.changes or name in edited.after.parts[part].text


def _result(span: Span, after: Analysis) -> TensorFact | None:
    for value in after.values:
        if value.span == span and value.facts:
            return value.facts[0]
    return None


def _same(fact: TensorFact, before: TensorFact | None) -> bool:
    return before is not None and (fact.shape, fact.dtype) == (before.shape, before.dtype)


def _titled(candidate: Candidate, problem: Problem, fact: TensorFact | None) -> Text:
    if fact is None or fact.shape is None:
        return candidate.title
    shape = shape_code(fact)
    if problem.code.startswith("SW2") and fact.dtype:
        shape = f"{shape} {fact.dtype}"
    return text("{action} → {result}", action=candidate.title, result=shape)


def shape_code(fact: TensorFact) -> str:
    """`(2, 3)`, `(N,)`, `()`."""
    sizes = ", ".join(map(str, fact.shape or ()))
    return f"({sizes},)" if len(fact.shape or ()) == 1 else f"({sizes})"
