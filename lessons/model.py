"""What a lesson pack holds, as it was read and found valid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Localized = Mapping[str, str]
"""A sentence in each of the pack's languages, by tag (`pt-BR`)."""

Place = Literal["before", "after", "replace"]

FORMAT_VERSION = 1

TOLERANCE = 1e-4
"""How far a number may be from the expected one where the pack does not say."""

DEFAULT_LANGUAGE = "en"


def choose(languages: Mapping[str, object] | tuple[str, ...], wanted: str) -> str:
    """The language of a pack that serves a reader: the same, a relative, English, the first."""
    available = list(languages)
    base = wanted.split("-")[0]
    relatives = [name for name in available if name.split("-")[0] == base]
    for name in (wanted, *relatives, DEFAULT_LANGUAGE):
        if name in available:
            return name
    return available[0]


def localized(texts: Localized, language: str) -> str:
    """The sentence in the language that serves a reader."""
    return texts[choose(texts, language)]


@dataclass(frozen=True, slots=True)
class Concept:
    """What lessons are listed by."""

    id: str
    title: Localized


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a lesson in one language.

    title: the first heading. markdown: all of it, the heading included.
    """

    path: Path
    title: str
    markdown: str


@dataclass(frozen=True, slots=True)
class Triggers:
    """Where a lesson is offered: on diagnostics, and on operators, layers and functions."""

    codes: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code to insert.

    body: with VS Code placeholders and the kinds of `placeholders.KINDS`.
    place: where it goes, relative to the statement it is offered on.
    fixes: the codes of the diagnostics it clears. example: a program that has them.
    """

    id: str
    title: Localized
    prefix: str
    path: Path
    body: str
    place: Place = "before"
    fixes: tuple[str, ...] = ()
    example: Path | None = None
    example_text: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an expression is to be at the end of the learner's program.

    of: a Python expression, most often a name. shape: -1 for a size that may be any.
    value: numbers, nested as the tensor is; tolerance: relative and absolute.
    """

    of: str
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    device: str | None = None
    requires_grad: bool | None = None
    value: object = None
    tolerance: float = TOLERANCE


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an exercise.

    hints: from a nudge to almost the answer, as many in each language.
    """

    goal: Localized
    expect: tuple[Expectation, ...]
    hints: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Exercise:
    """A program to be completed. start, solution: its text before and after."""

    goal: Localized
    start_path: Path
    start: str
    solution_path: Path
    solution: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with several answers, one of them right. answer: counted from 0."""

    id: str
    question: Localized
    choices: Mapping[str, tuple[str, ...]]
    answer: int
    explanation: Localized


@dataclass(frozen=True, slots=True)
class PredictShape:
    """A question for the shape of an expression after some code."""

    id: str
    question: Localized
    code: str
    of: str
    shape: tuple[int, ...]
    explanation: Localized


Question = Choice | PredictShape


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson. pages: by language."""

    id: str
    folder: Path
    concepts: tuple[str, ...]
    requires: tuple[str, ...]
    pages: Mapping[str, Page]
    triggers: Triggers
    snippets: tuple[Snippet, ...] = ()
    exercise: Exercise | None = None
    quiz: tuple[Question, ...] = ()

    def page(self, language: str) -> Page:
        """The page that serves a reader."""
        return self.pages[choose(self.pages, language)]


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack of lessons, in the order they are to be taken."""

    id: str
    folder: Path
    version: str
    languages: tuple[str, ...]
    title: Localized
    description: Localized
    authors: tuple[str, ...]
    license: str
    concepts: tuple[Concept, ...]
    lessons: tuple[Lesson, ...]
    files: tuple[Path, ...] = field(default=(), compare=False)
    """Every file that was read: the pack changes when one of these does."""

    def lesson(self, name: str) -> Lesson | None:
        """The lesson of an id."""
        return next((lesson for lesson in self.lessons if lesson.id == name), None)
