"""`shapewise lessons preview`."""

from __future__ import annotations

from pathlib import Path

from ...analyzers.facts import text
from ...analyzers.messages import render
from ...lessons.load import load_pack
from ...lessons.site import write_site
from . import complain, language_for


def preview(folder: Path, out: Path | None, language: str | None) -> int:
    """Write the site of a pack; 1 if the pack has faults, 2 if the site cannot be written."""
    language = language_for(language)
    loaded = load_pack(folder)
    if loaded.pack is None:
        for fault in loaded.faults:
            place = f"{fault.path}:{fault.line}"
            complain(text("{place}: {message}", place=place, message=fault.message), language)
        return 1
    target = out or folder.resolve().with_name(f"{folder.resolve().name}-site")
    try:
        pages = write_site(loaded.pack, target)
    except OSError as error:
        message = text("{path} cannot be written: {error}", path=str(target), error=str(error))
        complain(message, language)
        return 2
    said = text("{count} pages are in {path}", count=len(pages), path=str(target))
    print(render(said, language))
    return 0
