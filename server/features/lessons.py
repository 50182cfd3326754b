"""Lessons, their exercises and questions, for an editor that shows them.

Requests, each with optional `uri` (a document of the workspace) and `language`:

- `shapewise/lessons`: all lessons by pack and concept, and what was done;
- `shapewise/lesson` `{pack, lesson}`: one as Markdown; it counts as opened;
- `shapewise/lessonHint` `{pack, lesson, step}`: the next hint of a step, counted from 0;
- `shapewise/lessonSolution` `{pack, lesson}`: the solution;
- `shapewise/lessonAnswer` `{pack, lesson, question, answer}`: whether it is right, and why.

With `format: "html"` texts are HTML instead of Markdown, programs and pictures of shapes
with it, and `shapewise/lesson` has the page, without exercise and questions, as `html`.

Commands, for editors that show nothing themselves, each with `{pack, lesson}`:
`shapewise.lesson.open`, `shapewise.lesson.exercise`, `shapewise.lesson.hint`,
`shapewise.lesson.solution`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.uris import to_fs_path

from ...analyzers.facts import Text, text
from ...analyzers.messages import language_of, render
from .lesson_actions import OPEN

if TYPE_CHECKING:
    from ...lessons.discover import Shelf
    from ...lessons.model import Exercise, Lesson, Pack, Question
    from ...lessons.progress import Entries
    from ..lsp import ShapewiseServer

    _Command = Callable[[ShapewiseServer, Any], Awaitable[dict[str, Any] | None]]

LIST = "shapewise/lessons"
LESSON = "shapewise/lesson"
HINT = "shapewise/lessonHint"
SOLUTION = "shapewise/lessonSolution"
ANSWER = "shapewise/lessonAnswer"

EXERCISE_COMMAND = "shapewise.lesson.exercise"
HINT_COMMAND = "shapewise.lesson.hint"
SOLUTION_COMMAND = "shapewise.lesson.solution"

EXERCISES = "exercises"
"""The folder of a workspace in which exercises are begun."""


class Asked:
    """What a request or command gives: an object of pygls's, or a mapping."""

    def __init__(self, params: Any) -> None:
        if isinstance(params, list | tuple) and not hasattr(params, "_fields"):
            params = params[0] if params else None
        self._params = params

    def get(self, name: str) -> Any:
        """A field, None if it is missing."""
        if isinstance(self._params, Mapping):
            return self._params.get(name)
        return getattr(self._params, name, None)

    def string(self, name: str) -> str:
        """A field as text, empty if it is missing."""
        return str(self.get(name) or "")

    def number(self, name: str) -> int | None:
        """A field that is a whole number."""
        value = self.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def path(self) -> Path | None:
        """The file of the field `uri`."""
        uri = self.get("uri")
        found = to_fs_path(uri) if isinstance(uri, str) else None
        return Path(found) if found else None

    @property
    def html(self) -> bool:
        """Whether texts are wanted as HTML."""
        return self.string("format") == "html"

    def language(self, ls: ShapewiseServer) -> str:
        """The language that is asked for, else the document's."""
        wanted = self.get("language")
        if isinstance(wanted, str):
            return language_of(wanted)
        return ls.configuration.settings_of(self.path()).language


async def lessons(ls: ShapewiseServer, params: Any) -> dict[str, Any]:
    """All lessons, and what was done with them."""
    asked = Asked(params)
    language = asked.language(ls)
    shelf = await ls.teacher.shelf()
    done = await _entries(ls, asked)
    return {
        "language": language,
        "packs": [_pack(pack, origin, done, language) for pack, origin in shelf.packs],
        "faults": [
            {
                "uri": fault.path.absolute().as_uri(),
                "line": fault.line,
                "message": render(fault.message, language),
            }
            for fault in shelf.faults
        ],
    }


async def lesson(ls: ShapewiseServer, params: Any) -> dict[str, Any] | None:
    """One lesson as Markdown, which counts as opened; None where there is none."""
    asked = Asked(params)
    found = await find(ls, asked)
    if found is None:
        return None
    pack, its = found
    progress = ls.teacher.progress_of(asked.path())
    if progress is not None:
        await _kept(ls, lambda: progress.opened(pack.id, its.id))
    return _lesson(pack, its, await _entries(ls, asked), asked.language(ls), asked.html)


