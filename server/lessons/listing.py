"""`shapewise lessons list` and `progress`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ...analyzers.facts import Text, text
from ...analyzers.messages import render
from ...lessons.discover import Library, Shelf
from ...lessons.model import localized
from ...lessons.progress import Progress, ProgressError
from ..settings import read_project, resolve
from . import complain, language_for


def show_lessons(format: str, language: str | None) -> int:
    """Print the lessons that are found from the current folder; 1 if a pack is broken."""
    language = language_for(language)
    here = Path.cwd()
    project, _ = read_project(here)
    settings, _ = resolve(None, project)
    shelf = Library().shelf([here], [here / path for path in settings.lesson_paths])
    for fault in shelf.faults:
        place = f"{fault.path}:{fault.line}"
        complain(text("{place}: {message}", place=place, message=fault.message), language)
    if format == "json":
        print(json.dumps(list(_rows(shelf, language)), indent=1, ensure_ascii=False))
    else:
        _print(shelf, language)
    return 1 if shelf.faults else 0


def _rows(shelf: Shelf, language: str) -> Iterator[dict[str, Any]]:
    origins = {pack.id: origin for pack, origin in shelf.packs}
    for pack, lesson in shelf.lessons():
        yield {
            "pack": pack.id,
            "lesson": lesson.id,
            "title": lesson.page(language).title,
            "concepts": list(lesson.concepts),
            "requires": list(lesson.requires),
            "codes": list(lesson.triggers.codes),
            "operators": list(lesson.triggers.operators),
            "exercise": lesson.exercise is not None,
            "quiz": len(lesson.quiz),
            "languages": list(pack.languages),
            "origin": origins[pack.id],
            "folder": str(lesson.folder),
        }


def _print(shelf: Shelf, language: str) -> None:
    for pack, origin in shelf.packs:
        print(f"{pack.id} {pack.version} ({render(_ORIGINS[origin], language)})")
        print(f"  {localized(pack.title, language)}")
        width = max((len(lesson.id) for lesson in pack.lessons), default=0)
        for lesson in pack.lessons:
            print(f"    {lesson.id:{width}}  {lesson.page(language).title}")
    if not shelf.packs:
        print(render(text("There are no lesson packs here."), language))


_ORIGINS: dict[str, Text] = {
    "workspace": text("of this workspace"),
    "configured": text("configured"),
    "installed": text("installed"),
    "built-in": text("built in"),
}


def show_progress(folders: Sequence[Path], format: str, language: str | None) -> int:
    """Print what was done in workspaces; 2 if a file cannot be read."""
    language = language_for(language)
    status = 0
    found: dict[str, Any] = {}
    for folder in folders:
        try:
            found[folder.as_posix()] = Progress(folder).entries()
        except ProgressError as error:
            status = 2
            path = (folder / Progress(folder).path).as_posix()
            message = text("{name} cannot be read: {error}", name=path, error=str(error))
            complain(message, language)
    if format == "json":
        rows = [{"workspace": name, "lessons": entries} for name, entries in found.items()]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return status
    for name, entries in found.items():
        print(name)
        for lesson, entry in sorted(entries.items()):
            print(f"  {lesson}: {', '.join(render(said, language) for said in _said(entry))}")
        if not entries:
            print("  " + render(text("nothing was done yet"), language))
    return status


def _said(entry: dict[str, Any]) -> Iterator[Text]:
    if "opened" in entry:
        yield text("read")
    exercise = entry.get("exercise")
    if isinstance(exercise, dict) and "passed" in exercise:
        yield text("exercise solved")
    elif isinstance(exercise, dict) and "of" in exercise:
        yield text("{done} of {of} steps", done=exercise.get("done", 0), of=exercise["of"])
    quiz = entry.get("quiz")
    if isinstance(quiz, dict):
        right = sum(isinstance(item, dict) and "right" in item for item in quiz.values())
        yield text("{right} of {count} questions right", right=right, count=len(quiz))
