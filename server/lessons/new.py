"""`shapewise lessons new`."""

from __future__ import annotations

from pathlib import Path

from ...analyzers.facts import text
from ...analyzers.messages import render
from ...lessons.new import NewPackError, create
from . import complain, language_for


def new(name: str, parent: Path, language: str | None) -> int:
    """Make a pack and say what comes next; 2 if it cannot be made."""
    language = language_for(language)
    try:
        folder = create(name, parent)
    except NewPackError as error:
        complain(error.message, language)
        return 2
    print(render(text("{folder} is a pack with one lesson.", folder=folder.as_posix()), language))
    for line in (
        text("change it:    the files in {folder}", folder=folder.as_posix()),
        text("check it:     shapewise lessons check {folder}", folder=folder.as_posix()),
        text("look at it:   shapewise lessons preview {folder}", folder=folder.as_posix()),
    ):
        print("  " + render(line, language))
    return 0