async def hint(ls: ShapewiseServer, params: Any) -> dict[str, Any] | None:
    """The next hint of a step that was not shown yet, or again the last one.

    Without `step`, of the first step that is not done.
    """
    from ...lessons.model import choose

    asked = Asked(params)
    found = await find(ls, asked)
    if found is None or found[1].exercise is None:
        return None
    pack, its = found
    exercise = found[1].exercise
    entry = (await _entries(ls, asked)).get(f"{pack.id}/{its.id}", {}).get("exercise", {})
    step = asked.number("step")
    if step is None:
        step = min(int(entry.get("done", 0)), len(exercise.steps) - 1)
    if not 0 <= step < len(exercise.steps):
        return None
    hints = exercise.steps[step].hints
    texts = hints[choose(hints, asked.language(ls))]
    shown = entry.get("hints", {}).get(str(step), 0) if isinstance(entry, dict) else 0
    number = min(int(shown), len(texts) - 1)
    progress = ls.teacher.progress_of(asked.path())
    if progress is not None:
        await _kept(ls, lambda: progress.hint(pack.id, its.id, step, number))
    _look_again(ls)
    said = _written_as(asked.html)(texts[number])
    return {"step": step, "number": number, "of": len(texts), "hint": said}


async def solution(ls: ShapewiseServer, params: Any) -> dict[str, Any] | None:
    """The solution of an exercise; that it was shown is kept."""
    asked = Asked(params)
    found = await find(ls, asked)
    if found is None or found[1].exercise is None:
        return None
    pack, its = found
    progress = ls.teacher.progress_of(asked.path())
    if progress is not None:
        await _kept(ls, lambda: progress.hint(pack.id, its.id, -1, 0))
    program = found[1].exercise.solution
    return {"solution": _program_as(asked.html)(program)}


async def answer(ls: ShapewiseServer, params: Any) -> dict[str, Any] | None:
    """Whether an answer is right: a choice's number from 0, or a shape as a list or text."""
    asked = Asked(params)
    return await answer_to(ls, asked, asked.string("question"), asked.get("answer"))


async def answer_to(
    ls: ShapewiseServer, asked: Asked, name: str, given: Any
) -> dict[str, Any] | None:
    """Whether an answer to a question of a lesson is right; it is kept that it was answered."""
    from ...lessons.model import Choice, localized

    found = await find(ls, asked)
    if found is None:
        return None
    pack, its = found
    question = next((question for question in its.quiz if question.id == name), None)
    if question is None:
        return None
    if isinstance(question, Choice):
        right = given == question.answer and not isinstance(given, bool)
    else:
        right = shape_of(given) == question.shape
    progress = ls.teacher.progress_of(asked.path())
    if progress is not None:
        await _kept(ls, lambda: progress.answer(pack.id, its.id, name, right))
    explanation = localized(question.explanation, asked.language(ls))
    return {"right": right, "explanation": _written_as(asked.html)(explanation)}


def shape_of(answer: Any) -> tuple[int, ...] | None:
    """A shape that a person has given: `[2, 3]`, `"(2, 3)"`, `"2 x 3"`; None if it is none."""
    if isinstance(answer, list | tuple):
        same = all(isinstance(size, int) and not isinstance(size, bool) for size in answer)
        return tuple(answer) if same else None
    if not isinstance(answer, str):
        return None
    inner = re.fullmatch(r"\s*(?:torch\.Size)?[(\[\s]*([\d\s,x×]*)[)\]\s]*", answer)
    return tuple(map(int, re.findall(r"\d+", inner[1]))) if inner is not None else None


# Commands.


async def open_lesson(ls: ShapewiseServer, argument: Any = None) -> dict[str, Any] | None:
    """Show a lesson as a Markdown file, in an editor that does not show it itself."""
    content = await lesson(ls, argument)
    if content is None:
        say(ls, text("There is no lesson {name} here.", name=_name(argument)))
        return None
    if ls.client.show_document:
        path = await ls.teacher.beside(lambda: _cached(content))
        await _show(ls, path.as_uri())
    return content


