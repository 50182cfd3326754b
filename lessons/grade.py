"""Grading hand-ins against the exercises of a pack."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..analyzers.facts import Text, text
from ..analyzers.source import Part, Source, SourceError, read_source
from .exercise import Analyze, Report, check, mark_of
from .model import Exercise, Pack

Status = Literal["passed", "failed", "unknown", "ungraded"]
"""`unknown`: only a run can tell. `ungraded`: it could not be looked at, or it broke the check."""

Run = Callable[[Exercise, str], Report]


@dataclass(frozen=True, slots=True)
class HandIn:
    """One program to grade. Holds all that is needed, so that it can travel to another machine."""

    name: str
    lesson: str
    exercise: Exercise
    parts: tuple[str, ...]
    notebook: bool


@dataclass(frozen=True, slots=True)
class Grade:
    """What became of a hand-in.

    done, of: steps. said: why it did not pass, a sentence each.
    """

    name: str
    lesson: str
    status: Status
    done: int = 0
    of: int = 0
    said: tuple[Text, ...] = ()


def read_hand_in(path: Path, pack: Pack, lesson: str | None) -> HandIn | Grade:
    """A file as a hand-in; a grade that says why if it is none.

    Its exercise is the one of its mark, else `lesson`, else the lesson of its name
    (`flatten_before.py` is `flatten-before`), else the pack's only one.
    """
    name = path.as_posix()
    try:
        if not path.is_file():
            return Grade(name, "", "ungraded", said=(text("{name} is not a file", name=path.name),))
        source = read_source(path)
    except SourceError as error:
        return Grade(name, "", "ungraded", said=(error.message,))
    parts = tuple(part.text for part in source.parts)
    marks = [mark for mark in map(mark_of, parts) if mark is not None]
    if marks and marks[0][0] != pack.id:
        said = text("it is an exercise of the pack {pack}", pack=marks[0][0])
        return Grade(name, "", "ungraded", said=(said,))
    exercises = {its.id: its.exercise for its in pack.lessons if its.exercise is not None}
    candidates = [
        marks[0][1] if marks else None,
        lesson,
        path.stem.replace("_", "-").lower(),
        next(iter(exercises)) if len(exercises) == 1 else None,
    ]
    chosen = next((item for item in candidates if item in exercises), None)
    exercise = exercises.get(chosen or "")
    if chosen is None or exercise is None:
        said = text("it does not say which exercise it is; choose one with --lesson")
        return Grade(name, "", "ungraded", said=(said,))
    return HandIn(name, chosen, exercise, parts, source.notebook)


def grade(hand_in: HandIn, analyze: Analyze, run: Run | None = None) -> Grade:
    """Grade one hand-in.

    Args:
        run: runs it unless the analysis has found it wrong: what only a run can tell is
            told, and a program that does not end does not pass. None for no run.
    """
    of = len(hand_in.exercise.steps)
    for part in hand_in.parts:
        try:
            ast.parse(part)
        except (SyntaxError, ValueError, RecursionError) as error:
            said = text("this is not Python: {error}", error=str(error))
            return Grade(hand_in.name, hand_in.lesson, "failed", 0, of, (said,))
    source = Source(tuple(map(Part, hand_in.parts)), notebook=hand_in.notebook)
    report = check(hand_in.exercise, source, analyze)
    if run is not None and report.verdict != "unmet":
        report = run(hand_in.exercise, "\n".join(hand_in.parts))
    return _graded(hand_in, report)


def _graded(hand_in: HandIn, report: Report) -> Grade:
    statuses: dict[str, Status] = {"met": "passed", "unmet": "failed", "unknown": "unknown"}
    said = [
        text("line {line}: {message}", line=problem.span.line, message=problem.message)
        for problem in report.errors
    ]
    for number, step in enumerate(report.steps, 1):
        said += [
            text("step {number}: {message}", number=number, message=outcome.said)
            for outcome in step.outcomes
            if outcome.verdict != "met" and outcome.said is not None
        ]
    status = statuses[report.verdict]
    done, of = report.done, len(report.steps)
    return Grade(hand_in.name, hand_in.lesson, status, done, of, tuple(dict.fromkeys(said)))


def lost(hand_in: HandIn, why: Text) -> Grade:
    """The grade of a hand-in that broke the check."""
    of = len(hand_in.exercise.steps)
    return Grade(hand_in.name, hand_in.lesson, "ungraded", 0, of, (why,))
