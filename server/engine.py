"""The analysis engine as the server uses it, imported on a worker when first needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..analyzers.facts import Analysis, Text, text
from ..analyzers.oracle import Oracle
from .documents import Snapshot
from .settings import Settings

if TYPE_CHECKING:
    from ..analyzers.source import Source

Analyze = Callable[[Snapshot, Oracle, Settings, Callable[[], bool]], Analysis]
"""Analyses a frozen text within the settings' budget; is to end soon once `cancelled()`."""


def analyze_snapshot(
    snapshot: Snapshot, oracle: Oracle, settings: Settings, cancelled: Callable[[], bool]
) -> Analysis:
    """Analyse a unit with the real engine."""
    from ..analyzers.analyze import Options, analyze
    from ..analyzers.source.document import MAX_BYTES

    size = sum(len(part.text) for part in snapshot.parts)
    if size > MAX_BYTES:
        return Analysis(complete=False, notes=(_too_large(snapshot, size, MAX_BYTES),))
    options = Options(settings.seconds, settings.steps, cancelled, settings.rules)
    source = replace(source_of(snapshot), arguments=settings.trace_args)
    return analyze(source, oracle, options)


def source_of(snapshot: Snapshot) -> Source:
    """A unit as the analysis reads it."""
    from ..analyzers.source import Source

    texts = [part.text for part in snapshot.parts]
    if snapshot.notebook:
        source = Source.of_cells(texts, path=snapshot.path)
    else:
        source = Source.of_text(texts[0], path=snapshot.path)
    return replace(source, unsaved=snapshot.others)


def _too_large(snapshot: Snapshot, size: int, limit: int) -> Text:
    return text(
        "{name} is too large to be checked: {size} MB, the limit is {limit} MB",
        name=snapshot.key.rpartition("/")[2],
        size=round(size / 2**20, 1),
        limit=limit >> 20,
    )


def find_interpreter(explicit: str | None, root: Path | None) -> str:
    """The learner's interpreter, given what was set and the folder to look in."""
    from ..runtime.interpreter import find_python

    return find_python(explicit, root)


def warm_up() -> None:
    """Import the engine, so that the first text does not wait for it."""
    from ..analyzers import analyze, fixes, source

    assert analyze and fixes and source
