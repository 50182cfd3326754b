"""The syntax of what the editor has open, for features that need more than facts."""

from __future__ import annotations

from ..analyzers.source import Source
from ..analyzers.source.chunks import Chunk
from ..analyzers.source.parse import parse_part
from .documents import Snapshot


def chunks_of(snapshot: Snapshot) -> list[Chunk]:
    """The chunks of a unit as the analysis has read them; out of its cache."""
    texts = [document.text for document in snapshot.parts]
    source = Source.of_cells(texts) if snapshot.notebook else Source.of_text(texts[0])
    return [
        chunk for index, part in enumerate(source.parts) for chunk in parse_part(index, part.text)
    ]
