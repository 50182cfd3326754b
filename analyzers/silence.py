"""Comments that keep problems silent, and what is said of those that do not."""

from __future__ import annotations

from collections.abc import Sequence

from .codes import prefix_of
from .facts import Problem, Suppression
from .rules import sw901_unused_ignore, sw902_unreadable_ignore
from .source.chunks import Chunk
from .source.comments import Ignore, ignores_in, statement_lines

_ABOUT_COMMENTS = "SW9"


def silenced(
    problems: Sequence[Problem], chunks: Sequence[Chunk], *, certain: bool
) -> tuple[list[Problem], list[Suppression]]:
    """The problems that no comment keeps silent, and the comments.

    Args:
        certain: whether all was looked at, so that a comment without a problem is
            known to be of no use.
    """
    ignores = ignores_in(chunks)
    if not ignores:
        return list(problems), []
    lines = statement_lines(chunks)
    suppressions: list[Suppression] = []
    about: list[Problem] = []
    for ignore in ignores:
        if not ignore.readable:
            about.append(sw902_unreadable_ignore.not_understood(ignore.span))
        elif ignore.whole_file and not ignore.at_top:
            about.append(sw902_unreadable_ignore.too_late(ignore.span))
        else:
            for code, span in ignore.codes or (("", ignore.span),):
                prefix = prefix_of(code) if code else ""
                if prefix is None:
                    about.append(sw902_unreadable_ignore.no_such_code(code, span))
                    continue
                kept = tuple(p for p in problems if _speaks_for(ignore, prefix, p, lines))
                suppressions.append(Suppression(span, prefix, ignore.whole_file, kept))
                unused = certain and not ignore.broken and not kept
                if unused and not prefix.startswith(_ABOUT_COMMENTS):
                    about.append(sw901_unused_ignore.unused(prefix, span))
    silent = {id(problem) for item in suppressions for problem in item.problems}
    loud = [problem for problem in problems if id(problem) not in silent]
    hushed = [item.code for item in suppressions if item.whole_file and item.code]
    about = [p for p in about if not any(p.code.startswith(code) for code in hushed)]
    return [*loud, *about], suppressions


def _speaks_for(
    ignore: Ignore,
    prefix: str,
    problem: Problem,
    lines: dict[tuple[int, int], tuple[int, int]],
) -> bool:
    """Whether a comment is meant for a problem."""
    if not problem.code.startswith(prefix):
        return False
    if ignore.whole_file:
        return True
    span = problem.span
    statement = lines.get((span.part, span.line), (span.line, span.line))
    places = {span.line, span.end_line, *statement}
    return ignore.span.part == span.part and ignore.span.line in places