async def begin_exercise(ls: ShapewiseServer, argument: Any = None) -> dict[str, Any] | None:
    """Make the file of an exercise, unless it is there, and show it."""
    asked = Asked(argument)
    found = await find(ls, asked)
    if found is None or found[1].exercise is None:
        say(ls, text("There is no exercise {name} here.", name=_name(argument)))
        return None
    pack, its = found
    folder = ls.configuration.folder_of(asked.path())
    if folder is None:
        say(ls, text("Open a folder first: the exercise is a file in it."))
        return None
    path = folder / EXERCISES / pack.id / f"{its.id.replace('-', '_')}.py"
    content = _starting(pack, its, found[1].exercise, asked.language(ls))
    uri = path.as_uri()
    is_there = await ls.teacher.beside(path.exists)
    if not is_there:
        applied = await ls.workspace_apply_edit_async(
            types.ApplyWorkspaceEditParams(_new_file(ls, uri, content), label=its.id)
        )
        if not applied.applied:
            return None
    if ls.client.show_document:
        await _show(ls, uri)
    return {"uri": uri, "created": not is_there}


async def show_hint(ls: ShapewiseServer, argument: Any = None) -> dict[str, Any] | None:
    """Say the next hint of an exercise."""
    content = await hint(ls, argument)
    if content is not None:
        said = text("Hint {number} of {of}: {hint}", **{**content, "number": content["number"] + 1})
        say(ls, said, Asked(argument).language(ls))
    return content


async def show_solution(ls: ShapewiseServer, argument: Any = None) -> dict[str, Any] | None:
    """Show the solution of an exercise as a file of its own."""
    content = await solution(ls, argument)
    if content is not None and ls.client.show_document:
        asked = Asked(argument)
        name = f"{asked.string('pack')}-{asked.string('lesson')}-solution.py"
        path = await ls.teacher.beside(lambda: _written(name, str(content["solution"])))
        await _show(ls, path.as_uri())
    return content


def register(ls: ShapewiseServer) -> None:
    """Offer the requests and commands."""
    ls.feature(LIST)(lessons)
    ls.feature(LESSON)(lesson)
    ls.feature(HINT)(hint)
    ls.feature(SOLUTION)(solution)
    ls.feature(ANSWER)(answer)
    offer(ls, OPEN, open_lesson)
    offer(ls, EXERCISE_COMMAND, begin_exercise)
    offer(ls, HINT_COMMAND, show_hint)
    offer(ls, SOLUTION_COMMAND, show_solution)


def offer(ls: ShapewiseServer, name: str, command: _Command) -> None:
    """Offer a command."""

    # pygls evaluates the annotations of a command's function: there may be none of ours.
    async def run(argument: Any = None) -> Any:
        return await command(ls, argument)

    ls.command(name)(run)


# What is told.


def _pack(pack: Pack, origin: str, done: Entries, language: str) -> dict[str, Any]:
    from ...lessons.model import localized

    return {
        "id": pack.id,
        "version": pack.version,
        "title": localized(pack.title, language),
        "description": localized(pack.description, language),
        "authors": list(pack.authors),
        "license": pack.license,
        "origin": origin,
        "concepts": [
            {
                "id": concept.id,
                "title": localized(concept.title, language),
                "lessons": [its.id for its in pack.lessons if concept.id in its.concepts],
            }
            for concept in pack.concepts
        ],
        "lessons": [_summary(pack, its, done, language) for its in pack.lessons],
    }


def _summary(pack: Pack, its: Lesson, done: Entries, language: str) -> dict[str, Any]:
    return {
        "pack": pack.id,
        "id": its.id,
        "title": its.page(language).title,
        "concepts": list(its.concepts),
        "requires": list(its.requires),
        "codes": list(its.triggers.codes),
        "operators": list(its.triggers.operators),
        "steps": len(its.exercise.steps) if its.exercise is not None else 0,
        "questions": len(its.quiz),
        "progress": done.get(f"{pack.id}/{its.id}", {}),
    }


def _lesson(pack: Pack, its: Lesson, done: Entries, language: str, html: bool) -> dict[str, Any]:
    from ...lessons.model import localized
    from ...lessons.rendered import page_html
    from ...lessons.show import markdown_of

    exercise = its.exercise
    write = _written_as(html)
    return {
        **_summary(pack, its, done, language),
        "language": language,
        **(
            {"html": page_html(pack, its, language)}
            if html
            else {"markdown": markdown_of(pack, its, language)}
        ),
        "exercise": None
        if exercise is None
        else {
            "goal": write(localized(exercise.goal, language)),
            "steps": [write(localized(step.goal, language)) for step in exercise.steps],
        },
        "quiz": [_question(question, language, html) for question in its.quiz],
        "snippets": [
            {
                "id": snippet.id,
                "title": localized(snippet.title, language),
                "prefix": snippet.prefix,
            }
            for snippet in its.snippets
        ],
    }


