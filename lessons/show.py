"""A lesson as an editor shows it: Markdown, with its exercise and questions behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..analyzers.facts import text
from ..analyzers.messages import render
from .markdown import for_readers, links_of
from .model import Choice, Exercise, Lesson, Pack, PredictShape, Question, choose, localized


def markdown_of(pack: Pack, lesson: Lesson, language: str) -> str:
    """The page that serves a reader; links lead to `lesson:pack/id` and to files' URIs."""
    page = lesson.page(language)
    body = for_readers(_with_links(page.markdown, pack, lesson)).rstrip("\n")
    parts = [body]
    if lesson.exercise is not None:
        parts.append("\n".join(_exercise(lesson.exercise, language)))
    if lesson.quiz:
        parts.append("\n".join(_quiz(lesson.quiz, language)))
    return "\n\n".join(parts) + "\n"


def question_of(question: Question, language: str) -> str:
    """A question's sentence; that of a shape may be the usual one."""
    if question.question:
        return localized(question.question, language)
    assert isinstance(question, PredictShape)
    return render(text("What is the shape of `{name}`?", name=question.of), language)


def _with_links(markdown: str, pack: Pack, lesson: Lesson) -> str:
    targets = {link.target for link in links_of(markdown)}
    for target in targets:
        if target.startswith("lesson:") and "/" not in target:
            absolute = f"lesson:{pack.id}/{target.removeprefix('lesson:')}"
        elif not re.match(r"[a-z][a-z0-9+.-]*:|#", target):
            absolute = (lesson.folder / target).resolve().as_uri()
        else:
            continue
        markdown = markdown.replace(f"]({target}", f"]({absolute}")
    return markdown


def _exercise(exercise: Exercise, language: str) -> Iterator[str]:
    yield "## " + render(text("Exercise"), language)
    yield ""
    yield localized(exercise.goal, language)
    yield ""
    for number, step in enumerate(exercise.steps, 1):
        yield f"{number}. {localized(step.goal, language)}"


def _quiz(quiz: tuple[Question, ...], language: str) -> Iterator[str]:
    yield "## " + render(text("Questions"), language)
    for question in quiz:
        yield ""
        yield f"**{question_of(question, language)}**"
        yield ""
        if isinstance(question, Choice):
            for letter, choice in zip("ABCDEFGH", localized_choices(question, language)):
                yield f"- {letter}. {choice}"
        else:
            yield f"```python\n{question.code.strip()}\n```"


def localized_choices(question: Choice, language: str) -> tuple[str, ...]:
    """The answers to choose from."""
    return question.choices[choose(question.choices, language)]
