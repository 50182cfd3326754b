"""Fixing a file: what is safe is done, and nothing else of the file changes."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...analyzers.facts import Analysis, Problem, Text, text
from ...analyzers.fixes.edits import as_written, lines
from ...analyzers.fixes.together import fix_all
from ...analyzers.source import Part, Source, SourceError
from ...analyzers.source.document import decode, notebook_cells
from .write import encoded, with_cells

_SECONDS = 60.0
"""How long the proofs for one file may take."""

Analyse = Callable[[Source, Callable[[], bool]], Analysis]
"""Analyses a program; is to end soon once the second says so."""


@dataclass(frozen=True)
class Fixed:
    """A file as it is, or would be, once fixed.

    source: the new program, with a notebook's magics. analysis: of it.
    done: the problems that are gone, each where its range lies now, and what was done.
    old, data: the content of the file, as it was and as it is to be.
    diff: what changes, as unified diffs: of a notebook, one for each cell.
    """

    source: Source
    analysis: Analysis
    done: tuple[tuple[Problem, Text], ...]
    old: bytes
    data: bytes
    diff: str


def fixed(path: Path, source: Source, analysis: Analysis, analyse: Analyse) -> Fixed | None:
    """A file with all fixes that need not be read; None if there are none.

    Args:
        source: what was read of it. analysis: of that.

    Raises:
        SourceError: it has changed since it was read, or cannot be written as it is.
    """
    end = time.monotonic() + _SECONDS
    result = fix_all(source, analysis, lambda s: analyse(s, lambda: time.monotonic() > end))
    if not result.edits:
        return None
    try:
        old = path.read_bytes()
    except OSError as error:
        raise SourceError(
            text("{name} cannot be read: {reason}", name=path.name, reason=error.strerror or "")
        ) from error
    program = decode(old, path.name)
    cells = notebook_cells(program, path.name) if source.notebook else [program]
    same = Source.of_cells(cells) if source.notebook else Source.of_text(program)
    if same.parts != source.parts:
        raise SourceError(text("{name} has changed since it was read", name=path.name))
    written = Source(tuple(map(Part, cells)), path, source.notebook)
    after = as_written(written, source, result.edits)
    if after is None:
        return None
    texts = [part.text for part in after.parts]
    new = with_cells(program, cells, texts) if source.notebook else texts[0]
    data = encoded(new, old, path.name)
    return Fixed(after, result.analysis, result.done, old, data, _diff(path, written, after))


def _diff(path: Path, before: Source, after: Source) -> str:
    name = path.as_posix()
    found: list[str] = []
    for number, (old, new) in enumerate(zip(before.parts, after.parts, strict=True), 1):
        place = f" (cell {number})" if before.notebook else ""
        names = (f"{name}{place}",) * 2
        for line in difflib.unified_diff(lines(old.text), lines(new.text), *names):
            ended = line.endswith(("\n", "\r"))
            found += [line] if ended else [f"{line}\n", "\\ No newline at end of file\n"]
    return "".join(found)