def _question(question: Question, language: str, html: bool) -> dict[str, Any]:
    """A question, without its answer."""
    from ...lessons.model import Choice
    from ...lessons.show import localized_choices, question_of

    write = _written_as(html)
    asked: dict[str, Any] = {"id": question.id, "question": write(question_of(question, language))}
    if isinstance(question, Choice):
        choices = [write(choice) for choice in localized_choices(question, language)]
        return {**asked, "kind": "choice", "choices": choices}
    code = _program_as(html)(question.code.strip())
    return {**asked, "kind": "shape", "code": code, "of": question.of}


def _written_as(html: bool) -> Callable[[str], str]:
    """How a sentence is told: as Markdown, which it is, or as HTML."""
    from ...lessons.rendered import inline_html

    return inline_html if html else str


def _program_as(html: bool) -> Callable[[str], str]:
    from ...lessons.rendered import code_html

    return code_html if html else str


# Small steps.


async def find(ls: ShapewiseServer, asked: Asked) -> tuple[Pack, Lesson] | None:
    """The lesson that is asked for."""
    shelf: Shelf = await ls.teacher.shelf()
    return shelf.lesson(asked.string("pack"), asked.string("lesson"))


async def _entries(ls: ShapewiseServer, asked: Asked) -> Entries:
    progress = ls.teacher.progress_of(asked.path())
    if progress is None:
        return {}
    try:
        return await ls.teacher.beside(progress.entries)
    except OSError as error:
        ls.log_error(str(error))
        return {}


async def _kept(ls: ShapewiseServer, keep: Any) -> None:
    """Write progress; a folder that cannot be written costs only that."""
    try:
        await ls.teacher.beside(keep)
    except OSError as error:
        ls.log_error(f"what was done could not be kept: {error}")
        return
    ls.teacher.tell()


def _look_again(ls: ShapewiseServer) -> None:
    """A hint is shown beside the exercise: have the open ones analysed anew."""
    for key in ls.documents.units():
        snapshot = ls.documents.snapshot(key)
        if snapshot is not None and any("shapewise:" in part.text for part in snapshot.parts):
            ls.touch([key], at_once=True)


def _name(argument: Any) -> str:
    asked = Asked(argument)
    return f"{asked.string('pack')}/{asked.string('lesson')}"


def say(ls: ShapewiseServer, message: Text, language: str | None = None) -> None:
    """Show a sentence in a window."""
    said = render(message, language or ls.language)
    ls.window_show_message(types.ShowMessageParams(types.MessageType.Info, said))


def _starting(pack: Pack, its: Lesson, exercise: Exercise, language: str) -> str:
    from ...lessons.exercise import starting_text

    return starting_text(pack.id, its, exercise, language)


def _new_file(ls: ShapewiseServer, uri: str, content: str) -> types.WorkspaceEdit:
    start = types.Position(0, 0)
    edit = types.TextEdit(types.Range(start, start), content)
    if not ls.client.create_files:
        return types.WorkspaceEdit(changes={uri: [edit]})
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri, None)
    create = types.CreateFile(uri, options=types.CreateFileOptions(ignore_if_exists=True))
    return types.WorkspaceEdit(
        document_changes=[create, types.TextDocumentEdit(identifier, [edit])]
    )


def _cached(content: Mapping[str, Any]) -> Path:
    name = f"{content['pack']}-{content['id']}.{content['language']}.md"
    return _written(name, str(content["markdown"]))


def _written(name: str, content: str) -> Path:
    """A file for the editor to show, among this user's cached ones."""
    from platformdirs import user_cache_path

    folder = user_cache_path("shapewise") / "lessons"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


async def _show(ls: ShapewiseServer, uri: str) -> None:
    try:
        await asyncio.wait_for(
            ls.window_show_document_async(types.ShowDocumentParams(uri, take_focus=True)), 10
        )
    except Exception as error:
        ls.log_error(f"the editor did not show {uri}: {error!r}")
