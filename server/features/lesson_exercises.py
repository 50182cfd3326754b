"""Exercises while they are worked on: how far they are, beside the other diagnostics.

A document is an exercise by its first lines: `# shapewise: exercise PACK/LESSON`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ...analyzers.facts import Analysis, Problem, Span, Text, text
from ..documents import OpenText, Snapshot
from ..scheduler import Work

if TYPE_CHECKING:
    from ...lessons.exercise import Report
    from ...lessons.model import Exercise, Step
    from ..lsp import ShapewiseServer

CODE = "exercise"
"""The code of these diagnostics."""

_SIGN = "shapewise:"

Analyze = Callable[[Snapshot, Callable[[], bool]], Analysis]


def work_on(ls: ShapewiseServer, snapshot: Snapshot, language: str, analyze: Analyze) -> Work:
    """The analysis of a unit, and of an exercise how far it is."""
    if not any(_SIGN in part.text for part in snapshot.parts):
        return lambda cancelled: analyze(snapshot, cancelled)

    def work(cancelled: Callable[[], bool]) -> Analysis:
        analysis = analyze(snapshot, cancelled)
        if cancelled():
            return analysis
        problems = _problems(ls, snapshot, language, lambda unit: analyze(unit, cancelled))
        found = sorted((*analysis.problems, *problems), key=lambda problem: problem.span)
        return replace(analysis, problems=tuple(found))

    return work


def marked(snapshot: Snapshot) -> tuple[str, str, Span] | None:
    """The pack, the lesson and the place of a unit's mark; None if it is no exercise."""
    from ...lessons.exercise import mark_of

    for number, part in enumerate(snapshot.parts):
        mark = mark_of(part.text) if _SIGN in part.text else None
        if mark is not None:
            pack, lesson, line = mark
            end = len(part.lines[line - 1].rstrip("\r\n")) + 1
            return pack, lesson, Span(number, line, 1, line, end)
    return None


def _problems(
    ls: ShapewiseServer, snapshot: Snapshot, language: str, analyze: Callable[[Snapshot], Analysis]
) -> list[Problem]:
    """What there is to say of an exercise; runs on a worker."""
    from ...analyzers.source import Part, Source
    from ...lessons.exercise import check

    mark = marked(snapshot)
    if mark is None:
        return []
    pack, name, span = mark
    found = ls.teacher.shelf_now().lesson(pack, name)
    if found is None or found[1].exercise is None:
        message = text("there is no exercise {name} in the lesson packs", name=f"{pack}/{name}")
        return [Problem(span, CODE, CODE, "information", message)]

    def of_source(source: Source) -> Analysis:
        parts = tuple(OpenText("", None, part.text) for part in source.parts)
        return analyze(Snapshot(snapshot.key, snapshot.serial, parts, True, snapshot.path))

    exercise = found[1].exercise
    texts = tuple(Part(part.text) for part in snapshot.parts)
    report = check(exercise, Source(texts, snapshot.path, notebook=True), of_source)
    if report.verdict == "unknown":
        report = ls.teacher.run_of(snapshot) or report
    hints = _remember(ls, snapshot, pack, name, report)
    return list(_said(exercise, report, hints, span, snapshot, language))


def _remember(
    ls: ShapewiseServer, snapshot: Snapshot, pack: str, name: str, report: Report
) -> dict[str, int]:
    """Keep how far the exercise is; how many hints were shown, by step."""
    progress = ls.teacher.progress_of(snapshot.path)
    if progress is None:
        return {}
    try:
        known = progress.entries().get(f"{pack}/{name}", {}).get("exercise", {})
        passed = report.verdict == "met"
        if report.done > known.get("done", -1) or (passed and "passed" not in known):
            progress.exercise(pack, name, report.done, len(report.steps), passed)
        hints = known.get("hints", {})
    except OSError:
        return {}
    return hints if isinstance(hints, dict) else {}


def _said(
    exercise: Exercise,
    report: Report,
    hints: dict[str, int],
    mark: Span,
    snapshot: Snapshot,
    language: str,
) -> Iterator[Problem]:
    of = len(report.steps)
    if report.verdict == "met":
        yield Problem(mark, CODE, CODE, "information", text("Solved: every step is done"))
        return
    index = next((i for i, step in enumerate(report.steps) if step.verdict != "met"), None)
    if index is None:
        message = text("every step is done; now clear the errors")
        yield Problem(mark, CODE, CODE, "information", message)
        return
    result = report.steps[index]
    goal = _goal(result.step, language)
    message = text("Steps done: {done} of {of}. Next: {goal}", done=report.done, of=of, goal=goal)
    yield Problem(
        mark, CODE, CODE, "information", _hinted(message, result.step, hints, index, language)
    )
    for item, outcome in zip(result.step.expect, result.outcomes):
        if outcome.verdict == "met" or outcome.said is None:
            continue
        place = _bound(item.of, snapshot)
        if place is not None:
            yield Problem(place, CODE, CODE, "information", outcome.said)


def _goal(step: Step, language: str) -> str:
    from ...lessons.model import localized

    return localized(step.goal, language)


def _hinted(message: Text, step: Step, hints: dict[str, int], index: int, language: str) -> Text:
    """A sentence, with the last hint that was shown."""
    from ...lessons.model import choose

    shown = hints.get(str(index), 0)
    available = step.hints[choose(step.hints, language)]
    if not 0 < shown <= len(available):
        return message
    return text("{message}\nHint: {hint}", message=message, hint=available[shown - 1])


def _bound(expression: str, snapshot: Snapshot) -> Span | None:
    """Where a name is bound last at the outermost level of a unit."""
    place = None
    for number, part in enumerate(snapshot.parts):
        try:
            tree = ast.parse(part.text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                if isinstance(target, ast.Name) and target.id == expression:
                    # `ast` counts bytes; before a name at a line's begin there are none.
                    end = target.col_offset + len(target.id) + 1
                    place = Span(number, target.lineno, target.col_offset + 1, target.lineno, end)
    return place
